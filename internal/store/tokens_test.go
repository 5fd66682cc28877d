package store

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestTokens(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	secret := news.MintToken()
	want := news.Token{Name: "cms", Source: "desk", Created: start}
	got, err := s.AddToken(ctx, news.Token{Name: "cms", Source: "desk"}, news.HashToken(secret))
	s.ok(err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("added (-want +got):\n%s", diff)
	}
	_, err = s.AddToken(ctx, news.Token{Name: "cms", Source: "other"}, news.HashToken("another"))
	if news.KindOf(err) != news.Refused {
		t.Errorf("a second token of one name gives %v, want refused", err)
	}
	if _, err = s.Authenticate(ctx, news.HashToken(secret+"x")); news.KindOf(err) != news.NotFound {
		t.Errorf("a wrong secret gives %v, want not found", err)
	}
	_, err = s.Authenticate(ctx, news.HashToken(secret))
	s.ok(err)
	s.clock.step(time.Minute) // too soon to be noted
	_, err = s.Authenticate(ctx, news.HashToken(secret))
	s.ok(err)
	want.LastUsed = start
	s.reopen()
	list, err := s.Tokens()
	s.ok(err)
	if diff := cmp.Diff([]news.Token{want}, list); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	file, err := os.ReadFile(s.db.Path())
	s.ok(err)
	if bytes.Contains(file, []byte(secret)) {
		t.Error("the secret lies in the store")
	}
	s.ok(s.RevokeToken(ctx, "cms"))
	if _, err = s.Authenticate(ctx, news.HashToken(secret)); news.KindOf(err) != news.NotFound {
		t.Errorf("a revoked token gives %v, want not found", err)
	}
	if err := s.RevokeToken(ctx, "cms"); news.KindOf(err) != news.NotFound {
		t.Errorf("revoking it again gives %v, want not found", err)
	}
}
