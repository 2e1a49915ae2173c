package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// schemaName is what a scenario's first line calls the schema beside it.
const schemaName = "scenario.v1.schema.json"

// appSchemaName is what an app file's calls its own.
const appSchemaName = "app.v1.schema.json"

func newSchema(term *terminal) *cobra.Command {
	var path string
	var app bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema by which editors complete scenarios",
		Long: `schema prints the JSON Schema (draft-07) of the scenario language. Editors with
yaml-language-server complete and explain every key by it, once the scenario's
first line says where it is:

  # yaml-language-server: $schema=./` + schemaName + `

An app file has one of its own, by --app. What one place of a scenario means for another only validate can say.`,
		Example: `  brownout schema -o ` + schemaName + `
  brownout schema --app -o ` + appSchemaName,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			table := scenarios.KeyTable()
			if app {
				table = scenarios.AppKeyTable()
			}
			text := schema.JSONSchema(table)
			if path == "" {
				_, err := term.out.Write(text)
				return toolFailed(err)
			}
			return toolFailed(aside.Write(path, func(w io.Writer) error {
				_, err := w.Write(text)
				return err
			}))
		},
	}
	cmd.Flags().BoolVar(&app, "app", false, "of app files")
	cmd.Flags().StringVarP(&path, "output", "o", "", "write it to `FILE`")
	return cmd
}

// toolFailed says that what went wrong is not the user's doing.
func toolFailed(err error) error {
	if err == nil {
		return nil
	}
	return &exit{code: exitTool, err: err}
}
