// Package configs holds the configuration that comes with the program: a default for every
// setting, and the first sources. Package config reads it.
package configs

import _ "embed"

// Config is teletipo.yaml: every setting with its default.
//
//go:embed teletipo.yaml
var Config []byte

// Sources is sources.yaml: where news comes from.
//
//go:embed sources.yaml
var Sources []byte
