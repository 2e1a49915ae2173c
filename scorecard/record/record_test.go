package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// golden is the log of a whole drill, as the tests of package scorecard make it.
func golden(t testing.TB) []byte {
	t.Helper()
	log, err := os.ReadFile("../testdata/golden.log.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// goldenLines are the lines of the golden log, which are of every kind but course.
func goldenLines(t testing.TB) []record.Line {
	t.Helper()
	var lines []record.Line
	for e, err := range record.Read(bytes.NewReader(golden(t))) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e.Line)
	}
	return lines
}

// written gives lines as the writer writes them.
func written(t testing.TB, lines []record.Line) []byte {
	t.Helper()
	var b bytes.Buffer
	w := record.NewWriter(&b)
	for _, l := range lines {
		if err := w.Write(l); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// read gives what Read yields, one string a line: "2 user", "3: error".
func read(r io.Reader) []string {
	var got []string
	for e, err := range record.Read(r) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, fmt.Sprintf("%d %s", e.No, e.Line.Kind))
	}
	return got
}

func TestRead(t *testing.T) {
	const user = `{"t":1,"kind":"user","user":{"n":0,"journey":"chat","nonce":"ba","due_s":0.5}}` + "\n"
	for _, tt := range []struct {
		name string
		log  string
		want []string
	}{
		{"nothing", "", nil},
		{"empty lines", "\n \n\r\n" + user, []string{"4 user"}},
		{"windows line ends", strings.ReplaceAll(user+user, "\n", "\r\n"), []string{"1 user", "2 user"}},
		{"no end on the last line", user + strings.TrimSpace(user), []string{"1 user", "2 user"}},
		{"cut off", user + user[:30], []string{"1 user", "line 2 is cut off"}},
		{"foreign line", "panic: oh no\n" + user, []string{"line 1: invalid character 'p' looking for beginning of value", "2 user"}},
		{"no kind", "{}\n" + user, []string{`line 1: "" is no kind of line`, "2 user"}},
		{"a struck connection", `{"t":3,"kind":"conn","conn":{"provider":"primary","opened_s":1,"struck_s":1.5,"ended_s":2.5,"fault":"hole/blackhole","fault_kind":"blackhole","fault_at":"request","unheard":412}}` + "\n", []string{"1 conn"}},
		{"a connection without its content", `{"kind":"conn"}` + "\n", []string{`line 1: a line of kind "conn" holds something else`}},
		{"a connection that is none", `{"kind":"conn","conn":{"unheard":"much"}}` + "\n" + user, []string{"line 1: json: cannot unmarshal string into Go struct field Conn.conn.unheard of type int", "2 user"}},
		{"a connection and an attempt", `{"kind":"conn","conn":{},"attempt":{}}` + "\n", []string{`line 1: a line of kind "conn" holds something else`}},
		{"kind without its content", `{"kind":"mark"}` + "\n", []string{`line 1: a line of kind "mark" holds something else`}},
		{"two contents", `{"kind":"mark","mark":{},"end":{}}` + "\n", []string{`line 1: a line of kind "mark" holds something else`}},
		{"too long", `{"x":"` + strings.Repeat("x", 1<<20) + "\"}\n" + user, []string{"line 1: longer than 1048576 bytes", "2 user"}},
		{"too long and cut", user + strings.Repeat("x", 1<<20+2), []string{"1 user", "line 2: longer than 1048576 bytes"}},
		{"no schema", `{"kind":"setup","setup":{}}` + "\n" + user, []string{"line 1: schema 0 is none", "2 user"}},
		{"newer", user + `{"kind":"setup","setup":{"schema":2}}` + "\n" + user, []string{"1 user", "line 2: schema 2, this version reads up to 1: written by a newer version of brownout"}},
		{"newer, in another shape", `{"kind":"setup","setup":{"schema":2,"phases":{"a":1}}}` + "\n" + user, []string{"line 1: schema 2, this version reads up to 1: written by a newer version of brownout"}},
		{"unknown keys", `{"kind":"mark","mark":{"kind":"x","later":1},"more":2}` + "\n", []string{"1 mark"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(strings.NewReader(tt.log))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.want, read(iotest.OneByteReader(strings.NewReader(tt.log)))); diff != "" && len(tt.log) < 1000 {
				t.Errorf("byte by byte: %s", diff)
			}
		})
	}
}

func TestReadStops(t *testing.T) {
	for range record.Read(strings.NewReader("{}\n{}\n")) {
		break
	}
	broken := iotest.ErrReader(errors.New("disk on fire"))
	if diff := cmp.Diff([]string{"line 1: disk on fire"}, read(broken)); diff != "" {
		t.Error(diff)
	}
	newer := strings.NewReader(`{"kind":"setup","setup":{"schema":2}}`)
	for _, err := range record.Read(newer) {
		if !errors.Is(err, record.ErrNewer) {
			t.Errorf("a newer log: %v", err)
		}
	}
}

// Whatever the writer takes, the reader gives back.
func TestWriterAndReader(t *testing.T) {
	lines := goldenLines(t)
	i := 0
	for e, err := range record.Read(bytes.NewReader(written(t, lines))) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines[i], e.Line); diff != "" || e.No != i+1 {
			t.Fatalf("line %d as number %d: %s", i+1, e.No, diff)
		}
		i++
	}
	if i != len(lines) {
		t.Errorf("read %d lines of %d", i, len(lines))
	}
}

func TestWriterRefuses(t *testing.T) {
	w := record.NewWriter(io.Discard)
	for _, l := range []record.Line{
		{},
		{Kind: "user"},
		{Kind: "user", Mark: &record.Mark{}},
		{Kind: "guess", Mark: &record.Mark{}},
		{Kind: "user", User: &record.User{}, Mark: &record.Mark{}},
		{Kind: "user", User: &record.User{Excerpt: strings.Repeat("x", 1<<20)}},
	} {
		if err := w.Write(l); err == nil {
			t.Errorf("a line of kind %q with the wrong content was written", l.Kind)
		}
	}
}

// A writer may be shared, and puts each line down in one write.
func TestWriterIsConcurrent(t *testing.T) {
	var out lineCounter
	w := record.NewWriter(&out)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if err := w.Write(record.Line{Kind: "user", User: &record.User{N: i}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if out.whole != 50 || out.torn != 0 {
		t.Errorf("%d whole lines and %d torn ones, want 50 and 0", out.whole, out.torn)
	}
}

// lineCounter counts writes that are one whole line. It is not safe for
// concurrent use, which the race detector would tell.
type lineCounter struct{ whole, torn int }

func (c *lineCounter) Write(b []byte) (int, error) {
	if bytes.Count(b, []byte("\n")) == 1 && b[len(b)-1] == '\n' {
		c.whole++
	} else {
		c.torn++
	}
	return len(b), nil
}

// Sorting goes by the moment of writing, keeps what is of one moment as it stands,
// and puts what is no line first.
func TestSort(t *testing.T) {
	const log = `{"t":2,"kind":"mark","mark":{"kind":"note","at_s":0}}` + "\n" +
		"no line\n" +
		`{"t":1,"kind":"mark","mark":{"kind":"note","at_s":0}}` + "\n" +
		`{"t":2,"kind":"phase","phase":{"name":"calm"}}` + "\n"
	var got []int
	for e, err := range record.Sort(record.Read(strings.NewReader(log))) {
		if bad := (*record.LineError)(nil); errors.As(err, &bad) {
			got = append(got, -bad.No)
			continue
		}
		got = append(got, e.No)
	}
	if diff := cmp.Diff([]int{-2, 3, 1, 4}, got); diff != "" {
		t.Error(diff)
	}
}
