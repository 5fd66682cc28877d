package desk

import (
	"context"
	"crypto/sha256"
	"regexp"

	"github.com/teletipo/teletipo/internal/news"
)

// Secrets keeps the tokens that programs push with; of a secret it is given only the hash.
type Secrets interface {
	AddToken(
		ctx context.Context, wanted news.Token, hash [sha256.Size]byte,
	) (news.Token, error)
	RevokeToken(ctx context.Context, name string) error
	Tokens() ([]news.Token, error)
}

// tokenName is the form of a token's name: it stands in logs and messages.
var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// addToken makes a token for a push source.
func (s *Service) addToken(ctx context.Context, order TokenOrder) (NewToken, error) {
	if !tokenName.MatchString(order.Name) {
		return NewToken{}, news.Errorf(news.Invalid, "%q is no name for a token: want letters, "+
			"digits, dots, hyphens and underscores, at most 63", order.Name)
	}
	wanted := news.Token{Name: order.Name, Pages: order.Pages}
	for _, id := range order.Pages {
		if src, known := s.source(id); !known || src.Kind != news.KindPage && !src.Follow {
			return NewToken{}, news.Errorf(news.NotFound, "%q is no source that reads pages: want one "+
				"of kind page, or a feed with full_text", id)
		}
	}
	if len(order.Pages) > 0 {
		return s.mint(ctx, wanted)
	}
	src, known := s.source(order.Source)
	if !known || src.Kind != news.KindPush {
		return NewToken{}, news.Errorf(news.NotFound, "%q is no push source: want %q, which is "+
			"always there, or one of kind push in the file of sources", order.Source, news.PushID)
	}
	wanted.Source = src.ID
	return s.mint(ctx, wanted)
}

// mint makes the secret of a token.
func (s *Service) mint(ctx context.Context, wanted news.Token) (NewToken, error) {
	secret := news.MintToken()
	token, err := s.Tokens.AddToken(ctx, wanted, news.HashToken(secret))
	if err != nil {
		return NewToken{}, err
	}
	return NewToken{Token: token, Secret: secret}, nil
}

// revokeToken makes a token worthless.
func (s *Service) revokeToken(ctx context.Context, name string) (None, error) {
	return None{}, s.Tokens.RevokeToken(ctx, name)
}

// listTokens lists the tokens, without their secrets.
func (s *Service) listTokens(context.Context, None) ([]news.Token, error) {
	return s.Tokens.Tokens()
}
