// Package internal is the tour of teletipo: its packages in the order in which an article meets
// them. It holds no code.
//
//	source ─► fetch ─► parse ─► clean ─► classify ─► store ─► render ─► publish ─► serve
//
// A stage is a verb, a thing is a noun. Everything left of the store ends in transactions of at
// most 1,000 articles, each change whole in one; which article an item is, is decided there.
// Everything right of it only reads what they wrote. The middle (parse, clean, classify, render)
// is pure: bytes and time in, values out, no clock, no I/O. Effects live at the edges. Only
// daemon, which composes them, and the commands on top of it know everyone.
//
//   - news: the words that everyone uses, and the kinds of error. Start here.
//   - site: whose page a web address is: the registrable domain, or a path on a shared host.
//   - config: reads the configuration, the sources and the topic files strictly.
//   - source: what to read: a feed, a WordPress site, a folder; each yields raw documents.
//   - robots: what a site's robots.txt lets programs ask for, and how fast.
//   - signals: what a site states about the use of an article.
//   - sitemap: reads a site's lists of its pages.
//   - fetch: polite HTTP: conditional, capped, with a time limit for everything.
//   - rawdoc: what all documents have in common: how they are encoded, what they look like.
//   - dates: reads dates as feeds, pages and people write them.
//   - boilerplate: what programs put around articles: "Read more", "Leave a reply".
//   - parse: a feed or a list of WordPress's posts becomes items, one file per format.
//   - paste: what people paste or drop becomes an item: text, Markdown, HTML, front matter.
//   - extract: finds the article in a page.
//   - clean: an item becomes an article: canonical link, safe HTML, language, identity.
//   - langwords: the function words that tell languages apart, for clean and classify.
//   - classify: an article is placed in topics, each placement with its evidence; holds the rules
//     that are in force.
//   - score: measures how well articles are placed, against labelled ones.
//   - ingest: runs one source through all of the above: the flow in one short function.
//   - store: bbolt: articles, change log, feed windows, aliases, poll state. Draws its schema.
//   - render: a feed becomes an RSS, Atom or JSON Feed document, in pieces: frame and entries.
//   - publish: owns the editions: renders what changed, compresses, stamps, swaps; makes deltas of
//     their pieces, and archives when they are asked for.
//   - serve: HTTP for readers: editions, pages, and the operator's health checks.
//   - readers: counts who reads the feeds, and holds off those who fetch too much.
//   - push: HTTP for programs that push articles: tokens, conditions, problems.
//   - metrics: what the operator's Prometheus scrapes.
//   - schedule: the table of jobs that run by themselves.
//   - desk: what the desk can ask and order, in the process or through the daemon's socket.
//   - health: a source's status in a word, why, and what somebody should look into.
//   - backup: writes a data directory into one file, and puts it back.
//   - export: writes the site as static files, for any web server or CDN.
//   - lint: judges feeds, ours or not, document and server, line by line.
//   - opml: reads and writes lists of feeds as feed readers exchange them.
//   - progress: how far a long command has come.
//   - watch: tells when files have changed and have been left alone since.
//   - daemon: composes all of the above from a configuration: Open, Run, Close.
//   - yamldepth: how deep YAML is, before a parser sees it.
//   - newstest: a fake web from txtar files, sample articles, a test logger.
//   - archtest: who may import whom, as a test.
package internal
