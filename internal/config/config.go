package config

import (
	"io/fs"
	"log/slog"
	"net/netip"
	"strconv"
	"time"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
)

// Config is everything that can be set, checked. Paths are absolute.
type Config struct {
	Site news.Site // all but Version
	// PublicURLDerived tells that Site.PublicURL is not set but follows from Listen. Where that
	// leaves the port to the system it is empty: ask PublicURL once the port is known.
	PublicURLDerived bool

	Listen     string   // host:port of the public listener
	Admin      string   // host:port of the operator listener
	AdminHosts []string // further names that it is asked under, in lower case
	Data       string   // directory
	Inbox      string   // directory of the source "inbox"; empty if there is none
	SweepEvery time.Duration
	Window     news.Extent // what a feed's subscription document covers
	// WindowShare is how much of a topic's window one source's articles may take, in percent.
	WindowShare int
	PerHour     int // new articles that a source may bring in an hour that does not say; 0: any number
	MaxAge      MaxAge
	// ShutdownGrace is how long the work under way may take when the daemon is told to stop.
	ShutdownGrace time.Duration
	Fetch         Fetch
	Push          Push
	Readers       Readers
	Backup        Backup
	Retention     news.Retention
	Log           Log
	Sources       []news.Source // the inbox and push first, then as their files have them
	// SourcePlaces tells where each source is configured, by its id, as file:line.
	SourcePlaces map[string]string
	Topics       []news.Topic // by id
	TopicDir     string       // of the topic files that were read instead of the defaults
	// Words are taken out of items' texts: the built-in ones, and those of the data directory.
	Words    *boilerplate.Words
	Began    time.Time // when it began to be read
	Files    []string  // of settings and sources, that there are or may be; absolute
	Settings []Setting // all, in the order of the defaults
	Warnings []string  // of what can be meant and hardly is
}

// MaxAge bounds how long readers are told to wait before they ask for a feed again.
type MaxAge struct {
	Fastest, Slowest time.Duration
}

// Fetch says how others' servers are asked.
type Fetch struct {
	Contact     string        // mail or web address for the User-Agent; may be empty
	Timeout     time.Duration // of one request, its body included
	MaxBytes    int64         // of a body, after decompression
	Concurrency int           // sources that are read at once
	PerHost     int           // requests under way to one host at once
	Pause       time.Duration // between two requests to one host
	// Allow are networks that everybody may lead to although they are not public; Hosts has those
	// that only the host of that name may be in.
	Allow []netip.Prefix
	Hosts map[string][]netip.Prefix
}

// Push says what may be pushed.
type Push struct {
	MaxBytes int64 // of the body of one request
	UnderWay int64 // bytes of all bodies that are read and stored at once
	AtOnce   int   // bodies that are
}

// Readers says what is believed and borne of who reads the feeds.
type Readers struct {
	Proxies     []netip.Prefix // in front of the program: believed about whom they ask for
	Connections int            // of one address at once, the proxies' apart; 0 for any
	FullPerHour int            // times a reader may fetch a feed without validators; 0 for any
}

// Backup says what backups the daemon makes by itself.
type Backup struct {
	Every time.Duration // 0 for none
	Keep  int           // the newest
	To    string        // directory
}

// Log says what is logged, and how.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// Options say where the configuration comes from. What is empty is not used.
type Options struct {
	File     string   // of the operator: replaces defaults key by key
	Environ  []string // variables, as os.Environ gives them, that replace what File says
	Data     string   // instead of the setting data, as are the next two
	Listen   string
	Admin    string
	Defaults Defaults
	// CheckTopics, if not nil, tells what is wrong with topics that each read well by themselves.
	CheckTopics func(topics []news.Topic) []TopicFault
	// Settings says to read no more than the settings: no sources, no topics.
	Settings bool
	// Topics is a directory whose topic files are read last; TopicsOnly says that no others are.
	Topics     string
	TopicsOnly bool
	// LastGood are topics that are taken as they are, and no topic files are read.
	LastGood []news.Topic
	// Instead has contents that are read instead of what files of sources hold, by their paths.
	Instead map[string][]byte
}

// Defaults are the files that come with the program.
type Defaults struct {
	Config  []byte // a value for every setting
	Sources []byte
	Topics  fs.FS // ID.yaml each, at its root
}

// InboxID is the id of the folder source that exists without being configured.
const InboxID = "inbox"

// Load reads the configuration. Sources are those of the defaults, or else of the file that the
// setting sources names; sources.yaml in the data directory adds to them, or replaces those of
// the same id. So do topics, from the defaults or the directory that the setting topics names,
// and feeds/*.yaml in the data directory. If anything is wrong the error is Invalid and carries
// all Faults.
func Load(opts Options) (Config, error) {
	l := &loader{
		opts: opts, places: make(map[string]place), links: make(map[string][]link),
		topicFiles: make(map[string]string), groups: make(map[string]*groups),
	}
	l.cfg.Began = time.Now()
	l.loadSettings()
	if !opts.Settings {
		l.loadTopics()
		l.loadSources()
		l.loadWords()
		if opts.LastGood == nil {
			l.joinGroups()
			l.checkLinks()
			l.checkRules()
		}
	}
	if len(l.faults) > 0 {
		l.faults.sort()
		return Config{}, &news.Error{Kind: news.Invalid, Err: l.faults}
	}
	return l.cfg, nil
}

// loader gathers the configuration from all its files, and the faults of all of them.
type loader struct {
	opts        Options
	cfg         Config
	sourceFile  string // of the settings sources and topics
	topicDir    string
	windowBytes int64
	literal     []netip.Prefix     // for sources whose url has an address in them
	places      map[string]place   // where each setting was last set
	links       map[string][]link  // of each topic
	topicFiles  map[string]string  // of each topic
	shared      groups             // that any topic may name
	groups      map[string]*groups // of each topic
	faults      Faults
	order       []string // of the settings, in the defaults
}

// place is a position in a file.
type place struct {
	file         string
	line, column int
}

// String writes the place as file:line:column.
func (p place) String() string {
	return p.file + ":" + strconv.Itoa(p.line) + ":" + strconv.Itoa(p.column)
}

// reader makes a reader for one file, whose relative paths start at base.
func (l *loader) reader(file, base string) *reader {
	return &reader{file: file, base: base, faults: &l.faults, places: make(map[string]place)}
}

// faultAt notes a fault of a setting where it was last set.
func (l *loader) faultAt(setting, message string) {
	p := l.places[setting]
	l.faults = append(l.faults, Fault{p.file, p.line, p.column, setting, message})
}
