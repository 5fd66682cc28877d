package main

import (
	"bytes"
	"fmt"
	"strings"
)

// chance is a small deterministic source of random numbers (splitmix64).
type chance uint64

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (c *chance) below(n int) int { return int(c.next() >> 33 % uint64(n)) }

func pick[T any](c *chance, from []T) T { return from[c.below(len(from))] }

var (
	small = strings.Fields(`the the the of of and and to to in in a is that for on was with as at by
		from his her it be were which or had not but when their there after before under over about
		who its has have been will would could said says more than into out up only also new they`)
	syllables = strings.Fields(`ba be bri ca co cra da de dor e fa fi gar ha hol i ja ka la le lin ma
		me mor na ne o pa per qui ra re ros sa se sta ta te tor u va ven wa wi ya zen`)
	subjects = strings.Fields(`border tariff cartel consulate bridge migrant customs treaty embassy
		senator governor factory harvest reservoir railway port peso visa asylum court`)
)

// word is a short common word, a word of the news, or a made-up one, of which there are many.
func (c *chance) word() string {
	switch c.below(16) {
	case 0, 1, 2, 3, 4, 5, 6:
		return pick(c, small)
	case 7:
		return pick(c, subjects)
	}
	w := pick(c, syllables) + pick(c, syllables)
	if c.below(2) == 0 {
		w += pick(c, syllables)
	}
	return w
}

func (c *chance) sentence(b *bytes.Buffer, words int) {
	for i := range words {
		w := c.word()
		switch {
		case i == 0:
			w = strings.ToUpper(w[:1]) + w[1:]
		case c.below(12) == 0:
			b.WriteString(", ")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	b.WriteString(". ")
}

func (c *chance) title() string {
	words := make([]string, 5+c.below(5))
	for i := range words {
		w := c.word()
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// html writes about size bytes of HTML as sites publish it: paragraphs with links and emphasis,
// pictures, lists, quotations and headings.
func (c *chance) html(b *bytes.Buffer, site string, size int) {
	for end := b.Len() + size; b.Len() < end; {
		kind := c.below(10)
		if end-b.Len() < 500 {
			kind = 9
		}
		switch kind {
		case 0:
			fmt.Fprintf(b, `<figure><img src="%simg/%d.jpg" alt="%s" width="640" height="480">`+
				"<figcaption>", site, c.below(1e5), c.word())
			c.sentence(b, 8)
			b.WriteString("</figcaption></figure>\n")
		case 1:
			b.WriteString("<ul>")
			for range 4 {
				b.WriteString("<li>")
				c.sentence(b, 5+c.below(6))
				b.WriteString("</li>")
			}
			b.WriteString("</ul>\n")
		case 2:
			b.WriteString("<blockquote><p>")
			c.sentence(b, 14+c.below(14))
			b.WriteString("</p></blockquote>\n")
		case 3:
			fmt.Fprintf(b, "<h3>%s</h3>\n", c.title())
		default:
			c.paragraph(b, site)
		}
	}
}

func (c *chance) paragraph(b *bytes.Buffer, site string) {
	b.WriteString("<p>")
	for range 1 + c.below(4) {
		c.sentence(b, 6+c.below(12))
		switch c.below(4) {
		case 0:
			fmt.Fprintf(b, `<a href="%s%s-%d?a=%d&amp;b=%s" title="%s">%s %s</a> `, site,
				c.word(), c.below(1e5), c.below(9), c.word(), c.word(), c.word(), c.word())
		case 1:
			fmt.Fprintf(b, "<em>%s</em> &mdash; <strong>%s %s</strong> ",
				c.word(), c.word(), c.word())
		}
	}
	b.WriteString("</p>\n")
}
