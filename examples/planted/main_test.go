package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
)

var update = flag.Bool("update", false, "write the table of traits into README.md")

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string // in what it says
	}{
		{"help", []string{"--help"}, 0, "see --list"},
		{"list", []string{"--list"}, 0, "failover_after=3s"},
		{"drill", []string{"--drill", "down"}, 0, "{provider: primary, kind: server_error}"},
		{"unknown drill", []string{"--drill", "up"}, 2, `unknown drill "up"; there are bad, `},
		{"unknown trait", []string{"--trait", "kind"}, 2, `unknown trait "kind"`},
		{"value", []string{"--trait", "failover_after=soon"}, 2, `trait "failover_after=soon": time: invalid duration "soon"`},
		{"no value", []string{"--trait", "raw_error=1"}, 2, `trait "raw_error" takes no value`},
		{"argument", []string{"down"}, 2, `unexpected argument "down"`},
		{"address", []string{"--listen", "nowhere"}, 1, "address nowhere: missing port"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if code := run(t.Context(), tt.args, func(string) string { return "" }, &out, &out); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("it says\n%s\nwant %s in it", out.String(), tt.want)
			}
		})
	}
}

// A hangup has the app forget, and an interrupt has it end.
func TestSignals(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"--listen", "127.0.0.1:0"}, func(string) string { return "" }, io.Discard, w)
		w.Close()
	}()
	log := bufio.NewReader(r)
	until := func(text string) {
		for {
			line, err := log.ReadString('\n')
			if err != nil {
				t.Fatalf("the log ended before %q: %v", text, err)
			}
			if strings.Contains(line, text) {
				return
			}
		}
	}
	until("listening")
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until("forgets what it knows")
	stop()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d, want 0", got)
	}
}

// The table in the README is that of the app.
func TestReadme(t *testing.T) {
	const begin, end = "<!-- traits -->\n", "<!-- end of traits -->\n"
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("README.md has no place for the table")
	}
	want := before + begin + "\n" + readmeTable() + "\n" + end + after
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(raw) {
		t.Error("the table in README.md is not that of the traits; go test ./examples/planted -run Readme -update")
	}
}

func readmeTable() string {
	var b strings.Builder
	b.WriteString("| trait | the app … | drill | the card must show |\n|---|---|---|---|\n")
	for _, tr := range app.Traits() {
		var shows []string
		for _, code := range tr.Findings {
			shows = append(shows, "**"+code+"**")
		}
		for _, f := range tr.Figures {
			shows = append(shows, f.String())
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", tr.Flag(), tr.Does, tr.Drill, strings.Join(shows, ", "))
	}
	b.WriteString("\n| drill | what happens for 22 s |\n|---|---|\n")
	for _, d := range app.Drills() {
		fmt.Fprintf(&b, "| %s | %s |\n", d.Name, d.About)
	}
	return b.String()
}
