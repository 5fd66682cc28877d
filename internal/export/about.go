package export

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The files about the whole: headers and redirects in the form that Netlify and Cloudflare Pages
// read, and two parts of a configuration for nginx.
const (
	headersName   = "_headers"
	redirectsName = "_redirects"
	nginxName     = "teletipo.nginx.conf"
	serverName    = "teletipo.server.conf"
)

// writeAbout writes the files about the whole.
func (x *exporter) writeAbout() error {
	for name, body := range map[string][]byte{
		headersName: x.headers(), redirectsName: x.redirects(), nginxName: x.nginx(),
		serverName: x.server(),
	} {
		if err := rewrite(filepath.Join(x.dir, name), body); err != nil {
			return err
		}
	}
	return nil
}

// rewrite replaces a file unless it holds the very same.
func rewrite(name string, body []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, body) {
		return nil
	}
	return replace(name, body, time.Time{})
}

// headers lists every document's headers.
func (x *exporter) headers() []byte {
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(x.next)) {
		fmt.Fprintln(&b, path)
		heads := x.next[path].Heads
		for _, name := range kept {
			if heads[name] != "" {
				fmt.Fprintf(&b, "  %s: %s\n", name, heads[name])
			}
		}
	}
	return b.Bytes()
}

// redirects lists the addresses that lead elsewhere.
func (x *exporter) redirects() []byte {
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(x.moved)) {
		fmt.Fprintf(&b, "%s %s %d\n", path, x.moved[path].to, x.moved[path].status)
	}
	return b.Bytes()
}

const nginxHead = `# For nginx. Include this at the level of http, and teletipo.server.conf in
# a server whose root is this directory. Reload nginx after an export that changed either.
map_hash_bucket_size 256;
map_hash_max_size 65536;
`

const serverHead = `# For nginx: how this directory is served. Include it in a server that
# has it as its root.
if ($teletipo_moved) { return 301 $teletipo_moved; }
if ($teletipo_current) { return 307 $teletipo_current; }
absolute_redirect off;
gzip_static on;
etag on;
add_header Vary Accept-Encoding always;
add_header Cache-Control $teletipo_caching always;
add_header Link $teletipo_link always;
add_header Access-Control-Allow-Origin * always;
add_header X-Content-Type-Options nosniff always;
location / { try_files $uri $uri.html =404; }
location = / { try_files /index.html =404; }
`

// nginx writes the headers and the redirects as maps that nginx reads.
func (x *exporter) nginx() []byte {
	var b bytes.Buffer
	b.WriteString(nginxHead)
	for _, part := range []struct{ variable, header, fallback string }{
		{"teletipo_caching", "Cache-Control", "no-cache"},
		{"teletipo_link", "Link", ""},
	} {
		fmt.Fprintf(&b, "map $uri $%s {\n  default %q;\n", part.variable, part.fallback)
		for _, path := range slices.Sorted(maps.Keys(x.next)) {
			f := x.next[path]
			for _, uri := range slices.Compact([]string{path, "/" + f.Name}) {
				if value := f.Heads[part.header]; value != "" {
					fmt.Fprintf(&b, "  %s %s;\n", uri, quoted(value))
				}
			}
		}
		b.WriteString("}\n")
	}
	for _, part := range []struct {
		variable string
		status   int
	}{{"teletipo_moved", 301}, {"teletipo_current", 307}} {
		fmt.Fprintf(&b, "map $uri $%s {\n  default \"\";\n", part.variable)
		for _, path := range slices.Sorted(maps.Keys(x.moved)) {
			if m := x.moved[path]; m.status == part.status {
				fmt.Fprintf(&b, "  %s %s;\n", path, quoted(m.to))
			}
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// server writes how nginx serves the directory. Types stand here, since nginx takes none from a
// variable: those of each ending, with the charset that a coded file would not be given else.
func (x *exporter) server() []byte {
	types := map[string]string{} // by ending
	for _, path := range slices.Sorted(maps.Keys(x.next)) {
		f := x.next[path]
		ending := strings.TrimPrefix(filepath.Ext(f.Name), ".")
		if media := f.Heads["Content-Type"]; media != "" && ending != "" {
			types[ending] = media
		}
	}
	var b bytes.Buffer
	b.WriteString(serverHead)
	b.WriteString("types {\n")
	for _, ending := range slices.Sorted(maps.Keys(types)) {
		fmt.Fprintf(&b, "  %s %s;\n", quoted(types[ending]), ending)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// quoted writes a value as nginx reads it, without variables.
func quoted(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", "").Replace(value) + `"`
}
