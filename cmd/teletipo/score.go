package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/score"
)

type scoreCmd struct {
	File  string `arg:"" help:"Labelled items, one JSON object a line: id, lang, title, text, labels."`
	Folds int    `help:"Also show the spread over so many parts that share no story." placeholder:"N"`

	Thresholds bool `help:"Choose thresholds instead, by cross-validation."`
	Calibrate  bool `help:"Fit calibrations for the topic files instead."`
}

// mostFolds is how many parts make sense of sets of some hundred items.
const mostFolds = 20

// Run measures how well the topic files place labelled items.
func (c *scoreCmd) Run(in *invocation) error {
	if c.Folds < 0 || c.Folds == 1 || c.Folds > mostFolds {
		return news.Errorf(news.Invalid, "--folds is %d: want 2 to %d", c.Folds, mostFolds)
	}
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
	topics := news.TopicIDs(cfg.Topics)
	items, err := score.Read(file, c.File, topics)
	if err != nil {
		return err
	}
	rounds := 1
	if c.Folds > 0 {
		rounds = 2
	}
	bar := in.bar("score", rounds*len(items))
	defer bar.Close()
	place := func(item score.Item) []news.Verdict {
		bar.Step()
		return classifier.Explain(item.Article(), nil, nil)
	}
	if c.Thresholds {
		chosen := score.Thresholds(items, topics, place)
		bar.Close()
		return score.WriteThresholds(in.stdout, chosen)
	}
	if c.Calibrate {
		fitted := score.Calibrate(items, topics, place)
		bar.Close()
		return printCalibrations(in, fitted)
	}
	report := score.Measure(items, topics, place)
	if c.Folds > 0 {
		report.Folds = score.MeasureFolds(items, topics, c.Folds, place)
	}
	bar.Close()
	if in.flags.JSON {
		return in.printJSON(report)
	}
	if err := report.WriteTable(in.stdout); err != nil {
		return err
	}
	fmt.Fprintln(in.stdout)
	return errors.Join(report.WriteReliability(in.stdout), report.WriteConfusions(in.stdout),
		report.WriteRules(in.stdout))
}

// printCalibrations writes calibrations as topic files have them.
func printCalibrations(in *invocation, all map[string]news.Calibration) error {
	if in.flags.JSON {
		return in.printJSON(all)
	}
	for _, topic := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(in.stdout, "# %s\ncalibration: {slope: %v, middle: %v}\n", topic, all[topic].Slope,
			all[topic].Middle)
	}
	return nil
}
