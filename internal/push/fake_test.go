package push

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// newsroom stands for the flow, the store and the tokens. Unlike the real ones it takes texts as
// they are, and places everything in one topic.
type newsroom struct {
	mu      sync.Mutex
	entries map[string]*news.Entry // by source, space, guid
	tokens  map[[sha256.Size]byte]news.Token
	seq     uint64
	fault   error // of every call
	unready error
	items   []news.Item // that were offered
}

func newNewsroom() *newsroom {
	n := &newsroom{entries: map[string]*news.Entry{}, tokens: map[[sha256.Size]byte]news.Token{}}
	for name, source := range map[string]string{
		"desk-token": "desk", "agency-token": "agency", "off-token": "off", "wire-token": "wire",
	} {
		n.tokens[news.HashToken(name)] = news.Token{Name: name, Source: source}
	}
	n.tokens[news.HashToken("page-token")] = news.Token{Name: "page-token", Pages: []string{"gob"}}
	return n
}

func (n *newsroom) handler(t *testing.T) http.Handler {
	return New(newstest.Logger(t), n, n, n, Settings{
		Site: news.Site{PublicURL: "https://news.example"},
		Sources: []news.Source{
			{ID: "desk", Kind: news.KindPush, Enabled: true},
			{ID: "agency", Kind: news.KindPush, Enabled: true},
			{ID: "off", Kind: news.KindPush},
			{ID: "wire", Kind: news.KindFeed, Enabled: true},
		},
		Pages: n, MaxBytes: 2000, MaxPage: 1000, UnderWay: 4000, AtOnce: 2, Patience: 20 * time.Millisecond,
		Ready: func() error { return n.unready },
	})
}

func (n *newsroom) HandPage(
	_ context.Context, sources []string, page news.Handed,
) (news.Report, error) {
	switch {
	case n.fault != nil:
		return news.Report{}, n.fault
	case sources[0] != "gob" || !strings.HasPrefix(page.URL, "https://gob.example/"):
		return news.Report{}, news.Errorf(news.Refused, "no source is of its site")
	case strings.Contains(string(page.Body), "Challenge"):
		return news.Report{Documents: 1}, news.Errorf(news.Refused, "a test for people")
	}
	return news.Report{Documents: 1, Results: []news.Result{
		{Outcome: news.Accepted, ID: news.ID{1}, Title: "Agua"},
		{Outcome: news.Rejected, Reason: "neither title nor text"},
	}}, nil
}

func (n *newsroom) Authenticate(
	_ context.Context, hash [sha256.Size]byte,
) (news.Token, error) {
	token, ok := n.tokens[hash]
	if !ok {
		return news.Token{}, news.Errorf(news.NotFound, "no such token")
	}
	return token, n.fault
}

func (n *newsroom) Offer(
	_ context.Context, src news.Source, item news.Item, cond news.Condition,
) (news.Result, news.Entry, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.items = append(n.items, item)
	if n.fault != nil {
		return news.Result{}, news.Entry{}, n.fault
	}
	if item.Published.Year() > 2100 {
		return news.Result{}, news.Entry{}, news.Errorf(news.Invalid,
			"source desk: x: published: the year is too far ahead")
	}
	if strings.HasPrefix(item.Content, "<script>") {
		return news.Result{}, news.Entry{}, news.Errorf(news.Invalid, "neither title nor text")
	}
	key := src.ID + " " + item.GUID
	known := n.entries[key]
	for other, e := range n.entries {
		if other != key && item.URL != "" && e.URL == item.URL {
			return news.Result{Outcome: news.Rejected, Reason: "another article has its link"},
				news.Entry{}, nil
		}
	}
	if known != nil && known.Status == news.Withdrawn {
		return news.Result{Outcome: news.Unchanged}, *known, nil
	}
	if !cond.Met(known) {
		r := news.Result{Outcome: news.Conflict, Reason: "the condition does not hold"}
		if known == nil {
			return r, news.Entry{}, nil
		}
		return r, *known, nil
	}
	return n.keep(src, item, known, key)
}

// keep stores an item.
func (n *newsroom) keep(
	src news.Source, item news.Item, known *news.Entry, key string,
) (news.Result, news.Entry, error) {
	outcome, e := news.Updated, news.Entry{FirstSeen: noon, Status: news.Live, Revision: 1}
	switch {
	case known == nil:
		outcome = news.Accepted
	case known.Title == item.Title && known.Content == item.Content:
		return news.Result{Outcome: news.Unchanged}, *known, nil
	default:
		e.Revision = known.Revision + 1
	}
	n.seq++
	e.Article = news.Article{
		ID: news.MintID(src.ID, item.GUID), Source: src.ID, GUID: item.GUID, URL: item.URL,
		Title: item.Title, Content: item.Content, Lang: item.Lang, Authors: item.Authors,
		Media: item.Media, Tags: item.Tags, Rights: news.Full, Published: noon,
	}
	e.Seq, e.Updated = n.seq, noon
	e.Placements = []news.Placement{{
		Topic: "border", Score: 8, Threshold: 6,
		Evidence: []news.Evidence{{Term: "bridge", Place: "title", Count: 1, Weight: 8}},
	}}
	n.entries[key] = &e
	return news.Result{Outcome: outcome}, e, nil
}

func (n *newsroom) Named(source, guid string) (news.Entry, error) {
	return n.one(func(e *news.Entry) bool { return e.Source == source && e.GUID == guid })
}

func (n *newsroom) Article(id news.ID) (news.Entry, error) {
	return n.one(func(e *news.Entry) bool { return e.ID == id })
}

func (n *newsroom) one(is func(*news.Entry) bool) (news.Entry, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.entries {
		if is(e) {
			return *e, n.fault
		}
	}
	return news.Entry{}, errors.Join(n.fault, news.Errorf(news.NotFound, "there is none"))
}

func (n *newsroom) WithdrawIf(
	_ context.Context, id news.ID, cond news.Condition,
) (news.Result, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.entries {
		switch {
		case e.ID != id:
		case e.Status != news.Withdrawn && !cond.Met(e):
			return news.Result{Outcome: news.Conflict, Reason: "it has changed since"}, nil
		default:
			e.Status = news.Withdrawn
			return news.Result{Outcome: news.Updated}, n.fault
		}
	}
	return news.Result{}, news.Errorf(news.NotFound, "there is none")
}
