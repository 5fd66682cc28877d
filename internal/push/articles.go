package push

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/teletipo/teletipo/internal/news"
)

// longestName bounds the name that a source gives its article, in bytes.
const longestName = 512

// get answers with an article as it is stored, and its placements.
func (p *pushing) get(w http.ResponseWriter, r *http.Request, src news.Source) *problem {
	_, e, trouble := p.find(r, src)
	if trouble != nil {
		return trouble
	}
	if trouble := there(e); trouble != nil {
		return trouble
	}
	h := w.Header()
	h.Set("ETag", p.tag(e))
	h.Set("Cache-Control", "private, no-cache")
	if current(r, p.tag(e)) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	writeJSON(w, http.StatusOK, "application/json", p.storedOf(e))
	return nil
}

// read reads what a write asks for: its condition, the item, and the id in it.
func (p *pushing) read(
	w http.ResponseWriter, r *http.Request,
) (cond news.Condition, item news.Item, id string, trouble *problem) {
	if cond, trouble = p.condition(r); trouble != nil {
		return cond, item, "", trouble
	}
	body, trouble := p.readBody(w, r)
	if trouble != nil {
		return cond, item, "", trouble
	}
	item, id, trouble = readItem(body)
	return cond, item, id, trouble
}

// put creates the article of that name, or replaces it.
func (p *pushing) put(w http.ResponseWriter, r *http.Request, src news.Source) *problem {
	name, e, trouble := p.find(r, src)
	if trouble != nil {
		return trouble
	}
	cond, item, id, trouble := p.read(w, r)
	if trouble != nil {
		return trouble
	}
	item.GUID = name
	same := id == "" || id == r.PathValue("id") || norm.NFC.String(id) == name
	if e != nil {
		same = same || id == e.ID.URN() || id == e.ID.String()
	}
	if !same {
		return invalid(fault{"/id", "is not the id in the address: leave it out, or make them equal"})
	}
	return p.offer(w, r, src, item, cond)
}

// post stores a new article under a name of our making.
func (p *pushing) post(w http.ResponseWriter, r *http.Request, src news.Source) *problem {
	cond, item, id, trouble := p.read(w, r)
	if trouble != nil {
		return trouble
	}
	if id != "" {
		return invalid(fault{"/id", "is given here: PUT the article to " + Prefix +
			"articles/{id}, or leave it out"})
	}
	var random [16]byte
	rand.Read(random[:])
	item.GUID = news.NewID(random).String()
	return p.offer(w, r, src, item, cond)
}

// offer takes an item through the flow and answers with what became of it.
func (p *pushing) offer(
	w http.ResponseWriter, r *http.Request, src news.Source, item news.Item, cond news.Condition,
) *problem {
	result, e, err := p.intake.Offer(r.Context(), src, item, cond)
	switch {
	case err != nil && news.KindOf(err) == news.Invalid:
		f := fault{"", err.Error()}
		if strings.Contains(f.Detail, ": published: ") {
			f.Pointer = "/date_published"
		}
		return invalid(f)
	case err != nil:
		return p.failed(r, err)
	case result.Outcome == news.Conflict:
		if !e.ID.IsZero() {
			w.Header().Set("ETag", p.tag(&e))
		}
		return wrong(http.StatusPreconditionFailed, result.Reason)
	case result.Outcome == news.Rejected:
		return wrong(http.StatusConflict, result.Reason)
	case e.Status.Ended():
		return there(&e)
	}
	status := http.StatusOK
	if result.Outcome == news.Accepted {
		status = http.StatusCreated
		w.Header().Set("Location", p.publicPath()+Prefix+"articles/"+e.ID.String())
	}
	p.log.Info("pushed", "source", src.ID, "article", e.ID, "outcome", result.Outcome)
	w.Header().Set("ETag", p.tag(&e))
	writeJSON(w, status, "application/json", p.outcomeOf(&result, &e))
	return nil
}

// delete withdraws an article for good. Doing it again is no error.
func (p *pushing) delete(w http.ResponseWriter, r *http.Request, src news.Source) *problem {
	_, e, trouble := p.find(r, src)
	if trouble != nil {
		return trouble
	}
	if e == nil {
		return missing()
	}
	cond, trouble := p.condition(r)
	if trouble != nil {
		return trouble
	}
	result, err := p.archive.WithdrawIf(r.Context(), e.ID, cond)
	switch {
	case err != nil:
		return p.failed(r, err)
	case result.Outcome == news.Conflict:
		return wrong(http.StatusPreconditionFailed, result.Reason)
	}
	p.log.Info("pushed", "source", src.ID, "article", e.ID, "outcome", "withdrawn")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// find reads the article that the address names: by the name that the source gives it, else by
// its UUID. The entry is nil if there is none; the name is the source's own.
func (p *pushing) find(r *http.Request, src news.Source) (string, *news.Entry, *problem) {
	name := norm.NFC.String(r.PathValue("id"))
	if !isName(name) {
		return "", nil, wrong(http.StatusBadRequest, "the id in the address is no name: want at "+
			"most 512 bytes of UTF-8, percent-encoded, without spaces and control characters")
	}
	e, err := p.archive.Named(src.ID, name)
	if err != nil && news.KindOf(err) == news.NotFound {
		id, idErr := news.ParseID(name)
		if idErr != nil {
			return name, nil, nil
		}
		e, err = p.archive.Article(id)
	}
	switch {
	case err != nil && news.KindOf(err) == news.NotFound:
		return name, nil, nil
	case err != nil:
		return "", nil, p.failed(r, err)
	case e.Source != src.ID && r.Method == http.MethodPut:
		return "", nil, wrong(http.StatusForbidden, "this is an article of another source")
	case e.Source != src.ID:
		return name, nil, nil
	}
	return e.GUID, &e, nil
}

// isName reports whether the cleaner will leave a name as it is, so that it is found again.
func isName(s string) bool {
	plain := func(c rune) bool { return unicode.IsGraphic(c) && !unicode.IsSpace(c) }
	return s != "" && len(s) <= longestName && utf8.ValidString(s) &&
		!strings.ContainsFunc(s, func(c rune) bool { return !plain(c) })
}

// there returns the problem of an article that is not to be had.
func there(e *news.Entry) *problem {
	switch {
	case e == nil:
		return missing()
	case e.Status == news.Withdrawn:
		return wrong(http.StatusGone, "this article is withdrawn for good; its id can't be used again")
	case e.Status == news.Expired:
		return wrong(http.StatusGone, "this article is no longer kept; its id can't be used again")
	}
	return nil
}

func missing() *problem {
	return wrong(http.StatusNotFound, "source has no article of this id")
}

// publicPath is the path of the public address, empty for most.
func (p *pushing) publicPath() string {
	u, err := url.Parse(p.Site.PublicURL)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}
