package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
)

// largestFile is the most that is read of a file.
const largestFile = 20 << 20

type ingestCmd struct {
	What []string `arg:"" name:"what" help:"Files, feed addresses or source ids."`
	Page bool     `help:"Read saved web pages, and folders of them, by their sources' rules."`
	URL  string   `help:"Where the saved page is from, if it does not say so itself." name:"url"`
	Allowed
}

// Run reads each thing that was asked for. It fails if anything of it could not be read.
func (c *ingestCmd) Run(in *invocation) error {
	in.allow, in.begins = c.Allow, true // a running daemon has its own
	handing := hand
	if c.Page || c.URL != "" {
		var err error
		if c.What, err = savedPages(c.What); err != nil {
			return err
		}
		if c.URL != "" && len(c.What) != 1 {
			return news.Errorf(news.Invalid, "--url is for one page, and there are %d", len(c.What))
		}
		handing = func(name string) (news.Handed, error) { return handPage(name, c.URL) }
	}
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		var total news.Report
		done := ingested{Results: []news.Result{}, Faults: []unread{}}
		failed := 0
		bar := in.bar("ingest", len(c.What))
		defer bar.Close()
		for _, name := range c.What {
			report, err := ingestOne(ctx, d, name, handing)
			total.Results = append(total.Results, report.Results...)
			if ctx.Err() != nil {
				break // what was read before counts
			}
			if in.flags.JSON {
				done.note(name, &report, err)
			} else {
				bar.Around(func() { in.printReport(name, &report, err) })
			}
			bar.Step()
			if err != nil || len(report.Faults) > 0 || report.Count(news.Rejected) > 0 {
				failed++
			}
		}
		bar.Close()
		if err := in.printTotal(&total, &done); err != nil || ctx.Err() != nil {
			return cmp.Or(err, ctx.Err())
		}
		if failed > 0 {
			return fmt.Errorf("%d of %d not read, or not whole", failed, len(c.What))
		}
		return nil
	})
}

func ingestOne(
	ctx context.Context, d *desk.Desk, name string, handing func(string) (news.Handed, error),
) (news.Report, error) {
	handed, err := handing(name)
	if err != nil {
		return news.Report{}, err
	}
	return desk.Ingest(ctx, d, handed)
}

// savedPages lists files, and in the place of each folder its pages.
func savedPages(names []string) (files []string, err error) {
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			files = append(files, name)
			continue
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, err
		}
		before := len(files)
		for _, e := range entries {
			switch strings.ToLower(filepath.Ext(e.Name())) {
			case ".html", ".htm", ".xhtml":
				files = append(files, filepath.Join(name, e.Name()))
			}
		}
		if len(files) == before {
			return nil, news.Errorf(news.NotFound, "%s has no saved page (.html, .htm)", name)
		}
	}
	return files, nil
}

// handPage makes a saved web page ready.
func handPage(name, address string) (news.Handed, error) {
	handed, err := hand(name)
	switch {
	case err != nil:
		return handed, err
	case handed.Path == "":
		return handed, news.Errorf(news.NotFound, "there is no file %s", name)
	}
	if handed.URL = cmp.Or(address, extract.SavedFrom(handed.Body)); handed.URL == "" {
		return handed, news.Errorf(news.Invalid,
			"%s does not say where it is from: name its address with --url", name)
	}
	return handed, nil
}

// hand makes what a person named ready for whoever owns the data directory: a file goes with its
// bytes, since the owner may see other files under that path, or none.
func hand(name string) (news.Handed, error) {
	handed := news.Handed{Name: name}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if strings.ContainsRune(name, filepath.Separator) && !strings.Contains(name, "://") {
			return handed, news.Errorf(news.NotFound, "there is no file %s", name)
		}
		return handed, nil // an address, a source or an article
	case err != nil:
		return handed, err
	case info.IsDir():
		return handed, news.Errorf(news.Invalid,
			"%s is a folder: name its files, or make it a folder source", name)
	case !info.Mode().IsRegular():
		return handed, news.Errorf(news.Invalid, "%s is not a regular file", name)
	case info.Size() > largestFile:
		return handed, news.Errorf(news.TooLarge, "%s has %d bytes; at most %d are read",
			name, info.Size(), int64(largestFile))
	}
	if handed.Path, err = filepath.Abs(name); err != nil {
		return handed, err
	}
	handed.Time = info.ModTime()
	handed.Body, err = readFile(name)
	return handed, err
}

// readFile reads a file that may have grown since its size was looked at.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, largestFile+1))
	if err == nil && len(body) > largestFile {
		err = news.Errorf(news.TooLarge, "%s has more than %d bytes", name, int64(largestFile))
	}
	return body, err
}

// printReport tells what came of one name: a line for each article, fault and error.
func (in *invocation) printReport(name string, report *news.Report, err error) {
	if report.Way != nil {
		in.printWay(report.Way)
	}
	for i := range report.Results {
		fmt.Fprintln(in.stdout, resultLine(&report.Results[i]))
	}
	if len(report.Results)+len(report.Faults) == 0 && err == nil {
		fmt.Fprintf(in.stdout, "unchanged  %s: nothing new since the last look\n", name)
	}
	for _, fault := range append(report.Faults, err) {
		if fault != nil {
			fmt.Fprintf(in.stdout, "not read   %s\n", about(name, fault))
		}
	}
}

// note keeps what came of one name, for programs.
func (d *ingested) note(name string, report *news.Report, err error) {
	d.Results = append(d.Results, report.Results...)
	for _, fault := range append(report.Faults, err) {
		if fault != nil {
			d.Faults = append(d.Faults, unread{name, fault.Error(), news.KindOf(fault).String()})
		}
	}
}

// about says what is wrong with something that a person named, and names it once.
func about(name string, err error) string {
	text := err.Error()
	for _, words := range []string{"source ", "fetch "} {
		text = strings.TrimPrefix(text, words+news.Shown(name)+": ")
	}
	if strings.HasPrefix(text, name) {
		return text
	}
	return name + ": " + text
}

// resultLine is one article's line: what became of it, its id, its title, its topics with the
// words that placed it there.
func resultLine(r *news.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-9s ", r.Outcome)
	if r.ID.IsZero() {
		fmt.Fprintf(&b, " %-36s", "-")
	} else {
		fmt.Fprintf(&b, " %s", r.ID)
	}
	fmt.Fprintf(&b, "  %q", r.Title)
	if r.Reason != "" {
		fmt.Fprintf(&b, " (%s)", r.Reason)
	}
	switch {
	case r.Outcome == news.Rejected:
	case len(r.Placements) == 0:
		b.WriteString("  in no topic")
	default:
		b.WriteString("  in")
		for _, p := range r.Placements {
			fmt.Fprintf(&b, " %s %.1f (%s)", p.Topic, p.Score, evidenceWords(p.Evidence, 3))
		}
	}
	return b.String()
}

// evidenceWords lists the strongest evidence.
func evidenceWords(evidence []news.Evidence, most int) string {
	var words []string
	for _, e := range evidence {
		if e.Weight > 0 && len(words) < most {
			words = append(words, e.Term)
		}
	}
	return strings.Join(words, ", ")
}

// printTotal sums up.
func (in *invocation) printTotal(total *news.Report, done *ingested) error {
	done.Total = map[news.Outcome]int{}
	line := "total:"
	for _, o := range []news.Outcome{news.Accepted, news.Updated, news.Unchanged, news.Rejected} {
		done.Total[o] = total.Count(o)
		line += fmt.Sprintf(" %d %s,", total.Count(o), o)
	}
	if in.flags.JSON {
		return in.printJSON(done)
	}
	_, err := fmt.Fprintln(in.stdout, strings.TrimSuffix(line, ","))
	return err
}
