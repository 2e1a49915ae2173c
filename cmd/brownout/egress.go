package main

import "github.com/spf13/cobra"

// egress is what the flags say about what an app that brownout starts may call.
type egress struct {
	unguarded bool
}

func (e *egress) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&e.unguarded, "no-guard", false, "let an app that brownout starts call real providers")
}
