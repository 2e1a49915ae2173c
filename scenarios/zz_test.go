package scenarios_test

import (
	"os"
	"testing"
	"fmt"

	"github.com/seed-76a9de92/brownout/scenarios"
)

func TestZZ(t *testing.T) {
	for _, have := range []bool{true, false} {
		p, d := scenarios.Load("ai-brownout", scenarios.Options{HaveApp: have})
		scenarios.Print(os.Stdout, d)
		if p != nil {
			for _, w := range p.Windows { fmt.Println(w.Fault.Key, w.From, w.To, w.Fault.Params) }
			for _, w := range p.Phases { fmt.Println(w) }
			fmt.Println(string(p.Resolved))
		}
	}
}
