package scorecard_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A log cut at any byte, as by kill -9, does not pass, and no request that was
// lost with the rest makes for a grade.
func TestCutAnywhere(t *testing.T) {
	d := synth.New("calm 6", "surge 4", "after 6")
	d.Bar("availability", "min", 0.5, "")
	d.Fault("surge", "primary", "server_error", 0.9)
	log := d.Play(synth.Resilient)
	if card := synth.Judge(t, log); card.Verdict != scorecard.Pass {
		t.Fatalf("the whole log is %v: %s", card.Verdict, card.Sentence)
	}
	end := bytes.LastIndex(bytes.TrimSuffix(log, []byte("\n")), []byte("\n")) + 1
	at := []int{0, 1, end - 1, end, end + 1, len(log) - 2}
	for i := 7; i < end; i += 997 * raceFactor {
		at = append(at, i)
	}
	for _, n := range at {
		card := synth.Judge(t, log[:n])
		if card.Verdict == scorecard.Pass || card.Verdict == scorecard.Fail || card.Grade != "" {
			t.Errorf("cut after %d of %d bytes it is %v with grade %q", n, len(log), card.Verdict, card.Grade)
		}
		soundNumbers(t, card)
	}
	if card := synth.Judge(t, log[:len(log)-1]); card.Verdict != scorecard.Pass {
		t.Errorf("without its last line end it is %v", card.Verdict)
	}
}

// A drill that failed does not pass for being cut, wherever.
func TestCutFailure(t *testing.T) {
	log := goldenLog()
	if card := synth.Judge(t, log); card.Verdict != scorecard.Fail {
		t.Fatalf("the golden log is %v", card.Verdict)
	}
	for n := 0; n < len(log); n += 2999 * raceFactor {
		if card := synth.Judge(t, log[:n]); card.Verdict == scorecard.Pass {
			t.Errorf("cut after %d bytes it passes", n)
		}
	}
}

// Lines that are none of a log's change nothing but the limits, which name them.
func TestLinesThatAreNone(t *testing.T) {
	d := synth.Barred()
	log := d.Play(synth.Resilient)
	want := synth.Judge(t, log)
	lines := bytes.SplitAfter(log, []byte("\n"))
	for _, foreign := range []string{
		"panic: oh no",
		"\x00\x00\x00\x00",
		"\xff\xfe\x00{",
		`{"t":1,"kind":"user"}`,
		`{"t":1,"kind":"user","user":{"n":-1,"journey":"chat","nonce":"x","due_s":1}}`,
		`{"t":1,"kind":"user","user":{"n":99999999999999999999,"journey":"chat","nonce":"x","due_s":1}}`,
		`{"t":1,"kind":"user","user":{"n":7,"journey":"chat","nonce":"x","due_s":1e300}}`,
		`{"t":1,"kind":"user","user":{"n":7,"journey":"chat","nonce":"x","due_s":9e9}}`,
		`{"t":-9e9,"kind":"end","end":{"reason":"done"}}`,
		`{"t":1,"kind":"attempt","attempt":{"provider":"primary","arrived_s":1,"ended_s":"soon"}}`,
		`{"t":1,"kind":"conn","conn":{"provider":"primary","opened_s":1,"struck_s":2,"ended_s":3,"fault":"hole","unheard":"much"}}`,
		`{"t":1,"kind":"conn","conn":{"provider":"primary","opened_s":1,"struck_s":9e9,"ended_s":9e9,"fault":"hole"}}`,
		`{"t":1,"kind":"conn","conn":{"provider":"primary","opened_s":3,"struck_s":2,"ended_s":3,"fault":"hole"}}`,
		`{"t":1,"kind":"conn","conn":{"provider":"primary","opened_s":1,"struck_s":2,"ended_s":1.5,"fault":"hole"}}`,
		`{"t":1,"kind":"conn","conn":{"provider":"primary","opened_s":1,"struck_s":2,"ended_s":3,"fault":"hole","unheard":-1}}`,
		`{"t":1,"kind":"conn","conn":{"provider":"primary","opened_s":1,"struck_s":2,"ended_s":3}}`,
		`{"t":1,"kind":"conn","conn":{"opened_s":1,"struck_s":2,"ended_s":3,"fault":"hole"}}`,
		`[1,2,3]`,
		strings.Repeat("[", 20_000),
	} {
		name := foreign[:min(len(foreign), 40)]
		changed := slices.Insert(slices.Clone(lines), 3, []byte(foreign+"\n"))
		got := synth.Judge(t, bytes.Join(changed, nil))
		if limit := "1 line of the log is none of ours and was left out (line 4)"; !slices.Contains(got.Limits, limit) {
			t.Errorf("%q: limits %q, want %q among them", name, got.Limits, limit)
		}
		if got.Verdict != want.Verdict || got.Score == nil || *got.Score != *want.Score {
			t.Errorf("%q: %v, score %v; without it %v, %v", name, got.Verdict, got.Score, want.Verdict, want.Score)
		}
	}
}

// A line of any length is skipped without being held.
func TestLongLine(t *testing.T) {
	const long = 100 << 20 / raceFactor
	log := synth.Barred().Play(synth.Resilient)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	endless := io.LimitReader(zeros{}, long)
	card, err := scorecard.Judge(record.Read(io.MultiReader(bytes.NewReader(log), endless, strings.NewReader("\n"))))
	runtime.ReadMemStats(&after)
	if err != nil || card.Verdict != synth.Judge(t, log).Verdict {
		t.Fatalf("%v, %v", card, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > long {
		t.Errorf("judging it took %d MB", took>>20)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// Logs of two drills in one file prove nothing; those of one drill in two pieces
// that overlap are judged, and the card says what stands in them twice.
func TestMergedLogs(t *testing.T) {
	d := synth.Barred()
	log := d.Play(synth.Resilient)
	other := synth.Barred()
	other.Setup.Scenario.Name = "another"
	card := synth.Judge(t, append(bytes.Clone(log), other.Play(synth.PrimaryOnly)...))
	no := bytes.Count(log, []byte("\n")) + 1
	if want := fmt.Sprintf("line %d is another's setup", no); card.Verdict != scorecard.Inconclusive || !strings.Contains(card.Sentence, want) {
		t.Errorf("two drills are %v: %s", card.Verdict, card.Sentence)
	}
	lines := bytes.SplitAfter(log, []byte("\n"))
	again := bytes.Join(append(lines, lines[20:40]...), nil)
	card = synth.Judge(t, again)
	if want := "stand more than once in the log and count each time"; !strings.Contains(strings.Join(card.Limits, "\n"), want) {
		t.Errorf("limits %q do not say that lines stand twice", card.Limits)
	}
	if want := "more than 5 s out of order"; !strings.Contains(strings.Join(card.Limits, "\n"), want) {
		t.Errorf("limits %q do not say that lines are out of order", card.Limits)
	}
}

// A log that says both that it was done and that it was not, was not.
func TestTwoEnds(t *testing.T) {
	log := synth.Barred().Play(synth.Resilient)
	ends := []string{
		`{"t":75,"kind":"end","end":{"reason":"done","sender_late_p99_s":0,"sender_late_max_s":0}}`,
		`{"t":75,"kind":"end","end":{"reason":"interrupted","sender_late_p99_s":0,"sender_late_max_s":0}}`,
	}
	for range 2 {
		slices.Reverse(ends)
		both := append(bytes.Clone(log), strings.Join(ends, "\n")+"\n"...)
		if card := synth.Judge(t, both); card.Verdict != scorecard.Aborted {
			t.Errorf("%v", card.Verdict)
		}
	}
}

// Lines far out of order are counted, and give the same card but for that; sorted,
// the same card to the byte.
func TestFarOutOfOrder(t *testing.T) {
	log := goldenLog()
	want := synth.Judge(t, log)
	wantShown := synth.LessLines(want, log)
	lines := bytes.SplitAfter(bytes.TrimSuffix(log, []byte("\n")), []byte("\n"))
	lines[len(lines)-1] = append(bytes.Clone(lines[len(lines)-1]), '\n')
	luck := rand.New(rand.NewPCG(13, 14))
	luck.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	shuffled := bytes.Join(lines, nil)

	got := synth.Judge(t, shuffled)
	if len(got.Limits) != len(want.Limits)+1 || !strings.Contains(got.Limits[0], "more than 5 s out of order") {
		t.Errorf("limits %q", got.Limits)
	}
	got.Limits = want.Limits
	gotShown := synth.LessLines(got, shuffled)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantShown, gotShown); diff != "" {
		t.Errorf("evidence: %s", diff)
	}

	sorted, err := scorecard.Judge(record.Sort(record.Read(bytes.NewReader(shuffled))))
	if err != nil {
		t.Fatal(err)
	}
	synth.LessLines(sorted, shuffled)
	if diff := cmp.Diff(want, sorted); diff != "" {
		t.Errorf("sorted: %s", diff)
	}
}

// What judging allocates grows with the log and no faster.
func TestMemoryPerLine(t *testing.T) {
	perLine := func(repeats int) float64 {
		d := synth.New("calm 30", "surge 30", fmt.Sprint("after ", 60*repeats))
		d.Fault("surge", "primary", "server_error", 0.5)
		d.Journey("chat", 20)
		log := d.Play(synth.Resilient)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		synth.Judge(t, log)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc-before.TotalAlloc) / float64(bytes.Count(log, []byte("\n")))
	}
	few, many := perLine(1), perLine(16)
	if many > 1.25*few {
		t.Errorf("%.0f bytes a line of a short log, %.0f of one sixteen times as long", few, many)
	}
}
