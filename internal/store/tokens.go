package store

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// usedEvery is how exactly a token's last use is kept: noting each would cost a commit a request.
const usedEvery = time.Hour

// storedToken is a token as its bucket has it: of its secret only the hash.
type storedToken struct {
	Hash     string    `json:"hash"` // SHA-256, in hexadecimal
	Source   string    `json:"source,omitempty"`
	Pages    []string  `json:"pages,omitempty"`
	Created  time.Time `json:"created"`
	LastUsed time.Time `json:"last_used,omitzero"`
}

func (t *storedToken) named(name []byte) news.Token {
	return news.Token{
		Name: string(name), Source: t.Source, Pages: t.Pages, Created: t.Created, LastUsed: t.LastUsed,
	}
}

// AddToken keeps a new token. A name that is taken is Refused: its token goes on being good until
// it is revoked.
func (s *Store) AddToken(
	ctx context.Context, wanted news.Token, hash [sha256.Size]byte,
) (token news.Token, err error) {
	name := wanted.Name
	err = s.submit(ctx, func(w *writing) error {
		b := w.Bucket(bucketToken)
		if b.Get([]byte(name)) != nil {
			return news.Errorf(news.Refused,
				"there is a token %q already: revoke it first, or choose another name", name)
		}
		t := storedToken{
			Hash: hex.EncodeToString(hash[:]), Source: wanted.Source,
			Pages: wanted.Pages, Created: w.now,
		}
		token = t.named([]byte(name))
		return w.keepToken(name, &t)
	})
	return token, err
}

// RevokeToken forgets a token: from then on nobody is let in with it.
func (s *Store) RevokeToken(ctx context.Context, name string) error {
	return s.submit(ctx, func(w *writing) error {
		b := w.Bucket(bucketToken)
		if b.Get([]byte(name)) == nil {
			return news.Errorf(news.NotFound,
				"there is no token %q; `teletipo token list` shows those there are", name)
		}
		c := w.newChange(kindRevoke, nil)
		c.Name = name
		return w.append(c)
	})
}

// Tokens lists all tokens, by name.
func (s *Store) Tokens() ([]news.Token, error) {
	list := []news.Token{}
	err := s.view(func(r reading) error {
		return eachToken(r, func(name []byte, t *storedToken) {
			list = append(list, t.named(name))
		})
	})
	return list, err
}

// Authenticate finds the token of a secret by the secret's hash, and notes its use. A hash that
// no token has is NotFound. Every token is compared, each in constant time, so that how long it
// takes tells nothing about the secret.
func (s *Store) Authenticate(
	ctx context.Context, hash [sha256.Size]byte,
) (found news.Token, err error) {
	want := hex.EncodeToString(hash[:])
	err = s.view(func(r reading) error {
		return eachToken(r, func(name []byte, t *storedToken) {
			if subtle.ConstantTimeCompare([]byte(t.Hash), []byte(want)) == 1 {
				found = t.named(name)
			}
		})
	})
	switch {
	case err != nil:
		return news.Token{}, err
	case found.Name == "":
		return news.Token{}, news.Errorf(news.NotFound, "no such token, or it was revoked")
	case s.now().Sub(found.LastUsed) < usedEvery:
		return found, nil
	}
	if err := s.noteUse(ctx, []byte(found.Name), want); !errors.Is(err, news.ErrUnwritable) {
		return found, err
	}
	return found, nil
}

// noteUse notes that a token was used now, if it still is the same.
func (s *Store) noteUse(ctx context.Context, name []byte, hash string) error {
	return s.submit(ctx, func(w *writing) error {
		b := w.Bucket(bucketToken)
		var t storedToken
		value := b.Get(name)
		if value == nil {
			return nil
		}
		if err := decode("token", name, value, &t); err != nil || t.Hash != hash {
			return err
		}
		t.LastUsed = w.now
		return w.keepToken(string(name), &t)
	})
}

func (w *writing) keepToken(name string, t *storedToken) error {
	c := w.newChange(kindToken, nil)
	c.Name, c.Token = name, t
	return w.append(c)
}

func eachToken(r reading, f func(name []byte, t *storedToken)) error {
	c := r.Bucket(bucketToken).Lenient()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		var t storedToken
		if err := decode("token", k, v, &t); err != nil {
			return err
		}
		f(k, &t)
	}
	return nil
}
