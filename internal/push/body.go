package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// readBody reads a request's body: JSON in UTF-8, not coded, of bounded size.
func (p *pushing) readBody(w http.ResponseWriter, r *http.Request) ([]byte, *problem) {
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	isJSON := mediaType == "application/json" || mediaType == "application/feed+json"
	charset := params["charset"]
	if err != nil || !isJSON || charset != "" && !strings.EqualFold(charset, "utf-8") {
		w.Header().Set("Accept-Post", "application/json, application/feed+json")
		return nil, wrong(http.StatusUnsupportedMediaType,
			"want Content-Type: application/json or application/feed+json, in UTF-8")
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		w.Header().Set("Accept-Encoding", "identity")
		return nil, wrong(http.StatusUnsupportedMediaType,
			"Content-Encoding: "+coding+" is not read here: send the body as it is")
	}
	body, trouble := readAll(w, r, p.MaxBytes, "the body is larger than %d bytes, which "+
		"push.max_size sets")
	if trouble != nil {
		return nil, trouble
	}
	if n := values(body); n > maxValues {
		return nil, wrong(http.StatusRequestEntityTooLarge, fmt.Sprintf(
			"the body has more than %d values: an article has far fewer", maxValues))
	}
	return body, checkJSON(body)
}

// readAll reads a body of at most so many bytes. What is said of a larger one names that number.
func readAll(
	w http.ResponseWriter, r *http.Request, most int64, tooLarge string,
) ([]byte, *problem) {
	refused := wrong(http.StatusRequestEntityTooLarge, fmt.Sprintf(tooLarge, most))
	if r.ContentLength > most {
		w.Header().Set("Connection", "close") // rather than read what will be thrown away
		return nil, refused
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, is := errors.AsType[*http.MaxBytesError](err); is {
		return nil, refused
	} else if err != nil {
		return nil, wrong(http.StatusBadRequest, "the body broke off: "+err.Error())
	}
	return body, nil
}

// maxValues is how many values a body may have: each costs more than its bytes.
const maxValues = 10_000

// values counts what commas part in JSON, and objects and lists.
func values(body []byte) (n int) {
	quoted := false
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			quoted = !quoted
		case '\\':
			i++
		case ',', '[', '{':
			if !quoted {
				n++
			}
		}
	}
	return n
}

// checkJSON says where a body is no JSON.
func checkJSON(body []byte) *problem {
	var raw json.RawMessage
	at, reason := 0, ""
	if err := json.Unmarshal(body, &raw); err != nil {
		at, reason = len(body), err.Error()
		if e, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = max(0, int(e.Offset)-1) // the offset is past the byte in question
		}
		if at+1 >= len(body) && strings.HasPrefix(reason, "unexpected end") {
			at = len(body)
		}
	} else if !utf8.Valid(body) {
		reason = "a byte that is no UTF-8"
		for at < len(body) {
			char, size := utf8.DecodeRune(body[at:])
			if char == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
	}
	if reason == "" {
		return nil
	}
	line := bytes.Count(body[:at], []byte("\n")) + 1
	column := utf8.RuneCount(body[bytes.LastIndexByte(body[:at], '\n')+1:at]) + 1
	return wrong(http.StatusBadRequest, fmt.Sprintf(
		"the body is no JSON: line %d, column %d: %s", line, column, reason))
}
