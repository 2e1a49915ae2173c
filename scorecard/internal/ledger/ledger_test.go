package ledger_test

import (
	"errors"
	"iter"
	"os"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// golden are the entries of the log that the tests of package scorecard make.
func golden(t *testing.T) []record.Entry {
	t.Helper()
	file, err := os.Open("../../testdata/golden.log.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var entries []record.Entry
	for e, err := range record.Read(file) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

func read(t *testing.T, entries []record.Entry) *ledger.Ledger {
	t.Helper()
	var log iter.Seq2[record.Entry, error] = func(yield func(record.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
	l, err := ledger.Read(log)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// fate is what a visit came to, in words.
type fate struct {
	N                    int32
	Journey, From, Phase string
	Outcome              string
	Tries                []int32 // by the lines of its attempts
}

func fates(l *ledger.Ledger) []fate {
	var all []fate
	for _, v := range l.Counted {
		f := fate{N: v.N, Journey: l.Journeys.Word(v.Journey), From: l.Providers.Word(v.From), Phase: l.PhaseName(v.Phase), Outcome: v.Name()}
		for _, k := range l.TriesOf(v) {
			f.Tries = append(f.Tries, l.Attempts[k].Line)
		}
		all = append(all, f)
	}
	return all
}

// Every line of a whole drill is taken in, both sides are joined, and each request
// stands once, by when it was due.
func TestReadJoinsBothSides(t *testing.T) {
	entries := golden(t)
	l := read(t, entries)
	users, attempts := 0, 0
	for _, e := range entries {
		switch {
		case e.Line.User != nil:
			users++
		case e.Line.Attempt != nil:
			attempts++
		}
	}
	if len(l.Visits) != users || len(l.Attempts) != attempts || l.Strange != 0 {
		t.Errorf("%d visits and %d attempts, %d strange lines; the log has %d and %d", len(l.Visits), len(l.Attempts), l.Strange, users, attempts)
	}
	if !slices.IsSortedFunc(l.Visits, func(a, b ledger.Visit) int { return int(a.Due - b.Due) }) {
		t.Error("visits do not stand by when they were due")
	}
	if l.Join.Attempts != attempts || l.Join.ByNonce != attempts || l.Join.Share != 1 {
		t.Errorf("joined %+v, want all %d attempts by their nonce", l.Join, attempts)
	}
	joined := 0
	for i := range l.Visits {
		for _, k := range l.TriesOf(&l.Visits[i]) {
			if l.Attempts[k].Visit != int32(i) {
				t.Errorf("visit %d has attempt %d, which is of visit %d", i, k, l.Attempts[k].Visit)
			}
			joined++
		}
	}
	if joined != attempts {
		t.Errorf("%d attempts belong to visits, want %d", joined, attempts)
	}
}

// The order of the lines says nothing.
func TestReadInAnyOrder(t *testing.T) {
	entries := golden(t)
	want := fates(read(t, entries))
	slices.Reverse(entries)
	if diff := cmp.Diff(want, fates(read(t, entries))); diff != "" {
		t.Errorf("the last line first (-as written +reversed):\n%s", diff)
	}
}

func TestReadStops(t *testing.T) {
	broken := errors.New("disk on fire")
	if _, err := ledger.Read(record.Read(iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}
