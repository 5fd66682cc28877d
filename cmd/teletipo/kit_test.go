package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// kit is where the operator's files stand.
const kit = "../../configs/kit/"

// judge has another program judge a file: it must succeed and say what is wanted. Without the
// program the test is skipped.
func judge(t *testing.T, want, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

// TestUnit has systemd read the unit, and judge how little it may do: 2.0 of 10 at most.
func TestUnit(t *testing.T) {
	self, err := os.Executable() // verify wants the program to be there
	if err != nil {
		t.Fatal(err)
	}
	unit := write(t, filepath.Join(t.TempDir(), "teletipo.service"),
		strings.ReplaceAll(fromFile(t, kit+"systemd/teletipo.service"), "/usr/bin/teletipo", self))
	judge(t, "", "systemd-analyze", "verify", "--recursive-errors=no", unit)
	judge(t, "", "systemd-analyze", "security", "--offline=true", "--threshold=20", unit)
}

// query is an expression of PromQL and where it stands.
type query struct{ at, expr string }

// alertQueries are the expressions of the alerts.
func alertQueries(t *testing.T) (all []query) {
	t.Helper()
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal([]byte(fromFile(t, kit+"prometheus/teletipo.rules.yml")), &rules); err != nil {
		t.Fatal(err)
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			all = append(all, query{r.Alert, r.Expr})
		}
	}
	return all
}

// dashboardQueries are the expressions of the dashboard's panels, as Grafana sends them.
func dashboardQueries(t *testing.T) (all []query) {
	t.Helper()
	var board struct {
		Panels []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(fromFile(t, kit+"grafana/teletipo.json")), &board); err != nil {
		t.Fatal(err)
	}
	ids := map[int]bool{}
	filled := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*")
	for _, p := range board.Panels {
		if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 || p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("panel %q: its id is not its own, it has no place or no query", p.Title)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			all = append(all, query{p.Title, filled.Replace(target.Expr)})
		}
	}
	return all
}

var (
	quoted = regexp.MustCompile(`"[^"]*"`)
	metric = regexp.MustCompile(`\b(?:teletipo|process|go)_[a-z0-9_]+`)
)

// TestAlertsAndDashboard holds that every metric they ask for is one of a running daemon's.
func TestAlertsAndDashboard(t *testing.T) {
	_, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	defer d.terminate()
	d.get("/feeds/border.rss")
	page := ""
	eventually(t, "everything is counted", func() bool {
		page = d.get(d.admin + "/metrics").body
		return strings.Contains(page, "\nteletipo_feed_requests_total{") &&
			strings.Contains(page, `teletipo_source_polls_total{source="wire"} 1`)
	})
	for name, queries := range map[string][]query{
		"alerts": alertQueries(t), "dashboard": dashboardQueries(t),
	} {
		asked := 0
		for _, q := range queries {
			for _, name := range metric.FindAllString(quoted.ReplaceAllString(q.expr, ""), -1) {
				asked++
				if !strings.Contains(page, "\n"+name+"{") && !strings.Contains(page, "\n"+name+" ") {
					t.Errorf("%s: there is no metric %s", q.at, name)
				}
			}
		}
		if len(queries) < 10 || asked < len(queries)-1 { // "up" is Prometheus' own
			t.Errorf("%s: %d queries with %d metrics: are they read?", name, len(queries), asked)
		}
	}
}

// TestPromtool has Prometheus' own tool read the alerts and the queries of the dashboard, and raise
// each alert where it must be and nowhere else.
func TestPromtool(t *testing.T) {
	judge(t, "SUCCESS", "promtool", "check", "rules", kit+"prometheus/teletipo.rules.yml")
	judge(t, "SUCCESS", "promtool", "test", "rules", "testdata/kit/alerts.yml")
	var rules bytes.Buffer
	rules.WriteString("groups:\n- name: dashboard\n  rules:\n")
	for i, q := range dashboardQueries(t) {
		fmt.Fprintf(&rules, "  - {record: panel:%d, expr: %q}\n", i, q.expr)
	}
	judge(t, "SUCCESS", "promtool", "check", "rules",
		write(t, filepath.Join(t.TempDir(), "dashboard.yml"), rules.String()))
	tested := fromFile(t, "testdata/kit/alerts.yml")
	for _, q := range alertQueries(t) {
		if !slices.Contains(regexp.MustCompile(`\w+`).FindAllString(tested, -1), q.at) {
			t.Errorf("no test of the alert %s", q.at)
		}
	}
}

// fromFile reads a file.
func fromFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// nginxOfKit writes a configuration of nginx around the kit's, with other addresses and paths, and a
// certificate of tests.
func nginxOfKit(t *testing.T, dir, listen, origin string) string {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	server.Close()
	pair := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"fullchain.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]},
		"privkey.pem":   {Type: "PRIVATE KEY", Bytes: key},
	} {
		write(t, filepath.Join(dir, name), string(pem.EncodeToMemory(block)))
	}
	own := strings.NewReplacer(
		"    listen [::]:80;\n", "", "    listen [::]:443 ssl http2;\n", "",
		"listen 80;", "listen unix:"+dir+"/plain;", "listen 443 ssl http2;", "listen "+listen+";",
		"/etc/letsencrypt/live/news.example.org", dir, "/var/cache/nginx", dir,
		"127.0.0.1:8080", origin, " 10s;", " 1s;",
	).Replace(fromFile(t, kit+"nginx/teletipo.conf"))
	return write(t, filepath.Join(dir, "nginx.conf"), fmt.Sprintf(`daemon off; pid %[1]s/pid;
error_log stderr warn; worker_processes 1; events { worker_connections 64; }
http { access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f;
 uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s; include %[2]s; }
`, dir, write(t, filepath.Join(dir, "teletipo.conf"), own)))
}

// TestProxiesReadTheKit has nginx and Caddy read the configuration for them; TestProxies runs them.
func TestProxiesReadTheKit(t *testing.T) {
	t.Run("nginx", func(t *testing.T) {
		dir := t.TempDir()
		conf := nginxOfKit(t, dir, "unix:"+dir+"/tls ssl http2", "127.0.0.1:8080")
		judge(t, "test is successful", "nginx", "-t", "-c", conf, "-p", dir)
	})
	t.Run("Caddy", func(t *testing.T) {
		t.Setenv("HOME", t.TempDir())
		judge(t, "Valid configuration", "caddy", "validate", "--adapter", "caddyfile", "--config",
			kit+"caddy/Caddyfile")
	})
}

// TestNewsThroughKit holds that news comes through the kit's proxies no later than is said, and what is
// new alone to who asks for it, with our own validators; nginx serves what it has while we are away.
func TestNewsThroughKit(t *testing.T) {
	if !*proxies {
		t.Skip("run it with -proxies; it needs nginx and caddy")
	}
	_, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	token := addToken(t, flags, "proxies")
	const path = "/feeds/border.rss"
	change(t, d, token, 1)
	bases, old, last := map[string]string{}, map[string]answer{}, map[string]answer{}
	for _, p := range theProxies {
		if strings.HasSuffix(p.name, "as the kit has it") {
			bases[p.name] = startProxy(t, p, strings.TrimPrefix(d.public, "http://"))
			old[p.name] = d.get(bases[p.name] + path)
		}
	}
	change(t, d, token, 2)
	time.Sleep(2 * time.Second) // a second is how long nginx keeps it here
	for name, base := range bases {
		got, want := d.get(base+path), d.get(path)
		last[name] = got
		if got.body != want.body || got.body == old[name].body {
			t.Errorf("%s: a feed later than is said", name)
		}
		for _, field := range []string{"Etag", "Last-Modified", "Cache-Control", "Vary", "Link"} {
			if got.header.Get(field) != want.header.Get(field) {
				t.Errorf("%s: %s %q, want %q", name, field, got.header.Get(field), want.header.Get(field))
			}
		}
		news := d.get(base+path, "A-IM", "feed", "If-None-Match", old[name].header.Get("Etag"))
		if news.status != http.StatusIMUsed || news.header.Get("Etag") != got.header.Get("Etag") {
			t.Errorf("%s: asked for what is new alone: status %d, %v", name, news.status, news.header)
		}
		if a := d.get(base+"/api/v1/articles/x", "Authorization", "Bearer "+token); a.status != 404 {
			t.Errorf("%s: asked for a pushed article: status %d", name, a.status)
		}
	}
	d.terminate()
	const keeps = "nginx, as the kit has it"
	if a := d.get(bases[keeps] + path); a.status != http.StatusOK || a.body != last[keeps].body {
		t.Errorf("while the daemon is away: status %d", a.status)
	}
}

var debian = flag.Bool("deb", false, "run TestDebianPackage: it needs dpkg-deb, lintian and a minute")

// TestDebianPackage builds the package, in which lintian must find no error and warn of nothing.
func TestDebianPackage(t *testing.T) {
	if !*debian {
		t.Skip("run it with -deb; it needs dpkg-deb, lintian and a minute")
	}
	dir := t.TempDir()
	t.Setenv("MAINTAINER", "Ana Ruiz <ana@news.example.org>")
	judge(t, "building package", kit+"deb/build", dir)
	packages, err := filepath.Glob(filepath.Join(dir, "teletipo_"+version+"_*.deb"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("%v, %d packages", err, len(packages))
	}
	judge(t, "", "lintian", "--allow-root", "--fail-on", "error,warning", packages[0])
	judge(t, "./usr/share/man/man1/teletipo.1.gz", "dpkg-deb", "--contents", packages[0])
}

// TestCompose holds that the variables of the compose file are settings, and its paths files.
func TestCompose(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			Build       string
			Environment map[string]string
			Volumes     []string
		}
	}
	if err := yaml.Unmarshal([]byte(fromFile(t, kit+"docker/compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	service := compose.Services["teletipo"]
	env := []string{"TELETIPO_DATA=" + t.TempDir()}
	for name, value := range service.Environment {
		env = append(env, name+"="+regexp.MustCompile(`\$\{[^}]*\}`).ReplaceAllString(value, "news.example"))
	}
	var out, errs bytes.Buffer
	if err := run(t.Context(), []string{"check"}, env, &out, &errs); err != nil || len(env) < 3 ||
		strings.Contains(errs.String(), "sets nothing") {
		t.Errorf("%v\n%s", err, errs.String())
	}
	paths := []string{service.Build + "/Dockerfile"}
	for _, volume := range compose.Services["caddy"].Volumes {
		if from, _, _ := strings.Cut(volume, ":"); strings.HasPrefix(from, ".") {
			paths = append(paths, from)
		}
	}
	for _, name := range paths {
		if _, err := os.Stat(kit + "docker/" + name); err != nil {
			t.Error(err)
		}
	}
}
