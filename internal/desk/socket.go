package desk

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"github.com/teletipo/teletipo/internal/news"
)

// socketName is the socket's name in the data directory.
const socketName = "teletipo.sock"

// longestSocket is a length of path that every Unix takes (Linux 107 bytes, BSD and macOS 103).
const longestSocket = 100

// SocketPath is where the daemon of a data directory listens: in the directory or, where that
// path is too long for a socket, in a directory of this user's among the temporary files.
func SocketPath(dataDir string) (string, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return "", fmt.Errorf("data directory %s: %w", dataDir, err)
	}
	if path := filepath.Join(dir, socketName); len(path) <= longestSocket {
		return path, nil
	}
	private := filepath.Join(os.TempDir(), fmt.Sprintf("teletipo-%d", os.Getuid()))
	return filepath.Join(private, fmt.Sprintf("%.8x.sock", sha256.Sum256([]byte(dir)))), nil
}

// Listen opens the daemon's socket for this user alone. The caller holds the data directory's
// lock, so a socket that is there already is a dead daemon's, and is removed.
func Listen(dataDir string) (net.Listener, error) {
	path, err := SocketPath(dataDir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("operator socket: %w", err)
	}
	if err := checkPrivate(path); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("operator socket: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("operator socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("operator socket: %w", err), listener.Close())
	}
	return listener, nil
}

// checkPrivate refuses a socket among the temporary files whose directory is not this user's alone,
// since whoever made it could put a socket of theirs in our place: the daemon's callers would tell
// them everything.
func checkPrivate(path string) error {
	if filepath.Base(path) == socketName {
		return nil
	}
	return checkOwner(filepath.Dir(path), os.Getuid())
}

// checkOwner wants a directory to be one user's alone.
func checkOwner(dir string, uid int) error {
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("operator socket: %w", err)
	case !info.IsDir() || !ownedBy(info, uid):
		return news.Errorf(news.Refused, "operator socket: %s is no directory of this user's; "+
			"choose a shorter --data, or another TMPDIR", dir)
	case info.Mode().Perm()&0o077 != 0:
		return news.Errorf(news.Refused,
			"operator socket: %s is open to others; remove it, or choose a shorter --data", dir)
	}
	return nil
}
