package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"golang.org/x/text/language"

	"github.com/teletipo/teletipo/internal/news"
)

// parsed reads a scalar by a function that says what it wants of it.
func parsed[T any](dst *T, parse func(string) (T, error)) value {
	return value{shape: shapeOf(dst), now: func() any { return plainly(*dst) }, take: func(
		r *reader, n ast.Node,
	) {
		var s string
		switch n := n.(type) {
		case *ast.StringNode:
			s = n.Value
		case *ast.LiteralNode:
			s = strings.TrimSuffix(n.Value.Value, "\n")
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			s = n.GetToken().Value
		default:
			r.fault(n, "is %s: want a single value", kindOf(n))
			return
		}
		v, err := parse(s)
		if err != nil {
			r.fault(n, "%v", err)
			return
		}
		*dst = v
	}}
}

// choice reads one of a few words.
func choice[T ~string](dst *T, words ...T) value {
	v := parsed(dst, oneOf(words...))
	v.shape = schema{"enum": words}
	return v
}

// text reads text, and takes a number for a slip.
func text(dst *string) value { return checkedText(dst, plain) }

// checkedText reads text by a function that says what it wants of it.
func checkedText(dst *string, check func(string) (string, error)) value {
	v := parsed(dst, check)
	v.shape = schema{"type": "string"}
	take := v.take
	v.take = func(r *reader, n ast.Node) {
		switch n.Type() {
		case ast.StringType, ast.LiteralType:
			take(r, n)
		default:
			r.fault(n, "is %s: want text, in quotes if it looks like something else", kindOf(n))
		}
	}
	return v
}

// plain wants text without control characters, line breaks included: names, titles and paths
// have none.
func plain(s string) (string, error) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", errors.New("has a control character or a line break: take it out")
	}
	return strings.TrimSpace(s), nil
}

// filled wants text that is not blank.
func filled(s string) (string, error) {
	s, err := plain(s)
	if err == nil && s == "" {
		err = errors.New("is empty: want text")
	}
	return s, err
}

// prose reads text that may have several lines.
func prose(dst *string) value {
	return parsed(dst, func(s string) (string, error) { return strings.TrimSpace(s), nil })
}

// filePath reads a path, relative to the directory of its file. An empty one stays empty.
func filePath(dst *string) value {
	v := text(dst)
	v.take = func(r *reader, n ast.Node) {
		checkedText(dst, func(s string) (string, error) {
			s, err := plain(s)
			if s != "" && !filepath.IsAbs(s) {
				s = filepath.Join(r.base, filepath.FromSlash(s))
			}
			return s, err
		}).read(r, n)
	}
	return v
}

// boolean reads true or false.
func boolean(dst *bool) value {
	take := func(r *reader, n ast.Node) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.fault(n, "is %s: want true or false", kindOf(n))
			return
		}
		*dst = b.Value
	}
	return value{take: take, shape: schema{"type": "boolean"}, now: func() any { return *dst }}
}

// count reads a whole number between two bounds.
func count(dst *int, least, most int) value {
	take := func(r *reader, n ast.Node) {
		v, err := strconv.Atoi(n.GetToken().Value)
		if _, ok := n.(*ast.IntegerNode); !ok || err != nil || v < least || v > most {
			r.fault(n, "want a whole number from %d to %d", least, most)
			return
		}
		*dst = v
	}
	return value{
		take: take, now: func() any { return *dst },
		shape: schema{"type": "integer", "minimum": least, "maximum": most},
	}
}

// number reads a number between two bounds.
func number(dst *float64, least, most float64) value {
	take := func(r *reader, n ast.Node) {
		v := math.NaN()
		if n.Type() == ast.IntegerType || n.Type() == ast.FloatType {
			if f, err := strconv.ParseFloat(n.GetToken().Value, 64); err == nil {
				v = f
			}
		}
		if !(v >= least && v <= most) {
			r.fault(n, "want a number from %v to %v", least, most)
			return
		}
		*dst = v
	}
	return value{
		take: take, now: func() any { return *dst },
		shape: schema{"type": "number", "minimum": least, "maximum": most},
	}
}

// duration wants a time span between two bounds.
func duration(least, most time.Duration) func(string) (time.Duration, error) {
	return func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, fmt.Errorf("%q is no duration: want one such as 90s, 15m or 2h", s)
		}
		if d < least || d > most {
			return 0, fmt.Errorf("%s is out of range: want %s to %s", s,
				written(least), written(most))
		}
		return d, nil
	}
}

// written writes a duration as a configuration does, exactly: 1h, not 1h0m0s.
func written(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// units are what sizes are written in.
var units = map[string]int64{
	"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
}

// sizeForm is a whole number and a unit.
var sizeForm = regexp.MustCompile(`^([0-9]{1,9}) ?([A-Za-z]*)$`)

// size wants a number of bytes between two bounds.
func size(least, most int64) func(string) (int64, error) {
	return func(s string) (int64, error) {
		m := sizeForm.FindStringSubmatch(s)
		if m == nil || units[m[2]] == 0 {
			return 0, fmt.Errorf("%q is no size: want one such as 500kB, 10MB or 16MiB", s)
		}
		number, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			return 0, err
		}
		if bytes := number * units[m[2]]; bytes >= least && bytes <= most {
			return bytes, nil
		}
		return 0, fmt.Errorf("%s is out of range: want %d to %d bytes", s, least, most)
	}
}

// oneOf wants one of a few words.
func oneOf[T ~string](words ...T) func(string) (T, error) {
	return func(s string) (T, error) {
		if slices.Contains(words, T(s)) {
			return T(s), nil
		}
		all := make([]string, len(words))
		for i, w := range words {
			all[i] = string(w)
		}
		return "", fmt.Errorf("%q is unknown: want %s", s, strings.Join(all, ", "))
	}
}

// levels are the names of the log levels.
var levels = []string{"debug", "info", "warn", "error"}

// level wants the name of a log level.
func level(s string) (slog.Level, error) {
	name, err := oneOf(levels...)(s)
	if err != nil {
		return 0, err
	}
	var l slog.Level
	return l, l.UnmarshalText([]byte(name))
}

// address wants host:port to listen on; port 0 leaves it to the system.
func address(s string) (string, error) {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", fmt.Errorf("%q is no address: want host:port, as 127.0.0.1:8080", s)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("%q has no port: want a number from 0 to 65535 after the colon", s)
	}
	return s, nil
}

// hostName wants the name of a host, without a port, and gives it in lower case.
func hostName(s string) (string, error) {
	if s == "" || strings.ContainsAny(s, ":/@*[] \t") {
		return "", fmt.Errorf("%q is no name of a host: want one such as monitor.example, without "+
			"a port", s)
	}
	return strings.ToLower(strings.TrimSuffix(s, ".")), nil
}

// webLink wants an absolute http or https URL.
func webLink(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", fmt.Errorf("%q is no web address: want http:// or https:// and a host",
			news.Shown(s))
	}
	if u.User != nil {
		return "", errors.New("has a name or password in it: take it out, feeds would show it")
	}
	return s, nil
}

// siteLink wants the address that a site's paths are put after; it may be empty.
func siteLink(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if _, err := webLink(s); err != nil {
		return "", err
	}
	if strings.ContainsAny(s, "?#") {
		return "", fmt.Errorf("%q has a query or fragment: want the address without it", s)
	}
	return strings.TrimRight(s, "/"), nil
}

// feedLink wants the address of a feed on the web, or of a file.
func feedLink(s string) (string, error) {
	if u, err := url.Parse(s); err == nil && u.Scheme == "file" {
		if (u.Host != "" && u.Host != "localhost") || !strings.HasPrefix(u.Path, "/") {
			return "", fmt.Errorf("%q is no file here: want file:/// and an absolute path", s)
		}
		return s, nil
	}
	return webLink(news.FeedAddress(s))
}

// contact wants a mail or web address that can stand in a User-Agent; it may be empty.
func contact(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if a, err := mail.ParseAddress(s); err == nil && a.Address == s && printable(s) {
		return s, nil
	}
	if _, err := webLink(s); err == nil && printable(s) {
		return s, nil
	}
	return "", fmt.Errorf("%q is no contact: want a mail address or a web address, in ASCII", s)
}

// printable reports whether text can stand in the comment of a User-Agent (RFC 9110, 5.6.5).
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`()\;"`, c)
	})
}

// languageTag wants a language tag of BCP 47, as es or es-MX.
func languageTag(s string) (string, error) {
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return "", fmt.Errorf("%q is no language: want a tag such as en, es or es-MX", s)
	}
	return tag.String(), nil
}

// baseTongue wants a language without region or script, as es.
func baseTongue(s string) (string, error) {
	tag, err := languageTag(s)
	if err != nil || len(tag) > 3 {
		return "", fmt.Errorf("%q is no language: want two or three letters, as en or es", s)
	}
	return tag, nil
}
