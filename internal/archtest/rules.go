package archtest

// Rules say what a module may look like. Packages are named by their directory in it.
type Rules struct {
	Module  string              // path of the module
	Imports map[string][]string // what of the module each package may import; every package is here
	Tests   []string            // what every package's tests may import beside that
	Bare    []string            // packages that import the standard library only
	Tour    string              // file whose list names every package below its directory

	TestsOnly []string // packages that nothing but tests may import

	Chain    int // longest chain of imports within the module
	Function int // lines of a function; tests are free of these three
	File     int // lines of a file
	Line     int // characters of a line, a tab being one
}

// Everything stands in Imports for every package but those of TestsOnly.
const Everything = "*"

// Teletipo has the rules of this module.
var Teletipo = Rules{
	Module: "github.com/teletipo/teletipo",
	Imports: map[string][]string{
		"cmd/loadtest": {Everything},
		"cmd/teletipo": {Everything},

		"internal/daemon": {Everything},
		"configs":         {},
		"feeds":           {},
		"internal":        {},

		"internal/news":   {},
		"internal/site":   {},
		"internal/config": {"internal/news", "internal/boilerplate", "internal/yamldepth"},
		"internal/source": {
			"internal/news", "internal/watch", "internal/extract", "internal/robots",
			"internal/sitemap", "internal/signals",
		},
		"internal/fetch": {"internal/news", "internal/site"},
		"internal/parse": {
			"internal/news", "internal/rawdoc", "internal/dates", "internal/boilerplate",
		},
		"internal/paste": {
			"internal/news", "internal/rawdoc", "internal/dates", "internal/boilerplate",
			"internal/yamldepth",
		},
		"internal/extract": {
			"internal/news", "internal/site", "internal/rawdoc", "internal/dates",
			"internal/boilerplate",
		},
		"internal/rawdoc":      {},
		"internal/dates":       {},
		"internal/boilerplate": {},
		"internal/langwords":   {},
		"internal/clean":       {"internal/news", "internal/site", "internal/langwords"},
		"internal/classify":    {"internal/news", "internal/langwords"},
		"internal/score":       {"internal/news"},
		"internal/store":       {"internal/news", "internal/site"},
		"internal/render":      {"internal/news"},
		"internal/serve":       {"internal/news", "internal/opml"},
		"internal/push":        {"internal/news"},
		"internal/schedule":    {"internal/news"},
		"internal/desk":        {"internal/news", "internal/classify", "internal/site"},

		"internal/backup":   {"internal/news"},
		"internal/export":   {"internal/news"},
		"internal/readers":  {"internal/news"},
		"internal/health":   {"internal/news"},
		"internal/lint":     {"internal/news"},
		"internal/opml":     {"internal/news"},
		"internal/metrics":  {"internal/news", "internal/health", "internal/classify"},
		"internal/progress": {},

		"internal/ingest": {
			"internal/news", "internal/boilerplate",
			"internal/parse", "internal/paste", "internal/extract", "internal/clean",
			"internal/signals", "internal/classify",
		},
		"internal/publish": {"internal/news", "internal/render"},

		"internal/watch":   {},
		"internal/robots":  {"internal/news"},
		"internal/signals": {"internal/news"},
		"internal/sitemap": {"internal/news", "internal/dates", "internal/rawdoc"},

		"internal/yamldepth": {},

		"internal/newstest": {"internal/news"},
		"internal/archtest": {},
	},
	Tests: []string{"internal/newstest", "configs", "feeds"},
	Bare:  []string{"internal/news"},
	Tour:  "internal/doc.go",

	TestsOnly: []string{"internal/newstest", "internal/archtest"},

	Chain:    4, // three below the two that compose, cmd and daemon
	Function: 60,
	File:     400,
	Line:     100,
}
