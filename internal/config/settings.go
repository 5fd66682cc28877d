package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/teletipo/teletipo/internal/news"
)

// settings is the table of all settings of the configuration file.
func (l *loader) settings() fields {
	c := &l.cfg
	return fields{
		"title":        parsed(&c.Site.Title, filled),
		"public_url":   parsed(&c.Site.PublicURL, siteLink),
		"contact":      parsed(&c.Site.Contact, contact),
		"languages":    languages(&c.Site.Languages),
		"listen":       parsed(&c.Listen, address),
		"admin":        parsed(&c.Admin, address),
		"admin_hosts":  hosts(&c.AdminHosts),
		"data":         filePath(&c.Data),
		"inbox":        text(&c.Inbox), // below the data directory, which a flag may move
		"sweep_every":  parsed(&c.SweepEvery, duration(time.Second, time.Hour)),
		"window_size":  count(&c.Window.Least, 1, 1000),
		"window_span":  parsed(&c.Window.Span, duration(0, 31*24*time.Hour)),
		"window_bytes": parsed(&l.windowBytes, size(1e4, 1e8)),
		"window_share": count(&c.WindowShare, 1, 100),
		"per_hour":     count(&c.PerHour, 0, 1e6),
		"max_age": fields{
			"fastest": parsed(&c.MaxAge.Fastest, duration(time.Minute, 24*time.Hour)),
			"slowest": parsed(&c.MaxAge.Slowest, duration(time.Minute, 24*time.Hour)),
		},
		"sources":        filePath(&l.sourceFile),
		"topics":         filePath(&l.topicDir),
		"shutdown_grace": parsed(&c.ShutdownGrace, duration(time.Second, 10*time.Minute)),
		"fetch": fields{
			"timeout":     parsed(&c.Fetch.Timeout, duration(time.Second, 10*time.Minute)),
			"max_size":    parsed(&c.Fetch.MaxBytes, size(1e3, 1e9)),
			"concurrency": count(&c.Fetch.Concurrency, 1, 256),
			"per_host":    count(&c.Fetch.PerHost, 1, 256),
			"pause":       parsed(&c.Fetch.Pause, duration(0, time.Minute)),
			"allow":       l.allowed(),
		},
		"push": fields{
			"max_size":  parsed(&c.Push.MaxBytes, size(1e3, 1e8)),
			"under_way": parsed(&c.Push.UnderWay, size(1e3, 1e9)),
			"at_once":   count(&c.Push.AtOnce, 1, 1000),
		},
		"trusted_proxies":         networks(&c.Readers.Proxies),
		"connections_per_address": count(&c.Readers.Connections, 0, 1e6),
		"readers": fields{
			"full_per_hour": count(&c.Readers.FullPerHour, 0, 1e6),
		},
		"backup": fields{
			"every": parsed(&c.Backup.Every, duration(0, 31*24*time.Hour)),
			"keep":  count(&c.Backup.Keep, 1, 1000),
			"to":    text(&c.Backup.To), // below the data directory, as is the inbox
		},
		"retention": fields{
			"keep":    kept(&c.Retention.Keep),
			"most":    count(&c.Retention.Most, 0, 1e9),
			"sources": keepings(&c.Retention.Sources),
			"topics":  keepings(&c.Retention.Topics),
		},
		"log": fields{
			"level":  parsed(&c.Log.Level, level),
			"format": choice(&c.Log.Format, "text", "json"),
		},
	}
}

// hosts reads a list of hosts' names.
func hosts(dst *[]string) value {
	return listOf(dst, hostName, func(*reader, ast.Node, string, []string) {})
}

// listOf reads a list of scalars, each by a function that says what it wants of it; check notes
// what is wrong with one beside those before it.
func listOf[T any](
	dst *[]T, parse func(string) (T, error), check func(r *reader, n ast.Node, v T, before []T),
) value {
	read := func(r *reader, n ast.Node) {
		var all []T
		list(nil, func(r *reader, n ast.Node) {
			var v T
			parsed(&v, parse).read(r, n)
			check(r, n, v, all)
			all = append(all, v)
		}).read(r, n)
		*dst = all
	}
	v := list(shapeOf(new(T)), nil)
	v.take, v.now = read, func() any { return plainly(*dst) }
	return v
}

// networks reads a list of networks.
func networks(dst *[]netip.Prefix) value {
	return listOf(dst, cidr, func(*reader, ast.Node, netip.Prefix, []netip.Prefix) {})
}

// allowed reads who may be asked although it is not public: hosts with their networks, or networks
// for the sources whose own url has an address in them.
func (l *loader) allowed() value {
	byAddress, byHost := networks(&l.literal), keyed(anyOf(list(textShape, nil).shape, textShape),
		l.allowHost)
	return value{
		shape: anyOf(byAddress.shape, byHost.shape),
		now: func() any {
			if len(l.literal) > 0 {
				return byAddress.now()
			}
			return plainly(l.cfg.Fetch.Hosts)
		},
		take: func(r *reader, n ast.Node) {
			l.literal, l.cfg.Fetch.Hosts = nil, nil
			if n.Type() == ast.SequenceType {
				byAddress.read(r, n)
				return
			}
			byHost.read(r, n)
		},
	}
}

// allowLiteral lets a source ask the address that its own url has, if that is in a network that is
// allowed to such. Of a name nobody knows where it leads tomorrow (localhost apart), and redirects
// are others' words.
func (l *loader) allowLiteral(s *news.Source) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return
	}
	addresses := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	if !strings.EqualFold(u.Hostname(), "localhost") {
		at, err := netip.ParseAddr(u.Hostname())
		if err != nil {
			return
		}
		addresses = []netip.Addr{at}
	}
	for _, at := range addresses {
		in := func(network netip.Prefix) bool { return network.Contains(at.Unmap()) }
		if slices.ContainsFunc(l.literal, in) {
			s.Allow.Networks = append(s.Allow.Networks, netip.PrefixFrom(at, at.BitLen()))
		}
	}
}

// allowHost reads the networks that a host may be in although they are not public.
func (l *loader) allowHost(r *reader, host string, at, n ast.Node) {
	if strings.ContainsAny(host, "/:@ ") || host == "" {
		r.fault(at, "%q is no host: want its name and then its network, as cms.example: 10.0.0.5/32",
			host)
		return
	}
	var all []netip.Prefix
	if n.Type() == ast.SequenceType {
		networks(&all).read(r, n)
	} else {
		var network netip.Prefix
		parsed(&network, cidr).read(r, n)
		all = append(all, network)
	}
	if l.cfg.Fetch.Hosts == nil {
		l.cfg.Fetch.Hosts = map[string][]netip.Prefix{}
	}
	l.cfg.Fetch.Hosts[strings.ToLower(host)] = all
}

// allowance reads what a source may ask although it is not public: networks and names of hosts.
func allowance(dst *news.Allowance) value {
	return list(textShape, func(r *reader, n ast.Node) {
		var text string
		parsed(&text, filled).read(r, n)
		network, err := cidr(text)
		switch {
		case text == "": // noted already
		case err == nil:
			dst.Networks = append(dst.Networks, network)
		case strings.ContainsAny(text, "/:@ "):
			r.fault(n, "%q is neither a network such as 10.0.0.0/8 nor the name of a host", text)
		default:
			dst.Hosts = append(dst.Hosts, strings.ToLower(text))
		}
	})
}

// cidr reads a network as 10.0.0.0/8, or a single address.
func cidr(s string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(s)
	if err != nil {
		return network, fmt.Errorf("%q is no network: want one such as 10.0.0.0/8", s)
	}
	return network.Masked(), nil
}

// languages reads the languages that feeds exist in: at least one, none twice.
func languages(dst *[]string) value {
	v := listOf(dst, baseTongue, func(r *reader, n ast.Node, lang string, before []string) {
		if lang != "" && slices.Contains(before, lang) {
			r.fault(n, "is in the list twice: keep one")
		}
	})
	take := v.take
	v.take = func(r *reader, n ast.Node) {
		take(r, n)
		if s, ok := n.(*ast.SequenceNode); ok && len(s.Values) == 0 {
			r.fault(n, "is empty: want at least one language")
		}
	}
	return v
}

// defaultsFile is the name of the defaults, in faults too.
const defaultsFile = "configs/teletipo.yaml"

// loadSettings reads the defaults, the operator's file over them, then variables, then flags.
func (l *loader) loadSettings() {
	l.readSettings(defaultsFile, "", l.opts.Defaults.Config)
	l.order = inOrder(l.places)
	if file := l.opts.File; file != "" {
		if data, ok := l.readFile(file); ok {
			l.readSettings(file, filepath.Dir(file), data)
		}
	}
	l.readVariables()
	l.override("--listen", &l.cfg.Listen, l.opts.Listen, address)
	l.override("--admin", &l.cfg.Admin, l.opts.Admin, address)
	l.override("--data", &l.cfg.Data, l.opts.Data, filled)
	l.checkSettings()

	c := &l.cfg
	for _, p := range []*string{&c.Data, &l.sourceFile, &l.topicDir} {
		if abs, err := filepath.Abs(*p); err == nil && *p != "" {
			*p = abs
		}
	}
	if c.Inbox != "" && !filepath.IsAbs(c.Inbox) {
		c.Inbox = filepath.Join(c.Data, c.Inbox)
	}
	if !filepath.IsAbs(c.Backup.To) {
		c.Backup.To = filepath.Join(c.Data, c.Backup.To)
	}
	c.Window.Size = int(l.windowBytes)
	c.Fetch.Contact = c.Site.Contact
	c.Settings, c.Files, c.TopicDir = l.list(), l.files(), l.topicDir
	if c.Site.PublicURL == "" {
		c.PublicURLDerived = true
		c.Site.PublicURL = PublicURL(c.Listen)
		l.warnUnlessLocal()
	}
}

// files lists the files of settings and sources, and where links among them lead.
func (l *loader) files() []string {
	var files []string
	for _, file := range []string{
		l.opts.File, l.sourceFile, filepath.Join(l.cfg.Data, OwnSourcesFile),
	} {
		if file == "" {
			continue
		}
		if abs, err := filepath.Abs(file); err == nil {
			files = append(files, abs)
		}
		if target, err := filepath.EvalSymlinks(file); err == nil && !slices.Contains(files, target) {
			files = append(files, target)
		}
	}
	return files
}

// warnUnlessLocal warns if readers may come from elsewhere, who would be sent to this machine's
// loopback address by every feed.
func (l *loader) warnUnlessLocal() {
	host, _, err := net.SplitHostPort(l.cfg.Listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		l.cfg.Warnings = append(l.cfg.Warnings, fmt.Sprintf("public_url is not set, and listen is %s: "+
			"readers on other machines get feeds whose links all lead to %s, on their own machine. Set "+
			"public_url, or %s, to the address that readers come to", l.cfg.Listen,
			cmp.Or(l.cfg.Site.PublicURL, "http://127.0.0.1"), Variable("public_url")))
	}
}

func (l *loader) readSettings(file, base string, data []byte) {
	r := l.reader(file, base)
	if root := r.parse(data); root != nil {
		l.settings().read(r, root)
	}
	for name, p := range r.places {
		l.places[name] = p
	}
}

// override puts the value of a flag, if there is one, in the place of a setting.
func (l *loader) override(flag string, dst *string, given string,
	parse func(string) (string, error),
) {
	if given == "" {
		return
	}
	v, err := parse(given)
	if err != nil {
		l.faults = append(l.faults, Fault{File: flag, Message: err.Error()})
		return
	}
	*dst = v
	l.places[flag[2:]] = place{file: flag}
}

// checkSettings finds settings that are right each, and wrong together.
func (l *loader) checkSettings() {
	c := &l.cfg
	if _, port, err := net.SplitHostPort(c.Listen); err == nil && port != "0" && c.Listen == c.Admin {
		l.faultAt("admin", "is the same address as listen: want another port")
	}
	if c.MaxAge.Fastest > c.MaxAge.Slowest {
		l.faultAt("max_age", "fastest is more than slowest: want the shorter time first")
	}
	if _, set := l.places["data"]; set && c.Data == "" {
		l.faultAt("data", "is empty: want a directory")
	}
}

// PublicURL is the address that a site is found at on this machine if it listens on an address
// host:port. It is empty while the port is left to the system: ask again with the listener's own
// address.
func PublicURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if port == "80" {
		return "http://" + bracketed(host)
	}
	return "http://" + net.JoinHostPort(host, port)
}

// bracketed writes a host as URLs do: IPv6 addresses in brackets.
func bracketed(host string) string {
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return "[" + host + "]"
	}
	return host
}

// readFile reads a file that has to exist.
func (l *loader) readFile(file string) ([]byte, bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		l.faults = append(l.faults, Fault{File: file, Message: reason(err)})
	}
	return data, err == nil
}

// reason says why a file could not be read, without its name.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "does not exist"
	}
	return "cannot be read: " + err.Error()
}
