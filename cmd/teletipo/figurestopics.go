package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/teletipo/teletipo/internal/news"
)

// placing collects how the topics are, and how far the stored articles are placed by them.
type placing struct {
	topics     *topicSet
	classified func() (news.Classified, error)
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

// Describe names the figures.
func (p *placing) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{topicFilesGood, reclassifyPending, reclassifyRead} {
		descs <- d
	}
}

// Collect gives the figures.
func (p *placing) Collect(figures chan<- prometheus.Metric) {
	c, err := p.classified()
	if err != nil {
		figures <- prometheus.NewInvalidMetric(reclassifyPending, err)
		return
	}
	_, rules, faults := p.topics.InForce()
	figures <- gauge(topicFilesGood, number(faults == ""))
	figures <- gauge(reclassifyPending, number(c.Rules != rules || c.Done.IsZero()))
	figures <- gauge(reclassifyRead, float64(c.Changed), "yes")
	figures <- gauge(reclassifyRead, float64(c.Read-c.Changed), "no")
}

// number is a truth as metrics give it.
func number(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
