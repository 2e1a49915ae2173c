package reply_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// event is an event that stays as it is.
type event struct{ Name, Data string }

func collect(r io.Reader) (events []event, err error) {
	for e, err := range reply.Events(r) {
		if err != nil {
			return events, err
		}
		events = append(events, event{e.Name, string(e.Data)})
	}
	return events, nil
}

func TestEvents(t *testing.T) {
	for _, test := range []struct {
		name, stream string
		want         []event
	}{
		{"empty", "", nil},
		{"one", "data: a\n\n", []event{{"message", "a"}}},
		{"named", "event: reset\ndata: {}\n\n", []event{{"reset", "{}"}}},
		{"name after the data", "data: a\nevent: x\n\n", []event{{"x", "a"}}},
		{"the last name counts, for one event", "event: x\nevent: y\ndata: a\n\ndata: b\n\n", []event{{"y", "a"}, {"message", "b"}}},
		{"lines", "data: a\ndata:\ndata: b\n\n", []event{{"message", "a\n\nb"}}},
		{"one space is taken", "data:a\ndata:  b\n\n", []event{{"message", "a\n b"}}},
		{"colons", "data: a: b:\n\n", []event{{"message", "a: b:"}}},
		{"field alone", "data\n\n", []event{{"message", ""}}},
		{"name without data", "event: ping\n\ndata: a\n\n", []event{{"message", "a"}}},
		{"comments and unknown fields", ": hi\n\n:\nid: 1\nretry: 5\nfoo: bar\n data: x\ndata: a\n\n", []event{{"message", "a"}}},
		{"blank lines", "\n\n\ndata: a\n\n\n\n", []event{{"message", "a"}}},
		{"carriage returns", "data: a\rdata: b\r\rdata: c\r\r", []event{{"message", "a\nb"}, {"message", "c"}}},
		{"both", "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", []event{{"message", "a\nb"}, {"message", "c"}}},
		{"mixed", "data: a\r\ndata: b\n\rdata: c\n\n", []event{{"message", "a\nb"}, {"message", "c"}}},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n", []event{{"message", "a"}}},
		{"byte order mark later", "data: a\n\n\xef\xbb\xbfdata: b\n\n", []event{{"message", "a"}}},
		{"unfinished", "data: a\n\ndata: b\n", []event{{"message", "a"}}},
		{"unfinished line", "data: a\n\ndata: b", []event{{"message", "a"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(test.stream), iotest.OneByteReader(strings.NewReader(test.stream))} {
				got, err := collect(r)
				if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
					t.Errorf("events (-want +got):\n%s\nerror: %v", diff, err)
				}
			}
		})
	}
}

// An event is told before a byte more is asked for, whatever ends its lines.
func TestEventDoesNotWaitForMore(t *testing.T) {
	for _, stream := range []string{"data: a\n\n", "data: a\r\r", "data: a\r\n\r"} {
		r := io.MultiReader(strings.NewReader(stream), iotest.ErrReader(errors.New("asked for more")))
		for e, err := range reply.Events(r) {
			if err != nil || string(e.Data) != "a" {
				t.Errorf("%q: %q, %v", stream, e.Data, err)
			}
			break
		}
	}
}

func TestEventsAreBounded(t *testing.T) {
	const mib = 1 << 20
	long := "data: " + strings.Repeat("a", mib-6)
	for _, test := range []struct {
		name, stream string
		want         error
	}{
		{"line", long + "\n\n", nil},
		{"line too long", long + "a\n\n", reply.ErrTooLong},
		{"line without end", long + "a", reply.ErrTooLong},
		{"event", long + "\ndata: aaaaa\n\n", nil},
		{"event too long", long + "\ndata: aaaaaa\n\n", reply.ErrTooLong},
	} {
		if _, err := collect(strings.NewReader(test.stream)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestEventsEndWithTheReadersError(t *testing.T) {
	r := io.MultiReader(strings.NewReader("data: a\n\ndata: b\n"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if got, err := collect(r); !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
}

// What is read does not hang on how it arrives, nor on what ends its lines; and
// what was read and written again is read the same.
func FuzzEvents(f *testing.F) {
	for _, stream := range []string{
		"data: a\n\n", "\xef\xbb\xbfevent: x\r\ndata: a\r\ndata\r\n\r\n", "data: a\r\r:\n\ndata: b\n\n", "data: [DONE]\n\nid", "\r\n\r", "data\n\n",
	} {
		f.Add(stream)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		want, err := collect(strings.NewReader(stream))
		if err != nil && !errors.Is(err, reply.ErrTooLong) {
			t.Fatal(err)
		}
		var again strings.Builder
		for _, e := range want {
			again.WriteString("event: " + e.Name + "\n")
			for line := range strings.SplitSeq(e.Data, "\n") {
				again.WriteString("data: " + line + "\n")
			}
			again.WriteString("\n")
		}
		torn, _ := collect(iotest.OneByteReader(strings.NewReader(stream)))
		rewritten, _ := collect(strings.NewReader(again.String()))
		crlf, _ := collect(strings.NewReader(strings.ReplaceAll(again.String(), "\n", "\r\n")))
		for name, got := range map[string][]event{"torn": torn, "rewritten": rewritten, "with CRLF": crlf} {
			if !slices.Equal(want, got) {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	})
}

func BenchmarkEvents(b *testing.B) {
	stream := strings.Repeat("data: {\"delta\":\"some words \"}\n\n", 1000)
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range reply.Events(strings.NewReader(stream)) {
			n++
		}
		if n != 1000 {
			b.Fatalf("%d events", n)
		}
	}
}
