package lint

// checklist is what is judged, in words for a person who publishes feeds.
var checklist = []struct {
	name, text string
	source     string // where it is said
}{
	{
		"rss-required",
		"RSS: channel has title, description, absolute link; items title or description; none empty",
		"RSS 2.0, required elements",
	},
	{
		"rss-guid",
		"RSS: every item has one guid, unique, and an absolute URL unless isPermaLink is false",
		"RSS Profile, guid",
	},
	{
		"rss-dates",
		"RSS: dates and zones are those of RFC 822, better with a year of four digits",
		"RSS 2.0, RFC 822 §5",
	},
	{
		"rss-persons",
		"RSS: persons are `mail (Name)`, bare names go to dc:creator, and not to both",
		"RSS Profile, author",
	},
	{
		"rss-parts",
		"RSS: one category per term, one whole enclosure, source with url, sound skipHours and cloud",
		"RSS 2.0, optional elements",
	},
	{
		"rss-self",
		"RSS: atom:link rel=self is the address served, with its type; language is set",
		"RSS Profile, atom:link",
	},
	{
		"rss-text",
		"RSS: titles are plain; HTML has absolute addresses; description beside content:encoded",
		"RSS Profile, character data",
	},
	{
		"rss-elements",
		"RSS: what is in no namespace is of RSS 2.0 itself",
		"RSS 2.0, extending RSS",
	},
	{
		"well-formed",
		"the document is well-formed, in the encoding it says, without forbidden characters",
		"XML 1.0, RFC 8259",
	},
	{
		"atom-required",
		"Atom: feed and entries have one id, title and updated each, dates as RFC 3339",
		"RFC 4287 §4.1, §3.3",
	},
	{
		"atom-ids",
		"Atom: ids are absolute IRIs, none twice with the same updated",
		"RFC 4287 §4.2.6",
	},
	{
		"atom-authors",
		"Atom: every entry has an author, by itself or by the feed; persons have names",
		"RFC 4287 §4.1.1, §3.2",
	},
	{
		"atom-links",
		"Atom: rel=self; one alternate per type and language; an alternate where content is missing",
		"RFC 4287 §4.2.7",
	},
	{
		"atom-parts",
		"Atom: category has term; source is whole; text constructs hold what their type says",
		"RFC 4287 §3.1, §4.2",
	},
	{
		"atom-order",
		"Atom: the feed is not older than its newest entry, no entry updated before published",
		"RFC 4287 §4.2.15",
	},
	{
		"atom-bases",
		"Atom: relative references have a base; xml:lang is set",
		"RFC 4287 §2",
	},
	{
		"atom-elements",
		"Atom: what is in Atom's namespace is of Atom, at its place",
		"RFC 4287 §6.1, appendix B",
	},
	{
		"languages",
		"languages are told as tags, as en or es-MX",
		"RFC 5646 §2.1",
	},
	{
		"json-required",
		"JSON: version is that of JSON Feed 1.1; title and items are there",
		"JSON Feed 1.1, top level",
	},
	{
		"json-items",
		"JSON: ids are strings, unique; content is there; HTML only in content_html",
		"JSON Feed 1.1, items",
	},
	{
		"json-addresses",
		"JSON: home_page_url and feed_url are absolute, feed_url the one served; next_url leads on",
		"JSON Feed 1.1, feed_url",
	},
	{
		"json-parts",
		"JSON: authors, attachments, hubs, dates and extensions have their form",
		"JSON Feed 1.1, extensions",
	},
	{
		"item-order",
		"items stand newest first, by publication or by update",
		"no specification: readers that take the first few",
	},
	{
		"item-dates",
		"every item has a date of its own, which is not in the future",
		"no specification: readers that ask what is newer",
	},
	{
		"pictures",
		"of pictures whose width is stated one is at least 400 pixels wide",
		"Flipboard's specification of RSS",
	},
	{
		"media-type",
		"the media type fits; JSON is UTF-8 without a mark, of a size that readers take",
		"RFC 9110 §8.3",
	},
	{
		"etag",
		"HTTP: strong ETag, its own for each coding, the same when asked again",
		"RFC 9110 §8.8.3",
	},
	{
		"ids-stay",
		"HTTP: an item has the same id when it is asked for again",
		"RFC 4287 §4.2.6, RSS Profile, guid",
	},
	{
		"vary",
		"HTTP: Vary names Accept-Encoding on 200 and 304",
		"RFC 9110 §12.5.5",
	},
	{
		"not-modified",
		"HTTP: 304 has no body, and ETag, Vary, Cache-Control and Date as the 200",
		"RFC 9110 §15.4.5",
	},
	{
		"if-none-match",
		"HTTP: If-None-Match takes weak tags, lists, *, silences If-Modified-Since; also for HEAD",
		"RFC 9110 §13.1.2",
	},
	{
		"if-modified-since",
		"HTTP: If-Modified-Since works; a bad date is ignored; Last-Modified is not after Date",
		"RFC 9110 §13.1.3",
	},
	{
		"etag-coding",
		"HTTP: the tag of another coding gets no 304 for one not accepted",
		"RFC 9110 §8.8.3.3",
	},
	{
		"accept-encoding",
		"HTTP: Accept-Encoding is honoured, never a coding not asked for",
		"RFC 9110 §12.5.3",
	},
	{
		"methods",
		"HTTP: HEAD answers as GET; an unknown method gets 405 with Allow, or 501",
		"RFC 9110 §9",
	},
	{
		"ranges",
		"HTTP: ranges follow If-Range, or there are none",
		"RFC 9110 §14",
	},
	{
		"freshness",
		"HTTP: max-age or Expires is explicit; a query makes no variant",
		"RFC 9111 §4.2",
	},
	{
		"delta-asked",
		"deltas: no 226 for a tag that was never given, none when nothing is new",
		"RFC 3229 §10",
	},
	{
		"delta-fields",
		"deltas: 226 has IM, ETag and the media type",
		"RFC 3229 §10.4",
	},
	{
		"delta-caching",
		"deltas: shared caches can't hand a 226 to others",
		"RFC 3229 §10.5",
	},
	{
		"paging",
		"RFC 5005: paged documents link to each other, and every link leads on",
		"RFC 5005 §3",
	},
	{
		"archive-links",
		"RFC 5005: archives say that they are, and link to the current document and each other",
		"RFC 5005 §4",
	},
	{
		"archive-caching",
		"RFC 5005: archives have an ETag and a bounded max-age, never immutable",
		"RFC 5005 §4, RFC 9111",
	},
	{
		"complete",
		"RFC 5005: fh:complete never beside paging or archives",
		"RFC 5005 §2",
	},
	{
		"archive-chain",
		"RFC 5005: walking back through the archives ends, and meets no document twice",
		"RFC 5005 §4",
	},
	{
		"tombstones",
		"RFC 6721: at:deleted-entry has ref and when, none twice, none of a newer live entry",
		"RFC 6721 §3",
	},
}
