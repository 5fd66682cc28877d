package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/teletipo/teletipo/internal/news"
)

// maxFile is how many bytes a file may have.
const maxFile = 20_000_000

// readLocal reads a file that lies in no folder. Its name is its absolute path.
func readLocal(source, name string) (news.Document, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return news.Document{}, fmt.Errorf("read %s: %w", name, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return news.Document{}, fileError(path, err)
	}
	if err := readable(path, info); err != nil {
		return news.Document{}, err
	}
	file, err := os.Open(path)
	if err != nil {
		return news.Document{}, fileError(path, err)
	}
	defer file.Close()
	body, err := readUpTo(file, path)
	if err != nil {
		return news.Document{}, err
	}
	return news.Document{Source: source, Name: path, Body: body, Time: info.ModTime()}, nil
}

// feedFile reads a feed from a file. Its size and time of change stand for a server's validators.
func feedFile(src news.Source, name string, last news.Validators) (news.Reading, error) {
	reading := news.Reading{Validators: last}
	if info, err := os.Stat(name); err == nil && fileValidators(info) == last {
		reading.NotModified = true
		return reading, nil
	}
	doc, err := readLocal(src.ID, name)
	if err != nil {
		return reading, err
	}
	// Had the file changed since it was looked at, its size would tell or the next look does.
	reading.Validators = news.Validators{
		ETag: fmt.Sprintf("%d-%d", len(doc.Body), doc.Time.UnixNano()),
	}
	reading.Documents = []news.Document{doc}
	return reading, nil
}

func fileValidators(info fs.FileInfo) news.Validators {
	return news.Validators{ETag: fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())}
}

// readable returns an error for what cannot be read as a file.
func readable(path string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return news.Errorf(news.Invalid, "read %s: a folder, not a file", path)
	case !info.Mode().IsRegular():
		return news.Errorf(news.Invalid, "read %s: not a regular file", path)
	case info.Size() > maxFile:
		return tooLarge(path)
	}
	return nil
}

// readUpTo reads a file up to the limit, whatever its size was said to be.
func readUpTo(file io.Reader, path string) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		return nil, fileError(path, err)
	case len(body) > maxFile:
		return nil, tooLarge(path)
	}
	return body, nil
}

func tooLarge(path string) error {
	return news.Errorf(news.TooLarge,
		"read %s: the file is larger than the limit of %d bytes", path, maxFile)
}

// fileError says what is wrong with a file, once with its path.
func fileError(path string, err error) error {
	kind := news.Internal
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return news.Errorf(news.NotFound, "read %s: there is no such file", path)
	case errors.Is(err, fs.ErrPermission):
		kind = news.Refused
	}
	if wrapped, ok := errors.AsType[*fs.PathError](err); ok {
		err = wrapped.Err // it repeats the path
	}
	return news.Errorf(kind, "read %s: %w", path, err)
}
