// Package configs holds the configuration that comes with the program: a default for every
// setting, and the first sources. Package config reads it.
package configs

import "embed"

// Config is teletipo.yaml: every setting with its default.
//
//go:embed teletipo.yaml
var Config []byte

// Sources is sources.yaml: where news comes from.
//
//go:embed sources.yaml
var Sources []byte

// Demo has the articles that `teletipo demo` shows: made up for it, in English and Spanish.
//
//go:embed demo/*.md
var Demo embed.FS
