package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// classified collects how the topics are, and how far the stored articles are placed by them.
type classified struct {
	inForce *classify.InForce
	stored  func() (news.Classified, error)
}

var (
	topicFilesGood = prometheus.NewDesc("teletipo_topic_files_good",
		"1 if the topic files as they are now are in force, 0 if they have faults.", nil, nil)
	reclassifyPending = prometheus.NewDesc("teletipo_reclassify_pending",
		"1 while stored articles are placed anew by changed rules, else 0.", nil, nil)
	reclassifyRead = prometheus.NewDesc("teletipo_reclassify_articles",
		"Stored articles that were placed anew since the rules changed last, by whether their "+
			"topics changed.", []string{"changed"}, nil)
)

// Describe names the metrics.
func (c *classified) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{topicFilesGood, reclassifyPending, reclassifyRead} {
		descs <- d
	}
}

// Collect sends the metrics.
func (c *classified) Collect(metrics chan<- prometheus.Metric) {
	done, err := c.stored()
	if err != nil {
		metrics <- prometheus.NewInvalidMetric(reclassifyPending, err)
		return
	}
	metrics <- gauge(topicFilesGood, number(c.inForce.Faults() == ""))
	rules := c.inForce.Rules()
	metrics <- gauge(reclassifyPending, number(done.Rules != rules.Hash || done.Done.IsZero()))
	metrics <- gauge(reclassifyRead, float64(done.Changed), "yes")
	metrics <- gauge(reclassifyRead, float64(done.Read-done.Changed), "no")
}

// number is a truth as metrics give it.
func number(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
