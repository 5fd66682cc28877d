package push

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object that is being read strictly: each member of a wrong type is noted with
// its place, and members that nobody asks for are ignored. A member that is null is not there.
type object struct {
	members map[string]json.RawMessage
	at      string // JSON pointer (RFC 6901)
	faults  *[]fault
}

// reading takes an object apart; raw is JSON.
func reading(raw json.RawMessage, at string, faults *[]fault) object {
	o := object{at: at, faults: faults}
	if json.Unmarshal(raw, &o.members) != nil || o.members == nil {
		*faults = append(*faults, fault{at, "is no object"})
	}
	return o
}

// note notes what is wrong with a member.
func (o object) note(name, detail string) {
	*o.faults = append(*o.faults, fault{o.at + "/" + name, detail})
}

// get returns a member, unless it is null.
func (o object) get(name string) (json.RawMessage, bool) {
	raw, ok := o.members[name]
	return raw, ok && !bytes.Equal(raw, []byte("null"))
}

// text reads a string.
func (o object) text(name string) (s string) {
	if raw, ok := o.get(name); ok && json.Unmarshal(raw, &s) != nil {
		o.note(name, "is no string")
	}
	return s
}

// name reads a string, or a number as JSON Feed allows for ids.
func (o object) name(name string) string {
	raw, ok := o.get(name)
	var n json.Number
	if ok && raw[0] != '"' && json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return o.text(name)
}

// link reads an absolute address on the web.
func (o object) link(name string) string {
	s := o.text(name)
	if s != "" && !isWeb(s) {
		o.note(name, "is no absolute http or https address: "+strconv.Quote(s))
	}
	return s
}

// isWeb reports whether a text is an absolute address on the web.
func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// date reads a date of RFC 3339.
func (o object) date(name string) time.Time {
	s := o.text(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, strings.ToUpper(s))
	if t = t.UTC(); err != nil || t.Year() > 9999 || t.Year() < 1 {
		o.note(name, "is no date as 2026-11-22T09:30:00Z: "+strconv.Quote(s))
		return time.Time{}
	}
	return t
}

// size reads a number of bytes.
func (o object) size(name string) (n int64) {
	var f float64
	if raw, ok := o.get(name); ok && (json.Unmarshal(raw, &f) != nil || f < 0 || f > 1<<53) {
		o.note(name, "is no number of bytes")
		return 0
	}
	return int64(f)
}

// objects reads a list of objects; what is none is noted and left out.
func (o object) objects(name string) (list []object) {
	for i, raw := range o.list(name) {
		if one := reading(raw, o.at+"/"+name+"/"+strconv.Itoa(i), o.faults); one.members != nil {
			list = append(list, one)
		}
	}
	return list
}

// texts reads a list of strings.
func (o object) texts(name string) (list []string) {
	for i, raw := range o.list(name) {
		var s string
		if json.Unmarshal(raw, &s) != nil || bytes.Equal(raw, []byte("null")) {
			o.note(name+"/"+strconv.Itoa(i), "is no string")
		}
		list = append(list, s)
	}
	return list
}

func (o object) list(name string) (list []json.RawMessage) {
	if raw, ok := o.get(name); ok && json.Unmarshal(raw, &list) != nil {
		o.note(name, "is no list")
	}
	return list
}
