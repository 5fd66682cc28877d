package desk

import (
	"context"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func (f *fake) AddToken(
	_ context.Context, name, source string, hash [sha256.Size]byte,
) (news.Token, error) {
	f.note("add token %s of %s", name, source)
	f.hash = hash
	return sampleToken(name, source), f.err
}

func (f *fake) RevokeToken(_ context.Context, name string) error {
	f.note("revoke %s", name)
	return f.err
}

func (f *fake) Tokens() ([]news.Token, error) {
	return []news.Token{sampleToken("cms", "desk")}, f.err
}

func sampleToken(name, source string) news.Token {
	return news.Token{
		Name: name, Source: source, Created: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
	}
}

func TestTokens(t *testing.T) {
	f := sample()
	both := desks(t, f, news.Source{ID: "desk", Kind: news.KindPush}, news.Source{ID: "nyt"})
	for name, d := range both {
		f.asked = nil
		token, err := AddToken.Ask(t.Context(), d, TokenOrder{"cms", "desk"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(sampleToken("cms", "desk"), token.Token); diff != "" {
			t.Errorf("%s: token (-want +got):\n%s", name, diff)
		}
		if !strings.HasPrefix(token.Secret, "teletipo_") || len(token.Secret) != 9+43 ||
			news.HashToken(token.Secret) != f.hash {
			t.Errorf("%s: secret %q does not go with what is kept", name, token.Secret)
		}
		if _, err := RevokeToken.Ask(t.Context(), d, "cms"); err != nil {
			t.Errorf("%s: revoke: %v", name, err)
		}
		list, err := Tokens.Ask(t.Context(), d, None{})
		if diff := cmp.Diff([]news.Token{sampleToken("cms", "desk")}, list); diff != "" || err != nil {
			t.Errorf("%s: tokens (-want +got), %v:\n%s", name, err, diff)
		}
		if diff := cmp.Diff([]string{"add token cms of desk", "revoke cms"}, f.asked); diff != "" {
			t.Errorf("%s asked (-want +got):\n%s", name, diff)
		}
		for _, source := range []string{"nyt", "nowhere", ""} {
			if _, err := AddToken.Ask(t.Context(), d, TokenOrder{"cms", source}); news.KindOf(err) != news.NotFound {
				t.Errorf("%s: a token for source %q gives %v, want not found", name, source, err)
			}
		}
		if _, err := AddToken.Ask(t.Context(), d, TokenOrder{"a b", "desk"}); news.KindOf(err) != news.Invalid {
			t.Errorf("%s: a bad name gives %v, want invalid", name, err)
		}
		if _, err := Ingest(t.Context(), d, news.Handed{Name: "desk"}); news.KindOf(err) != news.Refused {
			t.Errorf("%s: reading a push source gives %v, want refused", name, err)
		}
		f.err = news.Errorf(news.NotFound, "there is no token")
		if _, err := RevokeToken.Ask(t.Context(), d, "x"); news.KindOf(err) != news.NotFound {
			t.Errorf("%s: revoking nothing gives %v, want not found", name, err)
		}
		f.err = nil
	}
}
