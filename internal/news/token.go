package news

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// tokenPrefix tells people, and those who look for leaked secrets, what a token is for.
const tokenPrefix = "teletipo_"

// Token lets a program push articles into one source, or hand in pages of some sources' sites and
// nothing else. The secret itself is nowhere kept.
type Token struct {
	Name     string    `json:"name"`
	Source   string    `json:"source,omitempty"`
	Pages    []string  `json:"pages,omitempty"` // ids of sources
	Created  time.Time `json:"created"`
	LastUsed time.Time `json:"last_used,omitzero"` // to the hour; zero if never
}

// MintToken makes the secret of a new token: 32 random bytes in base64url, after a prefix.
func MintToken() (secret string) {
	var random [32]byte
	rand.Read(random[:])
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(random[:])
}

// HashToken is what is kept of a secret, and compared.
func HashToken(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }

// PushID is the id of the push source that exists without being configured.
const PushID = "push"
