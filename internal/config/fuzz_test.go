package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/internal/newstest"
)

// A file whose brackets are not closed is a fault with its line, and costs no memory.
func TestLoadTooDeep(t *testing.T) {
	deep := "title: {en: A}\nterms: " + strings.Repeat("[", 50_000)
	newstest.ProportionalBut(t, 8<<20, func(n int) string { return deep + strings.Repeat("[", n) },
		func(in string) {
			_, err := Load(Options{Data: filepath.Join(t.TempDir(), "none"), Defaults: Defaults{
				Config: configs.Config, Topics: fstest.MapFS{"topic.yaml": {Data: []byte(in)}},
			}})
			if err == nil || !strings.Contains(err.Error(), "topic.yaml:2:1: has more than 16 lists") {
				t.Fatalf("%.300v", err)
			}
		})
}

// FuzzLoad reads any bytes as each kind of file: they are accepted or faulted, and each fault
// lies within its file, or just behind its end.
func FuzzLoad(f *testing.F) {
	archives, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(archives) == 0 {
		f.Fatalf("no archive with faults: %v", err)
	}
	for _, file := range archives {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range txtar.Parse(data).Files {
			f.Add(part.Data)
		}
	}
	f.Add(configs.Config)
	f.Add(configs.Sources)
	f.Fuzz(func(t *testing.T, data []byte) {
		last := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 2
		for _, defaults := range []Defaults{
			{Config: data},
			{Config: configs.Config, Sources: data},
			{Config: configs.Config, Topics: fstest.MapFS{"topic.yaml": {Data: data}}},
		} {
			_, err := Load(Options{Data: filepath.Join(t.TempDir(), "none"), Defaults: defaults})
			faults, ok := errors.AsType[Faults](err)
			if err != nil && !ok {
				t.Fatalf("not a list of faults: %v", err)
			}
			for _, fault := range faults {
				if fault.Message == "" || fault.File == "" || fault.Line > last {
					t.Errorf("file of %d lines: fault %+v", last, fault)
				}
			}
		}
	})
}
