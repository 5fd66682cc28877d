// Package readers counts who reads the feeds, by the kind of program, and holds off those who
// fetch the same feed again and again without validators. It leaves answering to serve, and
// showing the figures to cmd.
package readers
