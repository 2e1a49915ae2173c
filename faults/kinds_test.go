package faults_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

var update = flag.Bool("update", false, "write the .out files anew")

// A performance is a file of testdata: a fault that takes every request, the
// request, and when its client leaves. The .out file beside it holds every byte
// of the answer and when it came, and what the injector reported.
type performance struct {
	Kind   string
	Params map[string]any
	At     struct {
		Place string
		Token int
		Share float64
	}
	Arrive string // since the window's beginning, which lasts 100 s; default 0s
	Stream bool
	Path   string // default /chat
	Before int    // so many attempts of the same nonce come first
	Leave  string // default 2m
}

func TestPerformances(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no performances in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := perform(t, readPerformance(t, file))
				out := strings.TrimSuffix(file, ".json") + ".out"
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
					t.Errorf("%s (-want +got):\n%s", out, diff)
				}
			})
		})
	}
}

// TestEveryKindIsPerformed keeps a new row from going untested.
func TestEveryKindIsPerformed(t *testing.T) {
	for _, k := range faults.Kinds() {
		files, _ := filepath.Glob("testdata/" + k.Name + "*.json")
		if len(files) == 0 && !elsewhere(k) {
			t.Errorf("no file testdata/%s*.json performs kind %q", k.Name, k.Name)
		}
		for _, file := range files {
			if p := readPerformance(t, file); !strings.HasPrefix(filepath.Base(file), p.Kind) {
				t.Errorf("%s performs %q", file, p.Kind)
			}
		}
	}
}

// elsewhere says whether a kind is no single request's: such kinds have tests of
// their own.
func elsewhere(k faults.Kind) bool {
	f := faults.Fault{Kind: k.Name}
	return k.Family == "load" || f.Transport() || f.TLS()
}

func readPerformance(t *testing.T, file string) performance {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	p := performance{Arrive: "0s", Path: "/chat", Leave: "2m"}
	if err := d.Decode(&p); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return p
}

// perform plays p and tells what the client and the injector's owner saw.
func perform(t *testing.T, p performance) string {
	fault := &faults.Fault{Key: "it", Kind: p.Kind, Providers: []string{"primary"}, Share: faults.Share{From: 1, To: 1}, At: faults.At(p.At)}
	fault.Params = params(t, p)
	if problems := fault.Check(); problems != nil {
		t.Fatal(problems)
	}
	start := time.Now().Add(-duration(t, p.Arrive))
	arrived := time.Now()
	var hits strings.Builder
	in := faults.New(http.HandlerFunc(poem), plain{}, faults.Options{
		Slow:    withTempo,
		Content: withDefect,
		Hit: func(r *http.Request, h faults.Hit) {
			fmt.Fprintf(&hits, "%-6s hit %s on %s at %s", time.Since(arrived), h.Kind, r.URL.Path, h.At)
			if h.RetryAfter != nil {
				fmt.Fprintf(&hits, ", retry after %v, date: %v", *h.RetryAfter, h.RetryAfterDate)
			}
			fmt.Fprintln(&hits)
		},
	})
	in.Play(start, []faults.Window{{Fault: fault, Provider: "primary", To: 100 * time.Second}})
	s := serve(t.Context(), in)
	request := "POST " + p.Path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
	if p.Stream {
		request += "X-Stream: yes\r\n"
	}
	if p.Before > 0 {
		request += "X-Nonce: lofimake\r\n"
	}
	for range p.Before {
		s.talk(request+"\r\n{}", duration(t, p.Leave))
	}
	synctest.Wait()
	hits.Reset()
	arrived = time.Now()
	seen := s.talk(request+"\r\n{}", duration(t, p.Leave))
	synctest.Wait()
	_ = s.server.Close()
	return seen + hits.String()
}

func params(t *testing.T, p performance) faults.Params {
	read := faults.Params{}
	for _, k := range faults.Kinds() {
		for _, param := range k.Params {
			v, ok := p.Params[param.Name]
			if k.Name == p.Kind && ok {
				read[param.Name] = value(t, param.Type, v)
			}
		}
	}
	return read
}

// value gives v, as JSON has it, the Go type of a parameter.
func value(t *testing.T, as faults.ParamType, v any) any {
	switch as {
	case faults.Duration:
		return duration(t, v.(string))
	case faults.Status, faults.Count:
		return int(v.(float64))
	case faults.Word, faults.Portion:
		return v
	case faults.Factor:
		var s faults.Slow
		b, _ := json.Marshal(v)
		if err := json.Unmarshal(b, &s); err != nil {
			t.Fatal(err)
		}
		return s
	case faults.RetryAfter:
		form, span, _ := strings.Cut(v.(string), " ")
		if form == "none" {
			return faults.Wait{Form: form}
		}
		if form == "escalate" {
			w := faults.Wait{Form: form}
			for step := range strings.FieldsSeq(span) {
				w.Steps = append(w.Steps, duration(t, step))
			}
			return w
		}
		return faults.Wait{For: duration(t, span), Form: form}
	}
	t.Fatalf("no way to read a %s", as)
	return nil
}

func duration(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Words that people have for kinds lead to kinds that there are, and are none themselves.
func TestMeantKinds(t *testing.T) {
	names := map[string]bool{}
	for _, k := range faults.Kinds() {
		names[k.Name] = true
	}
	for word, kind := range faults.Meant() {
		if !names[kind] || names[word] {
			t.Errorf("%q is said to mean %q", word, kind)
		}
	}
}
