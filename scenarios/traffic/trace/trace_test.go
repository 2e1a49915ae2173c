package trace_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/trace"
)

var update = flag.Bool("update", false, "write the .out files anew")

// told is what a file came to, in lines.
func told(file string, data []byte) string {
	t, problems := trace.Read(bytes.NewReader(data))
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s:%d: %s\n", file, p.Line, p.Text)
		if p.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", p.Hint)
		}
	}
	if len(problems) == 0 {
		fmt.Fprintf(&b, "%s, %d requests in %v, %d late\n%s", t.Format, len(t.Requests), t.Lasts(), t.Late, trace.Write(t.Requests))
	}
	return b.String()
}

// A case is a trace and, in NAME.out, what it came to.
func TestPairs(t *testing.T) {
	for _, dir := range []string{"ok", "bad"} {
		files, err := filepath.Glob(filepath.Join("testdata", dir, "*.*"))
		if err != nil {
			t.Fatal(err)
		}
		files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, ".out") })
		if len(files) == 0 {
			t.Errorf("no case in %s", dir)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := told(filepath.Base(file), data)
			out := strings.TrimSuffix(file, filepath.Ext(file)) + ".out"
			if *update {
				if err := os.WriteFile(out, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		}
	}
}

// The same traffic is the same in every format.
func TestFormatsAgree(t *testing.T) {
	want := []trace.Request{
		{Tokens: length.Tokens{In: 374, Out: 44}},
		{At: 4314 * time.Millisecond, Tokens: length.Tokens{In: 396, Out: 109}},
		{At: 65 * time.Second, Tokens: length.Tokens{In: 12, Out: 1}},
	}
	for format, text := range map[string]string{
		"ndjson":   "{\"timestamp\": 27000, \"input_length\": 374, \"output_length\": 44, \"hash_ids\": [1, 2]}\n{\"timestamp\": 31314.0, \"input_length\": 396, \"output_length\": 109}\n{\"timestamp\": 92000, \"input_length\": 12, \"output_length\": 1}\n",
		"azure":    "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:59:46.6805900,374,44\r\n2023-11-16 18:59:50.9945900,396,109\r\n2023-11-16 19:00:51.6805900,12,1\r\n",
		"burstgpt": "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,374,44,418,Conversation log\n9.314,ChatGPT,396,109,505,API log\n70,GPT-4,12,1,13,API log\n",
	} {
		got, problems := trace.Read(strings.NewReader(text))
		if len(problems) > 0 || got.Format != format {
			t.Errorf("%s: read as %q with %v", format, got.Format, problems)
		}
		if diff := cmp.Diff(want, got.Requests); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

// What is too much is refused before it is in memory.
func TestBounds(t *testing.T) {
	const head, line = "TIMESTAMP,ContextTokens,GeneratedTokens\n", "2023-11-16 18:15:46,1,1\n"
	for what, data := range map[string]string{
		"more than 500000 requests": head + strings.Repeat(line, trace.MaxRequests+1),
		"a line of more than 1 MiB": head + line + strings.Repeat("7", 2<<20),
	} {
		if _, problems := trace.Read(strings.NewReader(data)); len(problems) != 1 || problems[0].Text != what {
			t.Errorf("%s: %v", what, problems)
		}
	}
	if _, problems := trace.Read(endless(strings.Repeat(" ", 60<<10) + "\n")); len(problems) != 1 || problems[0].Text != "more than 64 MiB" {
		t.Errorf("endless: %v", problems)
	}
}

// endless is a line again and again.
type endless string

func (e endless) Read(p []byte) (int, error) { return copy(p, e), nil }

// Whatever is read is in order, within bounds, and reads the same when written.
func FuzzRead(f *testing.F) {
	for _, format := range trace.Formats() {
		f.Add([]byte(format.Example + "\n"))
	}
	f.Add([]byte("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:45,1,1\n"))
	f.Add([]byte("{\"timestamp\": 1e3, \"input_length\": 1, \"output_length\": 0, \"journey\": \"chat\"}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, problems := trace.Read(bytes.NewReader(data))
		if len(problems) > 0 {
			return
		}
		last := time.Duration(0)
		for i, r := range got.Requests {
			if r.At < last || i == 0 && r.At != 0 || r.In < 0 || r.In > length.Most || r.Out < 0 || r.Out > length.Most {
				t.Fatalf("request %d: %+v", i, r)
			}
			last = r.At
		}
		again, problems := trace.Read(bytes.NewReader(trace.Write(got.Requests)))
		if diff := cmp.Diff(got.Requests, again.Requests); len(problems) > 0 || diff != "" {
			t.Fatalf("written: %v\n%s", problems, diff)
		}
	})
}
