package parse

import (
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

func TestFeedRhythm(t *testing.T) {
	const syndication = `<rdf:RDF xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>`
	for _, test := range []struct {
		name, body string
		want       news.Rhythm
	}{
		{"nothing", `<rss><channel><title>T</title></channel></rss>`, news.Rhythm{}},
		{"ttl", `<rss><channel><ttl> 45 </ttl><item/>`, news.Rhythm{TTL: 45 * time.Minute}},
		{"absurd ttl", `<rss><channel><ttl>99999999999</ttl>`, news.Rhythm{TTL: 1_000_000 * time.Minute}},
		{"no number", `<rss><channel><ttl>soon</ttl>`, news.Rhythm{}},
		{"ttl of an item", `<rss><channel><item><ttl>45</ttl></item>`, news.Rhythm{}},
		{
			"twice a day",
			syndication + `<sy:updatePeriod> daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>`,
			news.Rhythm{TTL: 12 * time.Hour},
		},
		{"hourly", syndication + `<sy:updatePeriod>hourly</sy:updatePeriod>`, news.Rhythm{TTL: time.Hour}},
		{
			"the longest counts",
			syndication + `<ttl>90</ttl><sy:updatePeriod>hourly</sy:updatePeriod>`,
			news.Rhythm{TTL: 90 * time.Minute},
		},
		{
			"hours and days",
			`<rss><channel><skipHours><hour>0</hour><hour>5</hour><hour>24</hour><hour>77</hour></skipHours>
			<skipDays><day>Sunday</day><day>SATURDAY</day><day>Someday</day></skipDays>`,
			news.Rhythm{Hours: 1 | 1<<5, Days: 1 | 1<<6},
		},
		{"JSON", `{"version":"x","items":[],"a":"<ttl>5</ttl>"}`, news.Rhythm{}},
	} {
		if got := FeedRhythm(news.Document{Body: []byte(test.body)}); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
