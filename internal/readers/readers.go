package readers

import (
	"hash/maphash"
	"io"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Settings say what is counted, and what is too much.
type Settings struct {
	Feeds   []news.FeedKey
	Proxies []netip.Prefix // of ours: they are believed about whom they ask for
	// FullPerHour is how often a reader may fetch a document an hour without asking whether it
	// changed; 0 for as often as it likes.
	FullPerHour int
	Now         func() time.Time // time.Now if nil
}

// Readers counts requests for feeds. It is safe for concurrent use.
type Readers struct {
	settings Settings
	names    []string       // of feed documents, as "border.es.rss"
	feeds    map[string]int // the same, by path; never changed
	totals   []*meter       // one a feed
	families families
	limit    *limit // nil for none
	seed     maphash.Seed
}

// New makes counters for the feeds that there are. Other addresses are not counted, so that
// nobody can make figures up.
func New(settings Settings) *Readers {
	if settings.Now == nil {
		settings.Now = time.Now
	}
	r := &Readers{settings: settings, seed: maphash.MakeSeed(), feeds: make(map[string]int)}
	for _, key := range settings.Feeds {
		for _, format := range news.Formats {
			path := news.FeedPath(key, format)
			r.feeds[path] = len(r.names)
			r.names = append(r.names, strings.TrimPrefix(path, "/feeds/"))
		}
	}
	for range r.names {
		r.totals = append(r.totals, new(meter))
	}
	r.families.start(r.totals)
	if settings.FullPerHour > 0 {
		r.limit = newLimit(settings.FullPerHour)
	}
	return r
}

// Next makes counters for other feeds that go on from these: with the figures of the feeds that
// stay, of the programs, and of who fetched too much. Answers under way may be counted by either.
func (rs *Readers) Next(feeds []news.FeedKey) *Readers {
	settings := rs.settings
	settings.Feeds = feeds
	next := New(settings)
	next.limit, next.seed = rs.limit, rs.seed
	to := make([]int, len(rs.names)) // where each feed is among the next ones
	for i, name := range rs.names {
		to[i] = archived
		if j, stays := next.feeds["/feeds/"+name]; stays {
			to[i] = j
			next.totals[j] = rs.totals[i]
		}
	}
	next.families.take(&rs.families, to)
	return next
}

// archived stands for a feed's archives in the place of the number of a feed.
const archived = -1

// Handler counts what next answers to requests for feeds and archives, and answers in its place
// who has fetched the same one too often.
func (rs *Readers) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		feed, known := rs.feeds[r.URL.Path]
		if !known {
			if !isArchive(r.URL.Path) {
				next.ServeHTTP(w, r)
				return
			}
			feed = archived
		}
		a := answer{ResponseWriter: w, status: http.StatusOK}
		if wait := rs.tooOften(r); wait > 0 {
			refuse(&a, wait)
		} else {
			next.ServeHTTP(&a, r)
		}
		rs.count(r, feed, &a)
	})
}

// isArchive reports whether a path may be that of an archive.
func isArchive(path string) bool {
	return strings.HasPrefix(path, "/feeds/") && strings.Contains(path, "/archive/")
}

// tooOften tells how long a reader has to wait, 0 if not at all. Who asks whether something
// changed never has to: a 304 costs next to nothing.
func (rs *Readers) tooOften(r *http.Request) time.Duration {
	if rs.limit == nil || r.Method != http.MethodGet ||
		r.Header["If-None-Match"] != nil || r.Header["If-Modified-Since"] != nil {
		return 0
	}
	p := pair{address(r, rs.settings.Proxies), maphash.String(rs.seed, r.URL.Path)}
	return rs.limit.take(p, rs.settings.Now())
}

// refuse answers 429 (RFC 6585, section 4) with what would help.
func refuse(w http.ResponseWriter, wait time.Duration) {
	const text = "You fetch this feed too often as a whole. Please send the ETag that came with it\n" +
		"in If-None-Match: such requests are never limited.\n"
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = io.WriteString(w, text) // it fails only for a reader that left
}

// count notes an answer.
func (rs *Readers) count(r *http.Request, feed int, a *answer) {
	agent := r.Header.Get("User-Agent")
	f := rs.families.get(family(agent), rs.settings.Now)
	f.total.add(a)
	if feed == archived {
		return
	}
	rs.totals[feed].add(a)
	own := f.feed(feed, &rs.families.pairs)
	if own == nil {
		return
	}
	own.add(a)
	// The others may be many: what one of them says is not said for all.
	if n, told := subscribers(agent); told && f != rs.families.others {
		rs.totals[feed].subscribers.Add(n - own.subscribers.Swap(n))
	}
}

// answer remembers what became of a request.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (a *answer) Write(b []byte) (int, error) {
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
