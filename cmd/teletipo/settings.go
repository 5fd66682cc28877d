package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/teletipo/teletipo/internal/config"
)

type configCmd struct {
	Show   configShowCmd   `cmd:"" help:"List each setting, its origin and its variable."`
	Schema configSchemaCmd `cmd:"" help:"Print the JSON Schema of a kind of file, for editors."`
}

type configShowCmd struct{}

// Run lists every setting.
func (configShowCmd) Run(in *invocation) error {
	cfg, err := in.settings()
	if err != nil {
		return err
	}
	in.warn(&cfg)
	if in.flags.JSON {
		return in.printJSON(cfg.Settings)
	}
	table := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVALUE\tORIGIN\tVARIABLE")
	for _, s := range cfg.Settings {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.Name, written(s.Value), s.Origin, s.Variable)
	}
	return table.Flush()
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
	text, err := config.Schema(c.Kind, in.options().Defaults)
	if err != nil {
		return err
	}
	_, err = in.stdout.Write(text)
	return err
}

// schemas names the kinds of file that have a schema.
var schemas = strings.Join(config.Schemas, ", ")

// warn tells what can be meant and hardly is.
func (in *invocation) warn(cfg *config.Config) {
	for _, text := range cfg.Warnings {
		fmt.Fprintf(in.stderr, "teletipo: warning: %s\n", text)
	}
}
