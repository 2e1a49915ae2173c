package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// starter is one kind of app to begin with.
type starter struct {
	name    string
	sign    string // a file that such an app has; "": none tells
	command string
	port    string // where it listens by itself, or [scenarios.PortWord] where its command says that
	request string // what a user sends
	answer  string // where the text is in the reply; "": the dialect says
}

func starters() []starter {
	const (
		chat = `{method: POST, path: /chat, json: {message: "{{prompt}}"}, stream: true}`
		sse  = "\n      answer: {sse: \"$.delta\"}   # where the model's text is in the app's reply"
	)
	return []starter{
		{"fastapi", "requirements.txt", `[uvicorn, "app:app", --host, 127.0.0.1, --port, "{{port}}"]`, scenarios.PortWord, chat, sse},
		{"express", "package.json", `[node, server.js]`, "3000", chat, sse},
		{"go", "go.mod", `[go, run, .]`, "8080", chat, sse},
		{
			"gateway", "", `[litellm, --config, config.yaml, --port, "{{port}}"]`, scenarios.PortWord,
			"{dialect: openai, model: gpt-4o, stream: true}   # the app is itself an LLM endpoint", "",
		},
	}
}

// appFile is the app file to begin with.
func (s starter) appFile() string {
	return fmt.Sprintf(`# yaml-language-server: $schema=./%[5]s
# The app file: how brownout starts the app, which providers it calls and what its
# users send. With it any shipped scenario drills the app: brownout list
#
#   brownout run SCENARIO --with app.drill.yaml
app:
  # The mocks' addresses reach it as OPENAI_BASE_URL, ANTHROPIC_BASE_URL and the like:
  #   brownout env SCENARIO --with app.drill.yaml
  # {{port}}, in command or env, and in url and target, is a free port for the app itself.
  command: %[1]s
  ready: {url: "http://127.0.0.1:%[2]s/healthz", within: 60s}

providers:                     # by role: the one that is asked first is primary
  primary: {dialect: openai}
  secondary: {dialect: anthropic}

traffic:
  target: http://127.0.0.1:%[2]s
  journeys:
    chat:                      # one kind of user request, sent at a steady rate
      rate: 20/s
      request: %[3]s%[4]s
      timeout: 10s
`, s.command, s.port, s.request, s.answer, appSchemaName)
}

func newInit(term *terminal) *cobra.Command {
	var from, app, ci string
	var force bool
	var names, systems []string
	for _, s := range starters() {
		names = append(names, s.name)
	}
	for _, c := range ciSystems() {
		systems = append(systems, c.name)
	}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write an app file, a scenario, their schemas and a CI job to begin with",
		Long: `init writes into a directory what a first drill of your app needs: an app file, a
copy of a shipped scenario to change, the schemas by which editors complete both,
and a job for CI. It asks nothing and overwrites nothing.

Without --app and --ci it goes by what stands there: go.mod, package.json,
requirements.txt; .gitlab-ci.yml.`,
		Example: `  brownout init
  brownout init drills --from rate-limit-surge --app gateway --ci gitlab`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			s, err := starterOf(app, dir, names)
			if err != nil {
				return err
			}
			system, err := ciSystemOf(ci, append(systems, noCI))
			if err != nil {
				return err
			}
			text, ok := library.Read(from)
			if !ok || !slices.Contains(library.Names(), from) {
				return &exit{
					code: exitUsage, err: fmt.Errorf("no shipped scenario %q", from),
					hint: "shipped scenarios: " + strings.Join(library.Names(), ", "),
				}
			}
			files := startFiles(s, from, text)
			if system.job != nil {
				files = append(files, system.file(dir, files[1].name, files[0].name))
			}
			return begin(term, dir, force, files)
		},
	}
	cmd.Flags().StringVar(&from, "from", "ai-brownout", "the shipped scenario to copy: `NAME` as brownout list has it")
	cmd.Flags().StringVar(&app, "app", "", strings.Join(names, ", "))
	cmd.Flags().StringVar(&ci, "ci", "", "whose CI the job is for: "+strings.Join(append(systems, noCI), ", "))
	cmd.Flags().BoolVar(&force, "force", false, "overwrite files that are there")
	return cmd
}

// starterOf finds the kind of app: as it is said, else by a file that tells, else
// the first.
func starterOf(app, dir string, names []string) (starter, error) {
	all := starters()
	if app != "" {
		if i := slices.Index(names, app); i >= 0 {
			return all[i], nil
		}
		return starter{}, &exit{code: exitUsage, err: fmt.Errorf("unknown app %q", app), hint: "apps: " + strings.Join(names, ", ")}
	}
	for _, s := range all {
		if _, err := os.Stat(filepath.Join(dir, s.sign)); s.sign != "" && err == nil {
			return s, nil
		}
	}
	return all[0], nil
}

// startFile is one file that init writes.
type startFile struct{ name, text, doc string }

func startFiles(s starter, from string, scenario []byte) []startFile {
	file := from + ".drill.yaml"
	return []startFile{
		{"app.drill.yaml", s.appFile(), "how to start your app (" + s.name + "), and what its users send: change it first"},
		{file, "# yaml-language-server: $schema=./" + schemaName + "\n" + string(scenario), "the scenario, yours to change"},
		{schemaName, string(schema.JSONSchema(scenarios.KeyTable())), "by which editors complete it"},
		{appSchemaName, string(schema.JSONSchema(scenarios.AppKeyTable())), "by which they complete the app file"},
	}
}

// begin writes the files, all or, when one is there already, none.
func begin(term *terminal, dir string, force bool, files []startFile) error {
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if _, err := os.Lstat(path); !force && !errors.Is(err, os.ErrNotExist) {
			return &exit{code: exitUsage, err: fmt.Errorf("%s is there already", path), hint: "--force overwrites"}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return toolFailed(err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := aside.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, f.text)
			return err
		}); err != nil {
			return toolFailed(err)
		}
		fmt.Fprintf(term.out, "%s: %s\n", path, f.doc)
	}
	scenario, app := filepath.Join(dir, files[1].name), filepath.Join(dir, files[0].name)
	term.sayf("next: brownout plan %s --with %s", scenario, app)
	return nil
}
