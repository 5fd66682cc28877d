package push

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Intake takes one item through the flow and stores it if the condition holds. An item that no
// article can be made of is Invalid. The entry is what is stored after.
type Intake interface {
	Offer(
		ctx context.Context, src news.Source, item news.Item, cond news.Condition,
	) (news.Result, news.Entry, error)
}

// Archive is what is stored. What is not there is NotFound; what is withdrawn is given with its
// status.
type Archive interface {
	Article(id news.ID) (news.Entry, error)
	Named(source, guid string) (news.Entry, error)
	WithdrawIf(ctx context.Context, id news.ID, cond news.Condition) (news.Result, error)
}

// Keys finds a token by the hash of its secret; one that nobody gave out is NotFound.
type Keys interface {
	Authenticate(ctx context.Context, hash [sha256.Size]byte) (news.Token, error)
}

// Pages takes a web page that somebody hands in by the rule of the one of some sources that its
// site belongs to. The error is Refused if there is none, and of another kind if nothing can be
// made of the page.
type Pages interface {
	HandPage(ctx context.Context, sources []string, page news.Handed) (news.Report, error)
}

// Settings are what else the interface needs.
type Settings struct {
	Site     news.Site
	Sources  []news.Source
	MaxBytes int64         // of a request's body
	MaxPage  int64         // of a page that is handed in; 6 MB if 0
	UnderWay int64         // bytes of all bodies that are being read and stored; MaxBytes at least
	Epoch    uint64        // of the store: tags of another match nothing
	AtOnce   int           // bodies that are being read and stored; 16 if 0
	Patience time.Duration // that a request waits for its turn; 2 s if 0
	Pages    Pages
	Ready    func() error // why nothing can be taken at the moment; nil if it can
}

// Prefix is where all addresses of the interface begin.
const Prefix = "/api/v1/"

// pushing is what the handlers share.
type pushing struct {
	log     *slog.Logger
	intake  Intake
	archive Archive
	keys    Keys
	room    *room
	Settings
}

// New makes the handler of everything below Prefix.
func New(
	log *slog.Logger, intake Intake, archive Archive, keys Keys, settings Settings,
) http.Handler {
	if settings.MaxPage == 0 {
		settings.MaxPage = defaultMaxPage
	}
	p := &pushing{
		log: log, intake: intake, archive: archive, keys: keys, room: newRoom(settings),
		Settings: settings,
	}
	mux := http.NewServeMux()
	for _, row := range p.routes() {
		mux.Handle(row.pattern, p.answering(row.methods))
	}
	return mux
}

// route is one row of the table: an address, and what answers each method there.
type route struct {
	pattern string
	methods map[string]call
}

// call answers a request, or gives the problem that kept it from doing so.
type call func(http.ResponseWriter, *http.Request) *problem

// routes is the table of the interface. What answers GET answers HEAD too.
func (p *pushing) routes() []route {
	return []route{
		{Prefix + "articles", map[string]call{
			http.MethodPost: p.authorised(p.articles(bounded(p, p.MaxBytes, p.post))),
		}},
		{Prefix + "articles/{id}", map[string]call{
			http.MethodGet:    p.authorised(p.articles(p.get)),
			http.MethodPut:    p.authorised(p.articles(bounded(p, p.MaxBytes, p.put))),
			http.MethodDelete: p.authorised(p.articles(p.delete)),
		}},
		{Prefix + "pages", map[string]call{
			http.MethodPut:     anywhere(p.authorised(pages(bounded(p, p.MaxPage, p.putPage)))),
			http.MethodOptions: preflight,
		}},
		{Prefix + "openapi.json", map[string]call{
			http.MethodGet: describe,
		}},
		{Prefix, nil},
	}
}
