package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
)

func newCtlReport(term *terminal, c *caller) *cobra.Command {
	return &cobra.Command{
		Use:   "report FILE | -",
		Short: "Report requests that you sent to the app yourself, where serve sends none",
		Long: `report reads requests that somebody else than brownout sent to the app, a JSON object
in a line for each, and gives them to mocks that serve alone: they are judged as those
that brownout sends. All of them are taken, or none.

A line says when it was (took_s, or sent and ended), what came (status, text, error,
how) and, so that it is known again at the providers, the nonce that its prompt
carried: see brownout ctl questions. All that it may say stands in the control's
/v1/openapi.json.`,
		Example: `  echo '{"nonce": "…", "took_s": 0.8, "status": 200, "text": "…"}' | brownout ctl report -`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := cmd.InOrStdin()
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return &exit{code: exitTool, err: err}
				}
				defer f.Close()
				in = f
			}
			lines, err := io.ReadAll(in)
			if err != nil {
				return &exit{code: exitTool, err: err}
			}
			var raw json.RawMessage
			if err := c.call(cmd.Context(), "POST", "/v1/requests", ndjson(lines), &raw); err != nil {
				return c.ended(err)
			}
			return c.show(term, raw, func(term *terminal, raw json.RawMessage) error {
				var r control.Reported
				if err := json.Unmarshal(raw, &r); err != nil {
					return &exit{code: exitTool, err: err}
				}
				fmt.Fprintf(term.out, "taken %d  known before %d\n", r.Taken, r.Known)
				return nil
			})
		},
	}
}

func newCtlQuestions(term *terminal, c *caller) *cobra.Command {
	var ask control.Ask
	cmd := &cobra.Command{
		Use:   "questions [JOURNEY]",
		Short: "Prompts to ask the app with, by which requests are known at the providers",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				ask.Journey = args[0]
			}
			var raw json.RawMessage
			if err := c.call(cmd.Context(), "POST", "/v1/questions", ask, &raw); err != nil {
				return c.ended(err)
			}
			return c.show(term, raw, func(term *terminal, raw json.RawMessage) error {
				var all control.Questions
				if err := json.Unmarshal(raw, &all); err != nil {
					return &exit{code: exitTool, err: err}
				}
				for _, q := range all.Questions {
					fmt.Fprintf(term.out, "%s\t%s\n", q.Nonce, q.Prompt)
				}
				return nil
			})
		},
	}
	cmd.Flags().IntVarP(&ask.Count, "count", "n", 1, "how many, to `1000`")
	cmd.Flags().StringVar(&ask.Session, "session", "", "`ID` of who asks them all, one turn after the other")
	return cmd
}
