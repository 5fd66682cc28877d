package news

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// ID names an article, a feed or an installation for good: 16 bytes in the form of a UUID of
// version 8 (RFC 9562, section 5.8), the same in every format and every feed.
type ID [16]byte

// MintID makes the ID of an article at first sight, from its source's permanent id and the name
// the source gives it. Two ingesters that see the same item mint the same ID.
func MintID(source, guid string) ID { return mint("article", source, guid) }

// FeedID makes the ID of a feed, from the installation's ID and the feed's key.
func FeedID(installation ID, key FeedKey) ID {
	return mint("feed", installation.String(), key.String())
}

// mint hashes the parts, each closed by a NUL so that no two lists of parts run together.
func mint(parts ...string) ID {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	var id ID
	copy(id[:], h.Sum(nil))
	return id.marked()
}

// NewID turns 16 random bytes into an ID.
func NewID(random [16]byte) ID { return ID(random).marked() }

// marked sets the version (8) and variant (10) bits that RFC 9562 asks for.
func (id ID) marked() ID {
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// String writes the ID as a UUID: 8-4-4-4-12 lower-case hexadecimal digits.
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:], id[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// URN writes the ID as an absolute IRI, urn:uuid:… (RFC 9562, section 4).
func (id ID) URN() string { return "urn:uuid:" + id.String() }

// IsZero reports whether no ID was set.
func (id ID) IsZero() bool { return id == ID{} }

// ParseID reads what String or URN wrote.
func ParseID(s string) (ID, error) {
	var id ID
	digits := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "urn:uuid:")
	if len(digits) == 36 {
		parts := strings.Split(digits, "-")
		if len(parts) == 5 && len(parts[0]) == 8 && len(parts[1]) == 4 && len(parts[2]) == 4 &&
			len(parts[3]) == 4 {
			digits = strings.Join(parts, "")
		}
	}
	if len(digits) != 32 {
		return ID{}, Errorf(Invalid,
			"%q is not an article id: want 32 hexadecimal digits, as `teletipo articles` prints", s)
	}
	if _, err := hex.Decode(id[:], []byte(digits)); err != nil {
		return ID{}, Errorf(Invalid, "%q is not an article id: %w", s, err)
	}
	return id, nil
}

// MarshalText and UnmarshalText write and read the UUID form.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the UUID form; an empty text is the zero ID.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := ParseID(string(text))
	if err != nil {
		return fmt.Errorf("id: %w", err)
	}
	*id = parsed
	return nil
}
