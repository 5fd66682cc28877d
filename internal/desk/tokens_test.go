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
	_ context.Context, wanted news.Token, hash [sha256.Size]byte,
) (news.Token, error) {
	f.note("add token %s of %s%s", wanted.Name, wanted.Source, strings.Join(wanted.Pages, " "))
	f.hash = hash
	token := sampleToken(wanted.Name, wanted.Source)
	token.Pages = wanted.Pages
	return token, f.err
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
		token, err := AddToken.Ask(t.Context(), d, TokenOrder{Name: "cms", Source: "desk"})
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
			if _, err := AddToken.Ask(t.Context(), d, TokenOrder{Name: "cms", Source: source}); news.KindOf(err) != news.NotFound {
				t.Errorf("%s: a token for source %q gives %v, want not found", name, source, err)
			}
		}
		if _, err := AddToken.Ask(t.Context(), d, TokenOrder{Name: "a b", Source: "desk"}); news.KindOf(err) != news.Invalid {
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

// A token for pages is for sources that read pages, and for no others.
func TestTokensForPages(t *testing.T) {
	f := sample()
	both := desks(t, f, news.Source{ID: "gob", Kind: news.KindPage},
		news.Source{ID: "full", Kind: news.KindFeed, Follow: true}, news.Source{ID: "nyt", Kind: news.KindFeed})
	for name, d := range both {
		f.asked = nil
		order := TokenOrder{Name: "browser", Source: "push", Pages: []string{"gob", "full"}}
		token, err := AddToken.Ask(t.Context(), d, order)
		if err != nil || token.Source != "" || len(token.Pages) != 2 {
			t.Errorf("%s: %+v, %v", name, token.Token, err)
		}
		for _, id := range []string{"nyt", "nowhere"} {
			order.Pages = []string{"gob", id}
			if _, err := AddToken.Ask(t.Context(), d, order); news.KindOf(err) != news.NotFound {
				t.Errorf("%s: a token for pages of %q gives %v", name, id, err)
			}
		}
		if diff := cmp.Diff([]string{"add token browser of gob full"}, f.asked); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPageSource(t *testing.T) {
	sources := []news.Source{
		{ID: "feed", Kind: news.KindFeed, URL: "https://gob.example/feed", Follow: true},
		{ID: "bare", Kind: news.KindFeed, URL: "https://other.example/feed"},
		{ID: "prensa", Kind: news.KindPage, URL: "https://gob.example/archivo/prensa", Sites: []string{"cdn.example"}},
		{ID: "articulos", Kind: news.KindPage, URL: "https://gob.example/archivo/articulos?order=DESC"},
		{ID: "full", Kind: news.KindFeed, URL: "https://paper.example/feed", Follow: true},
	}
	for address, want := range map[string]string{
		"https://gob.example/archivo/prensa":           "prensa listing",
		"https://gob.example/archivo/prensa/?page=2#x": "prensa listing",
		"https://gob.example/archivo/articulos":        "articulos listing",
		"https://gob.example/prensa/agua":              "prensa article",
		"https://cdn.example/a":                        "prensa article",
		"https://paper.example/a":                      "full article",
		"https://paper.example/feed":                   "full article",
		"https://other.example/a":                      "",
		"https://gob.example.evil.org/a":               "",
		"nonsense":                                     "",
	} {
		got := ""
		if src, ok := PageSource(sources, address); ok {
			_, kind, _ := strings.Cut(PageType(src, address), "teletipo=")
			got = src.ID + " " + kind
		}
		if got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
