// Package store keeps articles, the log of their changes and the windows of every feed in bbolt,
// and decides what becomes of each article that is offered. It leaves to others what an article
// says (clean), where it belongs (classify) and how feeds look (publish).
//
// # Schema
//
// Two files, so that what polls learn never waits for articles. Numbers are 8 bytes, big-endian,
// so that keys sort as numbers; ‖ joins bytes; a name in quotes is that text. The order of a feed
// is the sequence at which an article entered it or last changed visibly.
//
//	teletipo.db
//	├── alias                what is known under which name
//	│   ├── "f"‖source‖0‖file   → key, of a folder's file
//	│   ├── "g"‖source‖0‖guid   → key
//	│   ├── "i"‖id              → key
//	│   ├── "t"‖source‖0‖story  → key
//	│   └── "u"‖link            → key, perhaps flags; or 0‖key
//	├── article              key → JSON of all but the content; key is the creating sequence
//	├── body                 key → zstd of the content, safe HTML
//	├── change               sequence → JSON: the head of an event, all of it but its parts
//	├── edition              feed.format → JSON: hash and stamp of the edition last published
//	├── embargo              release second‖key → nothing
//	├── feed
//	│   └── topic or topic.lang
//	│       ├── archive      archive number → boundary‖stamp second‖sequence of its newest change
//	│       ├── backfill     order → place, of an article that was old when first seen
//	│       ├── fresh        order → place: key‖stamp second‖size, the last two in 4 bytes
//	│       ├── gone         withdrawing sequence → tombstone: id‖stamp second
//	│       ├── log          sequence → event: stamp second‖key‖kind, see since.go
//	│       └── state        sequence‖seconds of stamp, creation‖reach of the log‖four of the tail
//	├── item                 key → zstd of the JSON of the item as its source stated it
//	├── meta
//	│   ├── classified       JSON: hash of the rules that articles are placed by, and how far
//	│   ├── created          second of the first start
//	│   ├── epoch            number of the epoch that a restore began
//	│   ├── installation     16 random bytes, feeds' ids are minted from them
//	│   ├── schema           number of this schema: 4
//	│   └── topics           zstd of the JSON of the topics with these rules
//	├── token                name → JSON: hash of the secret, source, creation, last use
//	└── version              key‖revision → zstd of the JSON of a version that another has replaced
//	poll.db
//	├── due                  due millisecond‖source → nothing
//	├── meta
//	│   └── schema
//	└── state                source → JSON of what polling taught
//
// A link is known by its news.LinkKey: the forms that one page's address comes in are one link. Its
// flags say that several guids of one document share it (1), and that a source laid claim to it
// that does not speak for it (2). One that its article gave back leads to 0 and that article. A
// guid that several articles have had stands there with a zero after it too, which leads to one of
// them; followed by a zero and a link, it leads to the one that has both. A story is what an
// article says or has said: hashes of its title and its text, and four bytes of its id. Of an
// article's versions the newest 10 that were replaced are kept, each at most as large as the
// cleaner lets an article be; withdrawing an article removes them.
//
// # Archives
//
// A feed is published as its newest part and, below it, closed archives (RFC 5005), numbered from
// 1, the oldest. Archive n is what stands above the boundary of the one before it and not above its
// own, of fresh and backfill together, and the tombstones of withdrawals between them. What stands
// above the newest boundary is the tail, which the newest part covers whole. What joins a feed
// joins its tail, so that an archive changes only by what leaves it or what is said of it; then
// its stamp and sequence move. The log holds what took something from a feed: all that a delta
// has to know beside the entries themselves. It reaches back seven days or more.
//
// # Damage
//
// Every value is followed by its seal, which the drawing leaves out: the CRC-32C of the names of
// its buckets, its key and itself. What fails it is never read. Lookups return an error that names
// the article or the bucket; windows and lists leave it out and report it: see Damage. Every
// transaction makes errors of bbolt's assertions and of faults on mapped pages.
//
// When a file is opened its structure is looked at. If that is not sound, or may not be written, it
// is read, and every write is news.ErrUnwritable. A damaged poll.db is set aside and begun anew.
//
// # Writing
//
// One goroutine writes. It commits whatever has queued up in one transaction, so that many
// callers share a sync, and at its end closes the archives that are full. Each change, of whatever
// kind, is first decided (read what is there, choose id, key, revision, topics, stamps) and then
// applied (apply.go: put exactly what the change says). Nothing else writes to teletipo.db but what
// makes the file, so that whoever applies the same changes has the same store. The changes are a
// log of events, see docs/log.md and Log: the bucket change has their heads, and what articles say
// is kept where it is read, once.
package store
