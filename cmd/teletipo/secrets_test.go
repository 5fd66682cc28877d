package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The secrets that the sources of this test are asked with: in a query, in a path, as a path that a
// redirect leads to, and as the signature of another.
var secrets = []string{
	"Qk3yS3cr3tValue", "p4thT0kenXyz99", "s1gnedPathAbC77", "deadbeef5ec2e7d0deadbeef",
}

// secretFeed is a feed that states its own address, key and all, and has references to itself.
const secretFeed = `<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Members' wire</title><link>%[1]s</link><atom:link rel="self" href="%[1]s%[2]s"/>
<item><guid isPermaLink="false">%[3]s</guid><link>https://wire.example/%[3]s</link>
<title>Border Patrol counts migrants in Texas %[3]s</title>
<description><![CDATA[<p>Agents of the U.S. Border Patrol counted migrants at the border with Mexico.
<a href="#top">Top</a> <a href="?">again</a> <a href="">here</a> <img src="a.jpg" alt="a"></p>]]>
</description></item></channel></rss>`

// TestSecretAddressesStaySecret runs sources whose addresses hold keys through success, redirects,
// errors of every kind and a page instead of a feed, and looks for the keys in all that is published,
// logged, listed and measured.
func TestSecretAddressesStaySecret(t *testing.T) {
	var web *httptest.Server
	answer := func(w http.ResponseWriter, r *http.Request) {
		say := func(name string) {
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, secretFeed, web.URL, r.URL.RequestURI(), name)
		}
		switch p := r.URL.Path; {
		case p == "/query", p == "/u/"+secrets[1]+"/feed.xml", p == "/"+secrets[2]+"/feed":
			say(fmt.Sprint("story-", len(p)))
		case p == "/moved":
			http.Redirect(w, r, "/"+secrets[2]+"/feed?X-Signature="+secrets[3], http.StatusMovedPermanently)
		case p == "/loop":
			http.Redirect(w, r, "/loop?again="+secrets[3], http.StatusFound)
		case p == "/lost":
			http.Redirect(w, r, "http://[::1/"+secrets[2], http.StatusFound)
		case p == "/inside":
			http.Redirect(w, r, "http://10.0.0.1/"+secrets[2]+"?k="+secrets[3], http.StatusFound)
		case p == "/bad":
			fmt.Fprint(w, "<rss><channel><item><title>x</titl")
		case p == "/page":
			fmt.Fprint(w, "<html><head><title>Log in</title></head><body>Log in</body></html>")
		case p == "/gone":
			w.WriteHeader(http.StatusGone)
		case p == "/busy":
			w.Header().Set("Retry-After", "1000")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			http.NotFound(w, r)
		}
	}
	web = httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(web.Close)
	tls := httptest.NewTLSServer(http.HandlerFunc(answer))
	t.Cleanup(tls.Close)
	dir, flags := t.TempDir(), []string{}
	var sources strings.Builder
	sources.WriteString("sources:\n")
	key := "?key=" + secrets[0]
	addresses := []string{
		web.URL + "/query" + key, web.URL + "/u/" + secrets[1] + "/feed.xml", web.URL + "/moved" + key,
		web.URL + "/loop" + key, web.URL + "/lost" + key, web.URL + "/inside" + key,
		web.URL + "/bad" + key, web.URL + "/page" + key, web.URL + "/gone" + key,
		web.URL + "/nothing/" + secrets[1], tls.URL + "/query" + key, "http://127.0.0.1:1/" + secrets[1],
	}
	for i, address := range addresses {
		fmt.Fprintf(&sources, "  - {id: s%d, name: Source %d, kind: feed, rights: full, url: %q}\n", i, i, address)
	}
	fmt.Fprintf(&sources, "  - {id: wp, name: WP, kind: wordpress, url: %q}\n", web.URL+"/wp/"+secrets[1])
	write(t, filepath.Join(dir, "sources.yaml"), sources.String())
	flags = append(flags, "--config", write(t, filepath.Join(dir, "c.yaml"),
		"public_url: https://news.example\nsources: sources.yaml\nlog: {level: debug}\n"+
			"fetch: {allow: [127.0.0.0/8], pause: 0s}\n"),
		"--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	d := startDaemon(t, flags...)
	ask := func(args ...string) string {
		var out, errs bytes.Buffer
		err := run(context.Background(), append(flags[:4:4], args...), noEnv, &out, &errs)
		return fmt.Sprint(out.String(), errs.String(), err)
	}
	defer func() {
		if t.Failed() {
			t.Log(d.stderr.String(), ask("sources", "--json"), d.titles("/feeds/all.rss"))
		}
	}()
	eventually(t, "every source has been asked", func() bool {
		return strings.Count(ask("sources", "--json"), `"polls":`) > len(addresses) &&
			len(d.titles("/feeds/all.rss")) == 3
	})
	told := map[string]string{
		"the log": d.stderr.String(), "sources": ask("sources"), "sources --json": ask("sources", "--json"),
		"/metrics": d.get(d.admin + "/metrics").body, "OPML": ask("export", "--opml"),
		"articles": ask("articles"), "articles --json": ask("articles", "--json"),
		"sources test": ask("sources", "test", "s0") + ask("sources", "test", "s2") + ask("sources", "test", "s10"),
		"ingest":       ask("ingest", "s0") + ask("ingest", "s6"),
		"explain":      ask("explain", "s3"),
	}
	for _, path := range pathsOf(d) {
		told[path] = d.get(path).body
	}
	out := filepath.Join(dir, "site")
	ask("export", out)
	err := filepath.WalkDir(out, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			content, readErr := os.ReadFile(path)
			told[path], err = string(content), readErr
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	d.terminate()
	told["the log to its end"] = d.stderr.String()
	if len(told) < 30 {
		t.Errorf("only %d documents looked at", len(told))
	}
	for name, text := range told {
		for _, secret := range secrets {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s tells %s: …%s…", name, secret, text[max(0, at-200):min(len(text), at+60)])
			}
		}
	}
	if all := ask("export", "--opml", "--secrets"); !strings.Contains(all, url.QueryEscape(secrets[0])) {
		t.Error("the OPML for the operator alone has no secret in it")
	}
}

// pathsOf lists what a daemon publishes: feeds in all formats, pages, and each article.
func pathsOf(d *running) []string {
	paths := []string{"/", "/feeds.opml", "/robots.txt"}
	for _, topic := range []string{"all", "border", "us-mexico"} {
		paths = append(paths, "/topics/"+topic)
		for _, format := range []string{".rss", ".atom", ".json", ".en.rss", ".en.atom", ".en.json"} {
			paths = append(paths, "/feeds/"+topic+format)
		}
	}
	for _, id := range d.guids("/feeds/all.rss") {
		paths = append(paths, "/articles/"+strings.TrimPrefix(id, "urn:uuid:"))
	}
	return paths
}
