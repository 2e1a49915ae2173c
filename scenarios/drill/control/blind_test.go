package control_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
)

// In a blind drill nobody is told what goes wrong, and when, but who asks for it.
func TestBlind(t *testing.T) {
	reveal := control.RevealHeader + ": yes"
	log := ledBy(t, control.Options{Blind: true}, func(l *leader) {
		time.Sleep(12 * time.Second)
		secrets := []string{"surge", "recovery", "server_error", `"led"`}
		for _, path := range []string{"/v1/state", "/v1/phases", "/v1/faults", "/v1/counters", "/v1/ledger", "/v1/card"} {
			a := l.call("GET", path, "")
			for _, secret := range secrets {
				if strings.Contains(string(a.body), secret) || a.header.Get("ETag") != "" {
					l.Errorf("%s tells %q, ETag %s:\n%s", path, secret, a.header.Get("ETag"), a.body)
				}
			}
			l.wants(http.StatusOK, l.call("GET", path, "", reveal))
		}
		if s := l.state("GET", "/v1/state", "", reveal); s.Phase != "surge" || len(s.Open) != 1 || s.Blind {
			l.Errorf("revealed: %+v", s)
		}
		if a := l.call("POST", "/v1/phases/jump", `{"phase": "storm"}`); l.wants(http.StatusUnprocessableEntity, a) != "unknown" || strings.Contains(string(a.body), "surge") {
			l.Errorf("a jump to nowhere tells %s", a.body)
		}
		// What is guessed is written down, and answered without saying whether it is right.
		right := l.call("POST", "/v1/marks", `{"kind": "diagnosed", "provider": "primary", "fault": "server_error", "at": 11}`)
		wrong := l.call("POST", "/v1/marks", `{"kind": "diagnosed", "provider": "primary", "fault": "slow", "at": 11}`)
		if diff := cmp.Diff(string(right.body), string(wrong.body)); diff != "" || right.status != http.StatusOK {
			l.Errorf("answers to a right and a wrong guess differ: %s", diff)
		}
		l.wants(http.StatusOK, l.call("POST", "/v1/phases/next", ""))
		if s := l.state("GET", "/v1/state", "", reveal); s.Phase != "recovery" {
			l.Errorf("led blindly to %q", s.Phase)
		}
	})
	if got := marks(t, log); len(got) != 2 {
		t.Errorf("marks %q", got)
	}
}
