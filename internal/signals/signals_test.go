package signals

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestOfPage(t *testing.T) {
	header := map[string][]string{
		"Content-Usage":   {"train-ai=n"},
		"Tdm-Reservation": {"1"},
		"X-Robots-Tag":    {"noarchive, nosnippet", "otherbot: noindex", "teletipo: noindex", "unavailable_after: 25 Jun 2030"},
		"Link":            {`</license.xml>; rel="license"; type="application/rsl+xml", </a>; rel=next`},
	}
	body := `<html><head><META NAME="Robots" content="noindex,  nofollow"><meta name=tdm-policy content="https://paper.example/policy.json">
<link rel="stylesheet license" href="https://paper.example/terms"><meta name="googlebot" content="nosnippet"><meta name="robots"></head></html>`
	want := []news.Signal{
		{Name: "content-usage", Value: "train-ai=n", From: "header"},
		{Name: "license", Value: "/license.xml", From: "header"},
		{Name: "robots", Value: "noarchive, nosnippet", From: "header"},
		{Name: "robots", Value: "teletipo: noindex", From: "header"},
		{Name: "robots", Value: "unavailable_after: 25 Jun 2030", From: "header"},
		{Name: "tdm-reservation", Value: "1", From: "header"},
		{Name: "robots", Value: "noindex, nofollow", From: "page"},
		{Name: "tdm-policy", Value: "https://paper.example/policy.json", From: "page"},
		{Name: "license", Value: "https://paper.example/terms", From: "page"},
	}
	if diff := cmp.Diff(want, OfPage(header, []byte(body))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := OfPage(nil, []byte(strings.Repeat("<meta name=robots content='x y'>", 1000))); len(got) != 1 {
		t.Errorf("%d statements", len(got))
	}
}

func TestUnionLosesNothing(t *testing.T) {
	a := []news.Signal{{Name: "robots", Value: "noindex", From: "page"}}
	b := []news.Signal{{Name: "license", Value: "/l", From: "page"}, a[0]}
	if got := Union(a, b); len(got) != 2 || got[0] != a[0] || got[1] != b[0] {
		t.Errorf("%+v", got)
	}
	if got := Union(nil, nil); got != nil {
		t.Errorf("%+v", got)
	}
}
