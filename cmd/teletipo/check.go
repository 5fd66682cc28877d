package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/news"
)

type checkCmd struct{}

// checked is what a check has found.
type checked struct {
	OK       bool     `json:"ok"`
	Topics   []string `json:"topics"`
	Examples int      `json:"examples"` // of topics, each of which is placed as it says
	Sources  int      `json:"sources"`
	Warnings []string `json:"warnings"`
}

// Run reads all that is configured, has every topic place its examples, looks for the folders and
// files of sources, and fails with every fault and its place.
func (checkCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	if faults := missing(&cfg); len(faults) > 0 {
		return &news.Error{Kind: news.Invalid, Err: faults}
	}
	found := checked{
		OK: true, Topics: news.TopicIDs(cfg.Topics), Sources: len(cfg.Sources),
		Warnings: append([]string{}, cfg.Warnings...),
	}
	for _, t := range cfg.Topics {
		found.Examples += len(t.Match) + len(t.Reject)
	}
	if in.flags.JSON {
		return in.printJSON(found)
	}
	in.warn(&cfg)
	_, err = fmt.Fprintf(in.stdout, "ok: %d topics (%s) place their %d examples, %d sources\n",
		len(cfg.Topics), strings.Join(found.Topics, ", "), found.Examples, found.Sources)
	return err
}

// missing lists the folders and files of sources that are not there. A daemon starts without them,
// since a disk may be mounted later.
func missing(cfg *config.Config) (faults config.Faults) {
	for _, src := range cfg.Sources {
		path := src.Path
		if u, err := url.Parse(src.URL); err == nil && u.Scheme == "file" {
			path = u.Path
		}
		if path == "" || !src.Enabled || src.ID == config.InboxID { // the inbox is made
			continue
		}
		info, err := os.Stat(path)
		message := ""
		switch {
		case errors.Is(err, fs.ErrNotExist):
			message = "does not exist: make it, or mount what it is on"
		case err != nil:
			message = "can't be looked at: " + err.Error()
		case src.Kind == news.KindFolder && !info.IsDir():
			message = "is a file: want a folder"
		case src.Kind == news.KindFolder:
			if _, err := os.ReadDir(path); err != nil {
				message = "can't be read: " + err.Error()
			}
		}
		if message != "" {
			f := config.Fault{Field: src.ID, Message: path + " " + message}
			f.File = cfg.SourcePlaces[src.ID]
			if i := strings.LastIndexByte(f.File, ':'); i > 0 {
				f.Line, _ = strconv.Atoi(f.File[i+1:])
				f.File = f.File[:i]
			}
			faults = append(faults, f)
		}
	}
	return faults
}

// compileFaults tells what in topics only classify can tell.
func compileFaults(topics []news.Topic) []config.TopicFault {
	var faults []config.TopicFault
	for _, f := range classify.Check(topics) {
		faults = append(faults, config.TopicFault{
			Topic: f.Topic, Where: f.Where, Message: f.Message,
		})
	}
	return faults
}
