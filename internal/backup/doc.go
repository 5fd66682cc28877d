// Package backup writes a data directory's files into one file, reads such a file, and puts what is
// in it into a directory. It leaves to daemon what a store is and when its state is consistent.
//
// # The file
//
// A backup is a tar, compressed as zstd, between two frames that zstd passes over (RFC 8878,
// section 3.1.2), so that `tar --zstd -tf FILE` lists it:
//
//	head frame   64 bytes of text: "teletipo backup 1", and whether it was restored
//	zstd         tar
//	             ├── backup.json     Head
//	             ├── poll.db         taken first: a restore reads again, and never skips
//	             ├── data/…          files of the configuration in the data directory
//	             ├── elsewhere/…     files of the configuration outside it
//	             ├── teletipo.db
//	             └── sums.json       Sums: size and SHA-256 of each of the above
//	end frame    256 bytes of JSON: it is whole, or why it was broken off
//
// One that has no end frame is cut short.
//
// # Restoring
//
// Extract writes into the directory "restoring", which nobody takes for a data directory. Commit
// renames it to "restored": from then on the restore is done, and Finish, which may be called again
// after a crash, only has to move what is in it to its place. What stood there before is kept in
// "replaced-TIME".
package backup
