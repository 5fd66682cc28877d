package main

import (
	"fmt"
	"os"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/score"
)

type scoreCmd struct {
	File string `arg:"" help:"Labelled items, one JSON object a line: id, lang, title, text, labels."`
}

// Run measures how well the topic files place labelled items.
func (c *scoreCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	classifier, err := classify.New(cfg.Topics)
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return news.Errorf(news.NotFound, "labelled items: %w", err)
	}
	defer file.Close()
	topics := topicIDs(cfg.Topics)
	items, err := score.Read(file, c.File, topics)
	if err != nil {
		return err
	}
	report := score.Measure(items, topics, func(item score.Item) []news.Verdict {
		return classifier.Explain(item.Article(), nil, nil)
	})
	if in.flags.JSON {
		return in.printJSON(report)
	}
	if err := report.WriteTable(in.stdout); err != nil {
		return err
	}
	fmt.Fprintln(in.stdout)
	return report.WriteConfusions(in.stdout)
}
