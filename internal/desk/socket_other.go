//go:build !unix

package desk

import "io/fs"

// ownedBy reports true: here files have no owner that could be told by a number.
func ownedBy(fs.FileInfo, int) bool { return true }
