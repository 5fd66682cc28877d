package push

import (
	"mime"
	"net/http"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// defaultMaxPage is how many bytes a web page may have that is handed in.
const defaultMaxPage = 6 << 20

// anywhere lets the pages of any site read the answer.
func anywhere(next call) call {
	return func(w http.ResponseWriter, r *http.Request) *problem {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		return next(w, r)
	}
}

// preflight lets pages of any site ask (Fetch standard, CORS protocol): it is on the site's own
// page that a person hands it in, and nobody gets anything without a token. No cookie is looked at.
func preflight(w http.ResponseWriter, _ *http.Request) *problem {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "PUT")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	h.Set("Access-Control-Allow-Private-Network", "true")
	h.Set("Access-Control-Max-Age", "3600")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// pages lets only those on whose token is for pages of some sources: which of them reads a page is
// decided by its address.
func pages(next allowed) allowed {
	return func(w http.ResponseWriter, r *http.Request, token news.Token) *problem {
		if len(token.Pages) == 0 {
			return wrong(http.StatusForbidden, "token "+token.Name+" is for articles: make one with "+
				"`teletipo token add NAME --pages SOURCE`")
		}
		return next(w, r, token)
	}
}

// handed is what came of a page.
type handed struct {
	Results []pageResult `json:"results"`
}

type pageResult struct {
	ID      string       `json:"id,omitempty"`
	Outcome news.Outcome `json:"outcome"`
	Title   string       `json:"title"`
	Reason  string       `json:"reason,omitempty"`
}

// putPage takes a web page: a listing, or an article.
func (p *pushing) putPage(w http.ResponseWriter, r *http.Request, token news.Token) *problem {
	address := r.URL.Query().Get("url")
	if !isWeb(address) {
		return wrong(http.StatusBadRequest, "url: want the page's own address, with http:// or "+
			"https://, percent-encoded: "+Prefix+"pages?url=https%3A%2F%2F…")
	}
	body, trouble := p.readPage(w, r)
	if trouble != nil {
		return trouble
	}
	report, err := p.Pages.HandPage(r.Context(), token.Pages, news.Handed{URL: address, Body: body})
	switch kind := news.KindOf(err); {
	case err != nil && (kind == news.Internal || kind == news.Busy):
		return p.failed(r, err)
	case err != nil && kind == news.Refused && len(report.Results) == 0 && report.Documents == 0:
		return wrong(http.StatusForbidden, "token "+token.Name+" is not for this page: "+err.Error())
	case err != nil:
		return wrong(http.StatusUnprocessableEntity, err.Error())
	}
	answer := handed{Results: []pageResult{}}
	for _, result := range report.Results {
		shown := pageResult{Outcome: result.Outcome, Title: result.Title, Reason: result.Reason}
		if !result.ID.IsZero() {
			shown.ID = result.ID.URN()
		}
		answer.Results = append(answer.Results, shown)
	}
	p.log.Info("page handed in", "token", token.Name, "source", report.Source,
		"accepted", report.Count(news.Accepted), "updated", report.Count(news.Updated))
	writeJSON(w, http.StatusOK, "application/json", answer)
	return nil
}

// readPage reads a request's body: HTML, not coded, of bounded size.
func (p *pushing) readPage(w http.ResponseWriter, r *http.Request) ([]byte, *problem) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	known := []string{"text/html", "application/xhtml+xml", "text/plain"}
	if err != nil || !slices.Contains(known, mediaType) || r.Header.Get("Content-Encoding") != "" {
		return nil, wrong(http.StatusUnsupportedMediaType,
			"want Content-Type: text/html, and no Content-Encoding")
	}
	return readAll(w, r, p.MaxPage, "the page is larger than %d bytes")
}
