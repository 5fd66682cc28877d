// Package classify places an article in topics by the words and phrases of the topic files, each
// placement with the evidence that it rests on. It reads no files, fetches nothing and keeps
// nothing: what the rules say is the topic's business, what becomes of a placement the store's.
//
// # What matches
//
// Texts and terms are folded alike: case, accents, typographic quotes and dashes, apostrophe-s,
// plural endings (-s, -es, -ies) and the dots in initials (U.S.) make no difference; hyphens and
// slashes part words. A word that a term writes in capitals (US, ICE) is the exception: it
// matches only where the text has it in capitals too. A term matches whole words within one
// sentence. Where terms of a topic overlap, the one that begins first counts, of those that begin
// together the longest ("cartel de Sinaloa" is not also a "cartel"). A term of one language counts
// in texts of that language and of unknown language; a passage whose function words are plainly
// another language's than its article's is read in that one. Words of groups are found inside
// longer terms as well, but not inside those of weight 0 or less ("New Mexico" is no "Mexico").
//
// # What a match counts
//
// weight × place × depth, halved for each match of the same term before it. Place is the topic's
// title weight for the title and for a heading of a section, else 1. Depth is 1 for the first 100
// words of the summary and of the body, and 100/n at word n beyond them, so that a late mention
// in a long text about something else counts little. It is never below a half for a heading with
// text of its own below it: that is the title of its section. As each further match counts half of
// the one before, a term never counts more than twice its first. A summary that only repeats the
// beginning of the body is left out.
//
// Words of several groups that appear together count by their rule's weight × the mean over the
// groups of the best place × depth, once for each part of the article that has them all, again
// halved each time. Parts are the opening (the title with 100 words of summary and of body) and
// beyond it stretches of 60 words, full sentences; a heading begins a new one.
//
// # Topics that rest on others
//
// A combination has no rules: being in one of its topics counts a point, and it is placed when the
// article is in all of them. An article of a child belongs to the parent too: the child adds what
// is missing to the parent's threshold, as the standing of a source does to the topics that it
// belongs to as a whole. Where a limit of a topic (language, source, tag) leaves the article out,
// that takes away whatever there was. All this is settled in one pass over the topics, in an order
// found by New, after the one pass over the text.
//
// What counts is added up in thousandths and rounded to hundredths term by term and place by
// place, so that the evidence adds up to the score on every machine. An article is placed when
// its score reaches the topic's threshold.
package classify
