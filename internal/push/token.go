package push

import (
	"net/http"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// sourced answers a request of a program that may push into a source.
type sourced func(http.ResponseWriter, *http.Request, news.Source) *problem

// allowed answers a request of a program that has shown its token.
type allowed func(http.ResponseWriter, *http.Request, news.Token) *problem

// authorised lets only those in who show a token (RFC 6750). While the daemon can't take anything
// it says so first.
func (p *pushing) authorised(next allowed) call {
	return func(w http.ResponseWriter, r *http.Request) *problem {
		if err := p.Ready(); err != nil {
			return wrong(http.StatusServiceUnavailable, err.Error())
		}
		secret, shown := bearer(r)
		if !shown {
			w.Header().Set("WWW-Authenticate", `Bearer realm="teletipo"`)
			return wrong(http.StatusUnauthorized,
				"show a token: Authorization: Bearer TOKEN, as `teletipo token add` prints it")
		}
		token, err := p.keys.Authenticate(r.Context(), news.HashToken(secret))
		switch {
		case news.KindOf(err) == news.NotFound && err != nil:
			w.Header().Set("WWW-Authenticate", `Bearer realm="teletipo", error="invalid_token"`)
			return wrong(http.StatusUnauthorized, "this token is not known, or was revoked")
		case err != nil:
			return p.failed(r, err)
		}
		return next(w, r, token)
	}
}

// articles lets only those on whose token is for a source that can be pushed into.
func (p *pushing) articles(next sourced) allowed {
	return func(w http.ResponseWriter, r *http.Request, token news.Token) *problem {
		if len(token.Pages) > 0 {
			return wrong(http.StatusForbidden, "token "+token.Name+" is for pages, and for no articles")
		}
		i := slices.IndexFunc(p.Sources, func(s news.Source) bool { return s.ID == token.Source })
		if i < 0 || p.Sources[i].Kind != news.KindPush {
			return wrong(http.StatusForbidden, "token "+token.Name+" is for source "+token.Source+
				", which is no push source of the configuration")
		}
		if !p.Sources[i].Enabled {
			return wrong(http.StatusForbidden, "source "+token.Source+" is switched off")
		}
		return next(w, r, p.Sources[i])
	}
}

// bearer reads the token of a request; the scheme's case does not matter (RFC 9110, 11.1).
func bearer(r *http.Request) (secret string, ok bool) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	return secret, strings.EqualFold(scheme, "Bearer") && secret != ""
}
