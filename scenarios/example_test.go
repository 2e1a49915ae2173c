package scenarios_test

import (
	"fmt"
	"os"
	"testing/fstest"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// A scenario with two mistakes: both are reported, with place and remedy.
func ExampleLoad() {
	files := fstest.MapFS{"bot.drill.yaml": {Data: []byte(`version: 1
name: bot
providers:
  primary: {dialect: opnai}
traffic:
  target: http://127.0.0.1:8000
  journeys:
    chat: {rate: 20, request: {path: /chat, json: {message: "{{prompt}}"}}}
phases:
  - {name: baseline, for: 30s}
`)}}
	plan, problems := scenarios.Load("bot.drill.yaml", scenarios.Options{FS: files})
	if err := scenarios.Print(os.Stdout, problems); err != nil {
		fmt.Println(err)
	}
	fmt.Println("plan:", plan)
	// Output:
	// bot.drill.yaml:4:22: dialect is "opnai"; did you mean "openai"? [unknown-word]
	//     4 |   primary: {dialect: opnai}
	//       |                      ^~~~~
	//       allowed: openai, anthropic, azure-openai, gemini, tools
	// bot.drill.yaml:8:18: rate is "20" without a unit; allowed: a rate, like 20/s or 600/min [no-unit]
	//     8 |     chat: {rate: 20, request: {path: /chat, json: {message: "{{prompt}}"}}}
	//       |                  ^~
	// plan: <nil>
}
