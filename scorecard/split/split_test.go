package split_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/split"
)

const (
	setup = `{"t":0,"kind":"setup","setup":{"schema":1,"scenario":{"name":"one","hash":"abc","seed":7},"started_at":"2026-05-04T10:00:00Z","length_s":60}}`
	done  = `{"t":61,"kind":"end","end":{"reason":"done","sender_late_p99_s":0.002,"sender_late_max_s":0.003}}`
)

func source(name string, lines ...string) split.Source {
	log := strings.Join(lines, "\n") + "\n"
	return split.Source{Name: name, Read: func() iter.Seq2[record.Entry, error] {
		return record.Read(strings.NewReader(log))
	}}
}

// user is a request that was answered whole, sent and ended by the users' clock.
func user(n int, sent, ended float64) string {
	return fmt.Sprintf(`{"t":%[3]g,"kind":"user","user":{"n":%[1]d,"journey":"chat","nonce":"word%[1]d","due_s":%[2]g,"sent_s":%[2]g,"ended_s":%[3]g,`+
		`"how":"complete","status":200,"answer":{"complete":true,"nonces":["word%[1]d"]}}}`, n, sent, ended)
}

// attempt is what became of it at the provider, by the provider's clock.
func attempt(n int, arrived, ended float64) string {
	return fmt.Sprintf(`{"t":%[3]g,"kind":"attempt","attempt":{"provider":"primary","dialect":"openai","endpoint":"chat","nonce":"word%[1]d","nth":1,`+
		`"arrived_s":%[2]g,"ended_s":%[3]g,"status":200,"finish":"stop"}}`, n, arrived, ended)
}

func TestJoinedLogIsInOrder(t *testing.T) {
	phase := `{"t":0,"kind":"phase","phase":{"name":"baseline"}}`
	joined, err := split.Join([]split.Source{
		source("mocks", setup, phase, attempt(1, 1.2, 1.8), attempt(2, 2.2, 2.8), `{"t":61,"kind":"end","end":{"reason":"done"}}`),
		source("users", setup, phase, user(1, 1, 2), "not ours", user(2, 2, 3), done),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for e, err := range joined {
		what := e.Line.Kind
		if _, bad := errors.AsType[*record.LineError](err); bad {
			what = "strange"
		}
		if e.Line.End != nil {
			what += fmt.Sprintf(" %s, late %v", e.Line.End.Reason, e.Line.End.SenderLateMax.Duration())
		}
		got = append(got, fmt.Sprintf("%d %s", e.No, what))
	}
	want := []string{"1 setup", "2 phase", "3 attempt", "4 user", "5 strange", "6 attempt", "7 user", "8 end done, late 3ms"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotJoined(t *testing.T) {
	other := strings.Replace(setup, `"seed":7`, `"seed":8`, 1)
	later := strings.Replace(setup, "10:00:00Z", "10:00:01Z", 1)
	for want, logs := range map[string][]split.Source{
		`a played "one" with seed 7 (abc), b played "one" with seed 8 (abc)`: {source("a", setup, user(1, 1, 2)), source("b", other, attempt(1, 1, 2))},
		"a began at 2026-05-04T10:00:00Z, b at 2026-05-04T10:00:01Z":         {source("a", setup, user(1, 1, 2)), source("b", later, attempt(1, 1, 2))},
		"b has no setup line: what wrote it never began":                     {source("a", setup, user(1, 1, 2)), source("b", attempt(1, 1, 2))},
		"the timeline of a was changed while it was played, and the others went on as planned": {
			source("a", setup, user(1, 1, 2), `{"t":3,"kind":"course","course":{"state":2,"action":"hold","actor":"lead","phases":[],"windows":[],"length_s":90}}`),
			source("b", setup, attempt(1, 1, 2)),
		},
		"none of the logs holds users' requests":                     {source("a", setup, attempt(1, 1, 2)), source("b", setup, attempt(2, 1, 2))},
		"a and b both hold users' requests, which would count twice": {source("a", setup, user(1, 1, 2)), source("b", setup, user(1, 1, 2))},
	} {
		_, err := split.Join(logs)
		if !errors.Is(err, split.ErrUnlike) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
}

// A drill is as whole as its least whole half.
func TestJoinedEnd(t *testing.T) {
	stopped := strings.Replace(done, "done", "interrupted", 1)
	for want, ends := range map[string][2]string{"done": {done, done}, "interrupted": {stopped, done}, "none": {done, ""}} {
		joined, err := split.Join([]split.Source{source("a", setup, user(1, 1, 2), ends[0]), source("b", setup, attempt(1, 1, 2), ends[1])})
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		for e := range joined {
			if e.Line.End != nil {
				got = e.Line.End.Reason
			}
		}
		if got != want {
			t.Errorf("ends %q make %s, want %s", ends, got, want)
		}
	}
}

// The providers' clock is 3 s ahead: it is found within the bounds that the fastest
// of the ways set, whatever slow requests and those tried twice would say.
func TestSkewIsMeasured(t *testing.T) {
	const ahead = 3
	users := []string{setup}
	mocks := []string{setup}
	for n := range 50 {
		sent, way := float64(n), 0.01*float64(1+n%7)
		users = append(users, user(n, sent, sent+0.5+2*way))
		mocks = append(mocks, attempt(n, sent+way+ahead, sent+way+0.5+ahead))
	}
	// An attempt that outlives its user's patience, and one that a retry hides.
	users = append(users, user(60, 50, 50.1), user(61, 51, 51.1))
	users = append(users, done)
	mocks = append(mocks, attempt(60, 53.05, 58), attempt(60, 53.02, 53.05), attempt(61, 40, 41), attempt(61, 54.01, 54.05), done)
	joined, err := split.Join([]split.Source{source("users", users...), source("mocks", mocks...)})
	if err != nil {
		t.Fatal(err)
	}
	for e := range joined {
		s := e.Line.Setup
		if s == nil {
			continue
		}
		want := &record.Split{Logs: 2, Requests: 50, AheadLow: record.Of(2990 * time.Millisecond), AheadHigh: record.Of(3010 * time.Millisecond)}
		near := cmp.Comparer(func(a, b record.Seconds) bool { return (a - b).Duration().Abs() < time.Microsecond })
		if diff := cmp.Diff(want, s.Split, near); diff != "" {
			t.Errorf("skew (-want +got):\n%s", diff)
		}
	}
	card, err := scorecard.Judge(joined)
	if err != nil {
		t.Fatal(err)
	}
	if card.Verdict != scorecard.Inconclusive || !strings.Contains(strings.Join(card.Reasons, "\n"), "are 2.99 s apart") {
		t.Errorf("with clocks 3 s apart it is %v: %q", card.Verdict, card.Reasons)
	}
	if !strings.Contains(strings.Join(card.Limits, "\n"), "by 50 requests the providers' clock is between 2.99 s and 3.01 s ahead") {
		t.Errorf("the limits are silent about the clocks: %q", card.Limits)
	}
}
