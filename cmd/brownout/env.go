package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// shell is one way to write an environment down: a row of shells.
type shell struct {
	name  string
	write func(name, value string) string
}

func shells() []shell {
	return []shell{
		{"sh", func(n, v string) string { return "export " + n + "='" + strings.ReplaceAll(v, "'", `'\''`) + "'" }},
		{"fish", func(n, v string) string {
			return "set -gx " + n + " '" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(v) + "'"
		}},
		{"powershell", func(n, v string) string { return "$env:" + n + " = '" + strings.ReplaceAll(v, "'", "''") + "'" }},
		{"dotenv", func(n, v string) string { return fmt.Sprintf("%s=%q", n, v) }},
		{"github", func(n, v string) string { return n + "=" + v }}, // lines of $GITHUB_ENV
		{"compose", func(n, v string) string { return fmt.Sprintf("%s: %q", n, v) }},
		{"k8s", func(n, v string) string { return fmt.Sprintf("- name: %s\n  value: %q", n, v) }},
	}
}

func newEnv(term *terminal) *cobra.Command {
	var with, as, advertise, ca, service string
	var names []string
	for _, s := range shells() {
		names = append(names, s.name)
	}
	cmd := &cobra.Command{
		Use:   "env SCENARIO",
		Short: "Print the environment by which an app finds the mocks",
		Long: `env prints the environment by which an app finds a scenario's mock providers: the
same that brownout gives to an app it starts, and that serve writes into its
ready file. Nothing is started.

Where an app is several services, --service NAME prints the environment of one: the
SDKs of OpenAI and Anthropic then say NAME with every request (OPENAI_CUSTOM_HEADERS,
ANTHROPIC_CUSTOM_HEADERS), and the log's attempts have it as their service. Other
clients send the header Brownout-Service.

An app that is to run before the drill does must trust a CA that is there by then:
where a provider speaks TLS, give env, serve and run the same --ca FILE.`,
		Example: `  eval "$(brownout env support.drill.yaml)"
  brownout env support.drill.yaml --shell github >> "$GITHUB_ENV"`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			i := slices.Index(names, as)
			if i < 0 {
				return &exit{code: exitUsage, err: fmt.Errorf("unknown shell %q", as), hint: "shells: " + strings.Join(names, ", ")}
			}
			plan, err := load(term, args[0], scenarios.Options{AppFile: with, HaveApp: true})
			if err != nil {
				return err
			}
			trust, err := ahead(plan, ca)
			if err != nil {
				return err
			}
			endpoints, err := drill.Planned(plan, advertise, trust.File)
			if err != nil {
				return &exit{code: exitUsage, err: err, hint: "give it a `listen` with a port"}
			}
			if strings.ContainsFunc(service, unicode.IsControl) {
				return &exit{code: exitUsage, err: fmt.Errorf("--service %q: a header takes one line of text", service)}
			}
			variables := drill.Env(endpoints)
			if service != "" {
				variables = append(variables, drill.Tagged(service)...)
			}
			for _, v := range variables {
				name, value, _ := strings.Cut(v, "=")
				fmt.Fprintln(term.out, shells()[i].write(name, value))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&with, "with", "", "app `FILE` whose app, providers and traffic replace the scenario's")
	cmd.Flags().StringVar(&as, "shell", "sh", strings.Join(names, ", "))
	cmd.Flags().StringVar(&ca, "ca", "", caUsage)
	cmd.Flags().StringVar(&service, "service", "", "let OpenAI's and Anthropic's SDKs say with every request that it is `NAME` that calls")
	cmd.Flags().StringVar(&advertise, "advertise", "", "`HOST` at which the app reaches the mocks")
	return cmd
}
