package backup

import (
	"path"
	"strings"
)

// Entry is one thing that may be in a data directory.
type Entry struct {
	Name  string // of the file or directory in it; * stands for any characters
	Owner string // the package that writes it
	What  string

	BackedUp    bool
	Verified    bool // `teletipo verify` looks into it
	Rebuildable bool // it comes back by itself; a restore removes what is there
}

// Names of the files that every backup has.
const (
	Articles = "teletipo.db"
	Polls    = "poll.db"
)

// Layout is everything that may be in a data directory.
var Layout = []Entry{
	{Name: Articles, Owner: "store", What: "articles, log, tokens", BackedUp: true, Verified: true},
	{Name: Polls, Owner: "store", What: "what polling taught", BackedUp: true, Verified: true},
	{Name: Articles + ".compact", Owner: "store", What: "broken off", Rebuildable: true},
	{Name: Polls + ".compact", Owner: "store", What: "broken off", Rebuildable: true},
	{Name: Polls + ".damaged-*", Owner: "store", What: "a damaged one, set aside"},
	{Name: "cache", Owner: "publish", What: "compressed editions", Rebuildable: true},
	{Name: "reading", Owner: "ingest", What: "what is being read now", Rebuildable: true},
	{Name: "teletipo.sock", Owner: "desk", What: "the operator's socket", Rebuildable: true},
	{Name: "feeds", Owner: "the operator", What: "topic files", BackedUp: true},
	{Name: "boilerplate", Owner: "the operator", What: "words to take out", BackedUp: true},
	{Name: "sources.yaml", Owner: "the operator", What: "sources", BackedUp: true},
	{Name: "teletipo.yaml", Owner: "the operator", What: "settings, if kept here", BackedUp: true},
	{Name: "inbox", Owner: "the operator", What: "articles to take in, kept by who wrote them"},
	{Name: "backups", Owner: "daemon", What: "backups that it makes by itself", Verified: true},
	{Name: staging, Owner: "backup", What: "a restore under way, or broken off"},
	{Name: staged, Owner: "backup", What: "a restore that is done but for moving files"},
	{Name: replacedBy + "*", Owner: "backup", What: "what stood where a restore put its own"},
	{Name: elsewhere, Owner: "backup", What: "restored files from outside a data directory"},
}

// Find returns the entry that a file of a data directory belongs to, by its path in it.
func Find(name string) (Entry, bool) {
	top, _, _ := strings.Cut(name, "/")
	for _, e := range Layout {
		if ok, err := path.Match(e.Name, top); ok && err == nil {
			return e, true
		}
	}
	return Entry{}, false
}
