package extract

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// Text is for the lab.
func Text(src string) (string, error) {
	p, err := parsePage(src)
	if err != nil {
		return "", err
	}
	title := ""
	if h := find(p.body, atom.H1); h != nil {
		title = textIn(h)
	}
	n, _ := p.container()
	var lines []string
	for _, r := range prune(runsOf(n, p.leave), n, title) {
		lines = append(lines, r.text)
	}
	return strings.Join(lines, "\n"), nil
}
