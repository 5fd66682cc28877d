// Package classify places an article in topics by the words and phrases of the topic files, each
// placement with the evidence that it rests on. It reads no files, fetches nothing and keeps
// nothing: what the rules say is the topic's business, what becomes of a placement the store's.
//
//	rules, err := classify.Compile(version, topics, sources)
//	inForce := classify.Enforce(rules)
//	…
//	rules, stored := inForce.Enter()
//	placements := rules.Place(article, rules.Always[article.Source], text)
//	…
//	stored()
//
// Rules are one value that never changes: the topics, compiled, and what else decides. InForce
// holds those that are in force, for all that place articles or tell of topics.
//
// # What matches
//
// Texts and terms are folded alike: case, accents, typographic quotes and dashes, apostrophe-s and
// the dots in initials (U.S.) make no difference; hyphens and slashes part words, and so do commas,
// brackets and dashes, which no term crosses unless it is written with one. Plural endings make no
// difference as the term's language forms them (English -s, -es, -ies, Spanish -s and -es), but
// for a word of any language that a term writes with a capital: that is a name, and stays as it
// is. A word that a term writes in capitals (US, ICE) matches only where the text has it in
// capitals too. A term matches whole words within one sentence. Where terms of a topic overlap,
// the one that begins first counts, of those that begin together the longest ("cartel de Sinaloa"
// is not also a "cartel"). A term of one language counts in texts of that language and of unknown
// language; a passage whose function words are plainly another language's than its article's is
// read in that one. Words of groups are found inside longer terms as well, but not inside those of
// weight 0 or less ("New Mexico" is no "Mexico"). A word may belong to its groups only in articles
// that were published before some time.
//
// # What a match counts
//
// weight × zone × depth, halved for each match of the same term before it. Zone is the topic's
// title weight for the title and for a heading of a section, else 1. Depth is 1 for the first 100
// words of the summary and of the body, and 100/n at word n beyond them, so that a late mention
// in a long text about something else counts little. It is 1 for a heading with text of its own
// below it: that is the title of its section, unless it is in capitals throughout, as the names of
// those who speak in a transcript. As each further match counts half of the one before,
// a term never counts more than twice its first. A summary that only repeats the beginning of the
// body is left out.
//
// Words of several groups that appear together count by their rule's weight × the mean over the
// groups of the best zone × depth. Together is in one part of the article, or in one sentence if
// the rule says so, the title being one. Parts are the opening (the title with 100 words of summary
// and of body) and beyond it stretches of 60 words, full sentences; a heading begins a new one.
// Rules for a topic that rest on the same word count once, the strongest: it counts in full, the
// strongest of those that share no word with it half, and so on, so that all of them together
// never count more than twice the strongest. Rules against a topic count each by itself, halved
// each time.
//
// A topic may have anchors, groups of which an article must have a word in its opening. Where
// there is none that takes away whatever the topic's rules gave.
//
// # How sure it is
//
// A calibrated topic turns a score into the probability that the placement is right. It may publish
// from a probability, which raises its threshold, and doubt what falls short of that by little.
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
// What counts is added up in thousandths and rounded to hundredths term by term and zone by
// zone, so that the evidence adds up to the score on every machine. An article is placed when
// its score reaches the topic's threshold.
package classify
