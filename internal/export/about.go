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
// read, and a part of a configuration for nginx.
const (
	headersName   = "_headers"
	redirectsName = "_redirects"
	nginxName     = "teletipo.nginx.conf"
)

// writeAbout writes the files about the whole.
func (x *exporter) writeAbout() error {
	for name, body := range map[string][]byte{
		headersName: x.headers(), redirectsName: x.redirects(), nginxName: x.nginx(),
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

const nginxHead = `# For nginx. Include it at the level of http. In the server, with root here, say:
#   gzip_static on; etag on; add_header Vary Accept-Encoding always;
#   add_header Cache-Control $teletipo_caching always;
#   add_header Link $teletipo_link always;
#   add_header Access-Control-Allow-Origin * always;
#   location / { default_type $teletipo_type; types { } try_files $uri $uri.html =404; }
#   location = / { default_type text/html; try_files /index.html =404; }
`

// nginx writes the headers as maps that nginx reads.
func (x *exporter) nginx() []byte {
	var b bytes.Buffer
	b.WriteString(nginxHead)
	for _, part := range []struct{ variable, header, fallback string }{
		{"teletipo_type", "Content-Type", "application/octet-stream"},
		{"teletipo_caching", "Cache-Control", "no-cache"},
		{"teletipo_link", "Link", ""},
	} {
		fmt.Fprintf(&b, "map $uri $%s {\n  default %q;\n", part.variable, part.fallback)
		for _, path := range slices.Sorted(maps.Keys(x.next)) {
			f := x.next[path]
			value := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", "").Replace(f.Heads[part.header])
			for _, uri := range slices.Compact([]string{path, "/" + f.Name}) {
				if value != "" {
					fmt.Fprintf(&b, "  %s \"%s\";\n", uri, value)
				}
			}
		}
		b.WriteString("}\n")
	}
	for _, path := range slices.Sorted(maps.Keys(x.moved)) {
		m := x.moved[path]
		fmt.Fprintf(&b, "# location = %s { return %d %s; }\n", path, m.status, m.to)
	}
	return b.Bytes()
}
