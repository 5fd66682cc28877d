package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// page is an HTML page of a kind that nobody has taken from anywhere.
func page(title, body string) string {
	return "<!DOCTYPE html>\n<html><head><meta charset=utf-8><title>" + title +
		"</title></head>\n<body>" + body + "</body></html>\n"
}

// article is text as real pages have it.
var article = strings.Repeat("<p>The bridge opened again after two days of repairs.</p>\n", 40)

func TestChallenged(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		field  string // of the header, NAME: VALUE
		body   string
		want   string // empty if it is none
	}{
		"gob.mx": {
			200, "", page("Challenge Validation", "<div id=\"sec-if-cpt-container\"></div>"+
				"<script>"+strings.Repeat("proof(1);", 180)+"</script>"), "Akamai",
		},
		"gob.mx, the title alone": {200, "", page(" Challenge\n Validation ", ""), "Akamai"},
		"Akamai, interstitial": {
			200, "", `<html><head><meta http-equiv=refresh content="5; URL=/?bm-verify=AAQ"></head>` +
				`<body><script>post("/_sec/verify?provider=x")</script></body></html>`, "Akamai",
		},
		"Akamai, denied": {
			403, "", "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>" +
				"No permission.<P>Reference&#32;&#35;18&#46;1<P>https://errors.edgesuite.net/18.1</BODY>",
			"Akamai",
		},
		"Cloudflare, 503": {
			503, "", page("Just a moment...", "<script>window._cf_chl_opt={}</script>"), "Cloudflare",
		},
		"Cloudflare, 200":     {200, "", page("Just a moment...", "<p>Checking</p>"), "Cloudflare"},
		"Cloudflare, Spanish": {403, "", page("Un momento…", ""), "Cloudflare"},
		"Cloudflare, blocked": {
			403, "", page("Attention Required! | Cloudflare", article), "Cloudflare",
		},
		"Cloudflare, header":     {403, "Cf-Mitigated: challenge", "", "Cloudflare"},
		"Cloudflare, any status": {200, "Cf-Mitigated: challenge", page("x", article), "Cloudflare"},
		"Imperva, interruption": {
			200, "", page("Pardon Our Interruption", "<p>Something about your browser made us wait.</p>"),
			"Imperva",
		},
		"Imperva, frame": {
			200, "", `<html><body><iframe id="main-iframe" src="/_Incapsula_Resource?x">Request ` +
				`unsuccessful. Incapsula incident ID: 1-2</iframe></body></html>`, "Imperva",
		},
		"Imperva, script": {
			200, "", `<html><head><meta name=robots content=noindex><script ` +
				`src="/_Incapsula_Resource?SWJIY=1"></script></head><body></body></html>`, "Imperva",
		},
		"DataDome, page": {
			403, "", page("feeds.example", `<script src="https://ct.captcha-delivery.com/c.js">`+
				`</script>`), "DataDome",
		},
		"DataDome, JSON": {
			403, "", `{"url":"https://geo.captcha-delivery.com/captcha/?cid=1"}`, "DataDome",
		},
		"HUMAN": {
			403, "", page("Access to this page has been denied", `<div id="px-captcha"></div>`), "HUMAN",
		},
		"AWS WAF":    {202, "X-Amzn-Waf-Action: challenge", "", "AWS WAF"},
		"Vercel":     {429, "X-Vercel-Mitigated: challenge", page("Vercel Security Checkpoint", ""), "Vercel"},
		"Sucuri":     {200, "", page("", "<script>sucuri_cloudproxy_js=''</script>"), "Sucuri"},
		"DDoS-Guard": {403, "", page("DDoS-Guard", ""), "DDoS-Guard"},
		"of one's own": {
			200, "", page("Checking your browser before accessing feeds.example", "Please wait."),
			"a page that checks who asks",
		},

		"an article":               {200, "", page("Bridge opened", article), ""},
		"an article of that title": {200, "", page("Access Denied", article), ""},
		"a short one":              {200, "", page("Access denied to the bridge for trucks", "x"), ""},
		"a short one, Spanish":     {200, "", page("Un momento histórico", "x"), ""},
		"an article about it": {
			200, "", page("Why sites ask", article+"<pre>window._cf_chl_opt</pre>"), "",
		},
		"behind Cloudflare": {
			200, "", page("Bridge opened", article+
				`<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>`), "",
		},
		"behind Imperva": {
			200, "", page("Bridge opened", article+`<script src="/_Incapsula_Resource?x"></script>`), "",
		},
		"behind Imperva, denied": {
			403, "", page("Members only", article+`<script src="/_Incapsula_Resource?x"></script>`), "",
		},
		"behind Imperva, not found": {
			404, "", page("Not found", `<script src="/_Incapsula_Resource?x"></script>`), "",
		},
		"a list that nobody is on": {200, "", page("News", "<ul></ul>"), ""},
		"a feed": {
			200, "", "<?xml version='1.0'?><rss><channel><title>Just a moment...</title></channel></rss>", "",
		},
		"a feed after a comment": {200, "", "<!-- x --><RSS><title>Just a moment...</title></RSS>", ""},
		"a JSON feed":            {200, "", `{"title":"captcha-delivery.com/"}`, ""},
		"denied":                 {403, "", page("403 Forbidden", "<h1>Forbidden</h1>"), ""},
		"redirected":             {302, "", page("Just a moment...", ""), ""},
		"broken":                 {500, "", page("Just a moment...", ""), ""},
		"long":                   {403, "", page("Just a moment...", strings.Repeat("<p></p>", 20_000)), ""},
		"nothing":                {200, "", "", ""},
		"denied in no words":     {403, "", "", ""},
	} {
		header := make(http.Header)
		if field, value, ok := strings.Cut(c.field, ": "); ok {
			header.Set(field, value)
		}
		got, ok := Challenged(c.status, header, []byte(c.body))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, ok, c.want)
		}
	}
}

func TestFetchRecognisesChallenges(t *testing.T) {
	for _, status := range []int{200, 403, 429, 503} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"challenge"`)
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(status)
			_, _ = w.Write(encode(t, "gzip", []byte(page("Challenge Validation", "wait"))))
		})
		resp, err := client(t, Options{}).Fetch(t.Context(), news.Request{URL: url + "/prensa"})
		wantError(t, err, news.Refused, "fetch "+url+"/prensa: challenged: the server answers "+
			fmt.Sprint(status), "with a bot challenge (Akamai)")
		if resp.Challenge != "Akamai" || resp.Status != status || len(resp.Document.Body) != 0 ||
			resp.Validators != (news.Validators{}) {
			t.Errorf("%d: beside the error %+v", status, resp)
		}
	}
}

func FuzzChallenged(f *testing.F) {
	f.Add(200, []byte(page("Challenge Validation", "")))
	f.Add(403, []byte("<title>Access Denied</title><script>x</script"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		newstest.InProportion(t, string(body), func(text string) {
			Challenged(status, nil, []byte(text))
		})
		name, ok := Challenged(status, nil, body)
		if ok != (name != "") {
			t.Errorf("%q, %v", name, ok)
		}
		feed := append([]byte("<?xml version='1.0'?><rss>"), body...)
		if name, ok := Challenged(200, nil, feed); ok {
			t.Errorf("a feed taken for a challenge of %s", name)
		}
	})
}
