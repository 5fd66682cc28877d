package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type explainCmd struct {
	What     string `arg:"" help:"A file, an address, or the id of a stored article."`
	Topic    string `help:"Only what this topic makes of it." placeholder:"TOPIC" predictor:"topic"`
	Contexts int    `help:"Matches of a term to quote (default ${default})." default:"2" short:"n"`
	Allowed
}

// Run prints what every topic makes of an article, or of each article of a feed.
func (c *explainCmd) Run(in *invocation) error {
	in.allow, in.empty = c.Allow, true // a running daemon has its own
	return in.withDesk(func(ctx context.Context, d *desk.Desk) error {
		handed, err := hand(c.What)
		if err != nil {
			return err
		}
		explanations, err := desk.Explain.Ask(ctx, d, handed)
		if err != nil {
			return err
		}
		for i := range explanations {
			if err := c.choose(&explanations[i]); err != nil {
				return err
			}
		}
		if in.flags.JSON {
			return listed(in, explanations)
		}
		return in.page(func() error {
			for i := range explanations {
				if i > 0 {
					fmt.Fprintln(in.stdout)
				}
				if _, err := in.stdout.Write(c.explanation(&explanations[i], in)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// choose keeps the verdict that was asked for.
func (c *explainCmd) choose(e *news.Explanation) error {
	if c.Topic == "" {
		return nil
	}
	other := func(v news.Verdict) bool { return v.Topic != c.Topic }
	if e.Verdicts = slices.DeleteFunc(e.Verdicts, other); len(e.Verdicts) == 0 {
		return news.Errorf(news.NotFound, "there is no topic %s", c.Topic)
	}
	return nil
}

// widthElsewhere is how wide a text is that goes to no terminal.
const widthElsewhere = 100

// explanation writes one article's verdicts down for people.
func (c *explainCmd) explanation(e *news.Explanation, in *invocation) []byte {
	w := teller{
		width: cmp.Or(in.width, widthElsewhere), most: c.Contexts, bold: in.width > 0,
	}
	w.line("%s", w.strong(e.Title))
	w.line("language %s", orDash(e.Lang))
	if e.From != "" {
		w.line("source %s, which its link belongs to; source %s had brought it first", e.Source, e.From)
	}
	for i := range e.Verdicts {
		w.line("")
		w.verdict(&e.Verdicts[i])
	}
	return w.text
}

// teller writes an explanation for people, with the matches in brackets.
type teller struct {
	text  []byte
	width int  // of a line, in characters
	most  int  // contexts of a term in a place
	bold  bool // on a terminal
}

func (w *teller) line(format string, args ...any) {
	w.text = fmt.Appendf(w.text, format+"\n", args...)
}

// strong makes text bold where that is possible.
func (w *teller) strong(text string) string {
	if !w.bold {
		return text
	}
	return "\x1b[1m" + text + "\x1b[m"
}

// verdict tells what one topic makes of the article: its score, each evidence with the words
// around its matches, strongest first, then terms that only hide others, and if it is not placed,
// what nearly counted.
func (w *teller) verdict(v *news.Verdict) {
	verdict := "not placed"
	if v.Placed {
		verdict = "placed"
	}
	w.line("%s: %s, score %.1f, %s its threshold %.1f%s", w.strong(v.Topic), w.strong(verdict),
		v.Score, distance(v.Score, v.Threshold), v.Threshold, likely(v))
	rest := slices.Clone(v.Contexts)
	for i, e := range v.Evidence {
		count := ""
		if e.Count > 1 {
			count = fmt.Sprintf(" ×%d", e.Count)
		}
		w.line("  %+6.2f  %-8s %s%s%s", e.Weight, e.Place, e.Term, count, whereOf(e, v.Contexts))
		again := func(later news.Evidence) bool { return later.Term == e.Term }
		last := !slices.ContainsFunc(v.Evidence[i+1:], again)
		rest = w.contexts(e, rest, last)
	}
	var hidden []string
	for _, c := range rest {
		if !slices.Contains(hidden, c.Term) {
			hidden = append(hidden, c.Term)
			w.line("   hides  %-8s %s", c.Place, c.Term)
			if w.most > 0 {
				w.context(c, "")
			}
		}
	}
	for _, m := range v.Missing {
		w.missing(m)
	}
}

// distance says how far a score is from a threshold, precisely enough to tell on which side.
func distance(score, threshold float64) string {
	far := math.Abs(score - threshold)
	digits := 1
	if far < .05 {
		digits = 2
	}
	switch {
	case far == 0:
		return "just at"
	case score > threshold:
		return fmt.Sprintf("%.*f above", digits, far)
	}
	return fmt.Sprintf("%.*f short of", digits, far)
}

// likely says how likely a placement is right, where that is known.
func likely(v *news.Verdict) string {
	says := ""
	if v.Probability > 0 {
		says = fmt.Sprintf(", probability %.2f", v.Probability)
	}
	if v.Doubtful {
		says += ", doubtful"
	}
	return says
}

// whereOf says where the term or rule of an evidence is written.
func whereOf(e news.Evidence, contexts []news.Context) string {
	for _, c := range contexts {
		if c.Term == e.Term && c.Where != "" {
			return "  " + c.Where
		}
	}
	return ""
}

// contexts quotes the matches of an evidence, each word of groups that met once, and gives those
// of the others. Those of the same term in a place without an evidence of its own, as groups have,
// come with its last one.
func (w *teller) contexts(e news.Evidence, all []news.Context, last bool) (rest []news.Context) {
	most := w.most
	if strings.Contains(e.Term, " + ") {
		most = min(most, 1)
	}
	shown := map[string]int{}
	for _, c := range all {
		if c.Term != e.Term || c.Place != e.Place && !last {
			rest = append(rest, c)
			continue
		}
		match := strings.ToLower(c.Match)
		if shown[match]++; shown[match] > most {
			continue
		}
		place := ""
		if c.Place != e.Place {
			place = c.Place + ": "
		}
		w.context(c, place)
	}
	return rest
}

// contextIndent is where quotations begin.
const contextIndent = "                   "

// context quotes a match, cut to the width of the line.
func (w *teller) context(c news.Context, place string) {
	match := []rune(c.Match)
	room := max(w.width-len(contextIndent)-len(place)-len(match)-len("[]"), 10)
	before, after := []rune(strings.TrimLeft(c.Before, " ")), []rune(strings.TrimRight(c.After, " "))
	left := min(len(before), max(room/2, room-len(after)))
	right := min(len(after), room-left)
	w.line("%s%s%s[%s]%s", contextIndent, place, tail(before, left), w.strong(c.Match),
		head(after, right))
}

// tail is the last n characters of a text, from the beginning of a word if something is cut.
func tail(text []rune, n int) string {
	if len(text) <= n {
		return string(text)
	}
	cut := string(text[len(text)-max(n-2, 0):])
	if i := strings.IndexByte(cut, ' '); i >= 0 && i < len(cut)-1 {
		cut = cut[i+1:]
	}
	return "… " + cut
}

// head is the first n characters of a text, to the end of a word if something is cut.
func head(text []rune, n int) string {
	if len(text) <= n {
		return string(text)
	}
	cut := string(text[:max(n-2, 0)])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}

// missing tells what nearly counted.
func (w *teller) missing(m news.Missing) {
	met, lacks := strings.Join(m.Met, ", "), strings.Join(m.Lacks, ", ")
	switch {
	case m.Rule == "all":
		w.line("  missing: it is in %s, not in %s", cmp.Or(met, "none of the topics"), lacks)
	case lacks == "":
		w.line("  missing: %s would count %.1f if %s were nearer to each other", m.Rule, m.Weight, met)
	default:
		w.line("  missing: %s would count %.1f: there is %s, but nothing of %s",
			m.Rule, m.Weight, met, lacks)
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
