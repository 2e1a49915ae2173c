package scorecard_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

func TestReadCard(t *testing.T) {
	card, err := scorecard.ReadCard(strings.NewReader(`{"schema": 1, "verdict": "fail", "app": "x", "later": true}`))
	if err != nil || card.Verdict != scorecard.Fail || card.App != "x" {
		t.Errorf("got %+v, %v", card, err)
	}
}

func TestReadCardRefuses(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", "unexpected end"},
		{"half a card", `{"schema": 1, "verdict": "fa`, "unexpected end"},
		{"no JSON", "log", "invalid character"},
		{"no card", `{"name": "x"}`, "no scorecard"},
		{"no verdict", `{"schema": 1}`, "no scorecard"},
		{"a log line", `{"t": 0, "kind": "setup", "setup": {"schema": 1}}`, "no scorecard"},
		{"unknown verdict", `{"schema": 1, "verdict": "splendid"}`, `unknown verdict "splendid"`},
		{"two cards", `{"schema": 1, "verdict": "pass"}{}`, "after top-level"},
		{"wrong type", `{"schema": 1, "verdict": "pass", "bars": 3}`, "bars"},
	} {
		t.Run(c.name, func(t *testing.T) {
			card, err := scorecard.ReadCard(strings.NewReader(c.in))
			if card != nil || err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, record.ErrNewer) {
				t.Errorf("got %v, %v, want an error with %q", card, err, c.want)
			}
		})
	}
}

func TestReadCardNewer(t *testing.T) {
	for _, in := range []string{
		`{"schema": 2, "verdict": "pass"}`,
		`{"schema": 2, "verdict": "splendid", "bars": 3}`,
	} {
		if _, err := scorecard.ReadCard(strings.NewReader(in)); !errors.Is(err, record.ErrNewer) {
			t.Errorf("%s: %v, want ErrNewer", in, err)
		}
	}
}

func TestReadCardReadError(t *testing.T) {
	broken := errors.New("broken disk")
	if _, err := scorecard.ReadCard(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
