package opml

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// Write writes a document as UTF-8. Its names must be names of XML, as those that Read gives.
func (d *Document) Write(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString("<opml")
	writeAttributes(&b, d.Attributes)
	b.WriteString(">\n  <head>\n")
	for _, f := range d.Head {
		b.WriteString("    <" + f.Name + ">")
		escape(&b, f.Value)
		b.WriteString("</" + f.Name + ">\n")
	}
	b.WriteString("  </head>\n  <body>\n")
	writeOutlines(&b, d.Outlines, 2)
	b.WriteString("  </body>\n</opml>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func writeOutlines(b *bytes.Buffer, outlines []Outline, depth int) {
	indent := strings.Repeat("  ", depth)
	for i := range outlines {
		b.WriteString(indent + "<outline")
		writeAttributes(b, outlines[i].Attributes)
		if len(outlines[i].Outlines) == 0 {
			b.WriteString("/>\n")
			continue
		}
		b.WriteString(">\n")
		writeOutlines(b, outlines[i].Outlines, depth+1)
		b.WriteString(indent + "</outline>\n")
	}
}

func writeAttributes(b *bytes.Buffer, attributes []Attribute) {
	for _, a := range attributes {
		b.WriteString(" " + a.Name + `="`)
		escape(b, a.Value)
		b.WriteByte('"')
	}
}

// escape writes text; what XML 1.0 can't carry becomes U+FFFD.
func escape(b *bytes.Buffer, text string) {
	_ = xml.EscapeText(b, []byte(text)) // a buffer takes everything
}
