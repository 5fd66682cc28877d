package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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
