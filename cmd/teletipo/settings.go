package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/teletipo/teletipo/internal/config"
)

type configCmd struct {
	Show   configShowCmd   `cmd:"" help:"List each setting, its origin and its variable."`
	Schema configSchemaCmd `cmd:"" help:"Print the JSON Schema of a kind of file, for editors."`
}

type configShowCmd struct{}

// Help names every variable.
func (configShowCmd) Help() string {
	cfg, err := config.Load(config.Options{Defaults: builtIn, Settings: true})
	if err != nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("Each setting has a variable. It counts more than a file, less than a flag:\n\n")
	for _, s := range cfg.Settings {
		fmt.Fprintf(&b, "  %s\n", s.Variable)
	}
	return b.String()
}

// Run lists every setting.
func (configShowCmd) Run(in *invocation) error {
	cfg, err := in.settings()
	if err != nil {
		return err
	}
	in.warn(&cfg)
	if in.flags.JSON {
		return listed(in, cfg.Settings)
	}
	table := in.table([]string{"SETTING", "VALUE", "ORIGIN", "VARIABLE"})
	for _, s := range cfg.Settings {
		table.add(s.Name, written(s.Value), s.Origin, s.Variable)
	}
	return in.page(func() error { return table.write(in.stdout) })
}

// written writes a setting's value as a file of settings could have it.
func written(value any) string {
	if text, ok := value.(string); ok && text != "" {
		return text
	}
	encoded, err := json.Marshal(value)
	if err != nil || string(encoded) == "null" {
		return "[]"
	}
	return string(encoded)
}

type configSchemaCmd struct {
	Kind string `arg:"" help:"${schemas}."`
}

// Run prints a schema.
func (c *configSchemaCmd) Run(in *invocation) error {
	if c.Kind == answersKind {
		_, err := in.stdout.Write(answerSchema())
		return err
	}
	text, err := config.Schema(c.Kind, in.options().Defaults)
	if err != nil {
		return err
	}
	_, err = in.stdout.Write(text)
	return err
}

// answersKind is of the schema of what commands answer with --json.
const answersKind = "answers"

// schemas names the kinds of file that have a schema.
var schemas = strings.Join(config.Schemas, ", ") + " or " + answersKind

// warn tells what can be meant and hardly is.
func (in *invocation) warn(cfg *config.Config) {
	for _, text := range cfg.Warnings {
		fmt.Fprintf(in.stderr, "teletipo: warning: %s\n", text)
	}
}
