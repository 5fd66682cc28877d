package desk

import (
	"context"
	"crypto/sha256"
	"regexp"

	"github.com/teletipo/teletipo/internal/news"
)

// Tokens keeps the tokens that programs push with; of a secret it is given only the hash.
type Tokens interface {
	AddToken(
		ctx context.Context, name, source string, hash [sha256.Size]byte,
	) (news.Token, error)
	RevokeToken(ctx context.Context, name string) error
	Tokens() ([]news.Token, error)
}

// NewToken is a token with its secret, which is told once.
type NewToken struct {
	news.Token
	Secret string `json:"secret"`
}

// tokenName is the form of a token's name: it stands in logs and messages.
var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// AddToken makes a token for a push source.
func (s *Service) AddToken(ctx context.Context, name, source string) (NewToken, error) {
	if !tokenName.MatchString(name) {
		return NewToken{}, news.Errorf(news.Invalid, "%q is no name for a token: want letters, "+
			"digits, dots, hyphens and underscores, at most 63", name)
	}
	src, known := s.source(source)
	if !known || src.Kind != news.KindPush {
		return NewToken{}, news.Errorf(news.NotFound, "%q is no push source: want %q, which is "+
			"always there, or one of kind push in the file of sources", source, news.PushID)
	}
	secret := news.MintToken()
	token, err := s.tokens.AddToken(ctx, name, src.ID, news.HashToken(secret))
	if err != nil {
		return NewToken{}, err
	}
	return NewToken{Token: token, Secret: secret}, nil
}

// RevokeToken makes a token worthless.
func (s *Service) RevokeToken(ctx context.Context, name string) error {
	return s.tokens.RevokeToken(ctx, name)
}

// Tokens lists the tokens, without their secrets.
func (s *Service) Tokens(context.Context) ([]news.Token, error) { return s.tokens.Tokens() }

// tokenOrder asks for a token.
type tokenOrder struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// AddToken has the daemon make a token.
func (c *Client) AddToken(
	ctx context.Context, name, source string,
) (token NewToken, err error) {
	err = c.post(ctx, pathTokenAdd, tokenOrder{name, source}, &token)
	return token, err
}

// RevokeToken has the daemon revoke a token.
func (c *Client) RevokeToken(ctx context.Context, name string) error {
	return c.post(ctx, pathTokenRevoke, name, &struct{}{})
}

// Tokens lists the daemon's tokens.
func (c *Client) Tokens(ctx context.Context) (list []news.Token, err error) {
	err = c.post(ctx, pathTokens, struct{}{}, &list)
	return list, err
}
