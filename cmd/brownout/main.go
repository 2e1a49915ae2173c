// Command brownout rehearses the day an LLM provider fails: it stands up mock
// providers, plays a scripted outage on them, sends steady traffic through your
// own app and scores what its users got.
//
//	brownout demo
//	brownout run support.drill.yaml --with app.drill.yaml
//
// Commands are made by constructors in files of their own; start at run.
// stdout is the result, stderr the conversation.
package main

import (
	"context"
	"os"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }
