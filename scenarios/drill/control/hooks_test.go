package control_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// marks are those of a log, in words.
func marks(t *testing.T, log []byte) []string {
	t.Helper()
	var all []string
	for e, err := range record.Read(bytes.NewReader(log)) {
		if err != nil {
			t.Fatal(err)
		}
		if m := e.Line.Mark; m != nil {
			all = append(all, strings.Join([]string{time.Duration(m.At).String(), m.Kind, m.Actor, m.Provider, m.Fault, m.Note}, " "))
		}
	}
	return all
}

// hook calls as an alerting tool does: by its URL alone.
func (l *leader) hook(url, body string) int {
	l.Helper()
	resp, err := l.client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		l.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// An alarm reports to the drill by a URL that opens nothing else.
func TestHooks(t *testing.T) {
	const firing = `{"version": "4", "alerts": [{"status": "firing", "labels": {"alertname": "Errors"}, "fingerprint": "f"}]}`
	log := led(t, func(l *leader) {
		time.Sleep(12 * time.Second)
		at := l.server.HookURL("alertmanager")
		if status := l.hook(at, firing); status != http.StatusOK {
			l.Errorf("a firing alert: %d", status)
		}
		if status := l.hook(strings.Replace(at, l.server.HookToken(), l.server.Token(), 1), firing); status != http.StatusUnauthorized {
			l.Errorf("the server's token in the URL: %d", status)
		}
		if a := l.call("GET", "/v1/state", "", "Authorization: Bearer "+l.server.HookToken()); a.status != http.StatusUnauthorized {
			l.Errorf("the token for webhooks leads the drill: %d", a.status)
		}
	})
	if diff := cmp.Diff([]string{"12s alert alertmanager   Errors"}, marks(t, log)); diff != "" {
		t.Error(diff)
	}
	card, err := scorecard.Judge(record.Read(bytes.NewReader(log)))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range card.Metrics {
		if m.Name == "alert_time" && m.Phase == "surge" && (m.Value == nil || *m.Value != 2) {
			t.Errorf("alert_time is %v, %s", m.Value, m.Reason)
		}
	}
}

// Before a drill an alarm is told to come again.
func TestHookTooEarly(t *testing.T) {
	server, err := control.Listen("127.0.0.1:0", control.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	l := &leader{T: t, server: server, client: &http.Client{}}
	defer l.client.CloseIdleConnections()
	if status := l.hook(server.HookURL("pagerduty"), `{"event_action": "trigger"}`); status != http.StatusServiceUnavailable {
		t.Errorf("status %d before a drill", status)
	}
}

// A diagnosis names a provider of the drill and a kind of fault, or is refused with
// what it could have named.
func TestDiagnosisNamesWhatThereIs(t *testing.T) {
	log := led(t, func(l *leader) {
		time.Sleep(15 * time.Second)
		for body, allowed := range map[string]string{
			`{"kind": "diagnosed"}`: "primary",
			`{"kind": "diagnosed", "provider": "tertiary", "fault": "slow"}`:                 "secondary",
			`{"kind": "diagnosed", "provider": "primary", "fault": "server_errors"}`:         "server_error",
			`{"kind": "alert", "provider": "primary", "fault": "server_error"}`:              "",
			`{"kind": "diagnosed", "provider": "secondary", "fault": "rate_limit", "at": 3}`: "-",
		} {
			a := l.call("POST", "/v1/marks", body)
			switch {
			case allowed == "-":
				l.wants(http.StatusOK, a)
			case l.wants(http.StatusUnprocessableEntity, a) == "" || !strings.Contains(string(a.body), allowed):
				l.Errorf("%s: %s", body, a.body)
			}
		}
	})
	if diff := cmp.Diff([]string{"3s diagnosed control API secondary rate_limit "}, marks(t, log)); diff != "" {
		t.Error(diff)
	}
}
