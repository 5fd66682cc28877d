package classify

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"strings"
	"sync"
)

// sources are this package's own, so that nobody has to remember to count up a version.
//
//go:embed *.go
var sources embed.FS

// Code hashes the code that places articles: where it differs, the same topics may place the same
// article elsewhere.
var Code = sync.OnceValue(func() string {
	entries, err := sources.ReadDir(".")
	if err != nil {
		panic(err) // it is in memory
	}
	hash := sha256.New()
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		text, err := sources.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		hash.Write(text)
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
})
