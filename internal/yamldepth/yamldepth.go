// Package yamldepth looks how deep the lists and mappings of YAML lie within each other before a
// parser sees it: parsers take memory with the square of that, gigabytes for 50 KB of brackets.
package yamldepth

import "strings"

// Exceeds reports whether YAML is deeper than most, and in which line, counted from 0. It takes
// time in proportion to the text. Brackets count wherever they stand outside of quotation marks, of
// one field of the outermost mapping together.
func Exceeds(yaml string, most int) (line int, deep bool) {
	brackets := 0
	var quote byte
	var indents []int
	for text := range strings.Lines(yaml) {
		body := strings.TrimLeft(text, " \t")
		indent := len(text) - len(body)
		for len(indents) > 0 && indents[len(indents)-1] >= indent {
			indents = indents[:len(indents)-1]
		}
		indents = append(indents, indent)
		if indent == 0 && quote == 0 && strings.Trim(body[:min(1, len(body))], "[]{}") != "" {
			brackets = 0 // a field of its own
		}
		marks := 0 // "- - -", "? ? ?" and tags and anchors that open something each
		for i := 0; i < len(body); i++ {
			switch c := body[i]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				if i == 0 || strings.IndexByte(" \t[{,:", body[i-1]) >= 0 {
					quote = c
				}
			case c == '[' || c == '{':
				brackets++
			case c == ']' || c == '}':
				brackets = max(0, brackets-1)
			case (c == '-' || c == '?') && i == 2*marks && i+1 < len(body) && body[i+1] == ' ':
				marks++
			}
			if brackets+len(indents)+marks > most {
				return line, true
			}
		}
		line++
	}
	return 0, false
}
