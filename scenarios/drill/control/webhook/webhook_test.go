package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control/webhook"
)

// A notebook keeps what a desk makes of its calls.
type notebook struct {
	*webhook.Desk
	marks []webhook.Mark
}

func newNotebook() *notebook {
	n := &notebook{}
	n.Desk = webhook.New("s3cret", func(m webhook.Mark) error {
		n.marks = append(n.marks, m)
		return nil
	})
	return n
}

// call posts a body and gives the status and what was answered.
func call(h http.Handler, to, body string) (status int, answer string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, to, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

// post posts a body to a path with a query that need not be one.
func post(h http.Handler, path, query, body string) (status int, answer string) {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.URL.RawQuery = query
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func payload(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What each sender sends is the mark that it stands for, once.
func TestPayloads(t *testing.T) {
	alert := webhook.Mark{Kind: "alert", Note: "ChatErrorRateHigh: more than 5 % of chat requests fail", Actor: "alertmanager"}
	clear := alert
	clear.Kind = "all_clear"
	for _, tt := range []struct {
		receiver string
		files    []string
		want     []webhook.Mark
	}{
		// Two alerts of one group are two marks; their repetition is none.
		{"alertmanager", []string{"alertmanager-firing.json", "alertmanager-firing.json", "alertmanager-resolved.json"}, []webhook.Mark{alert, alert, clear}},
		{"alertmanager", []string{"grafana-firing.json"}, []webhook.Mark{{Kind: "alert", Note: "Time to first token", Actor: "alertmanager"}}},
		{"pagerduty", []string{"pagerduty-event-trigger.json", "pagerduty-event-trigger.json", "pagerduty-event-resolve.json"}, []webhook.Mark{
			{Kind: "alert", Note: "[FIRING:1] ChatErrorRateHigh", Actor: "pagerduty"}, {Kind: "all_clear", Actor: "pagerduty"},
		}},
		{"pagerduty", []string{"pagerduty-webhook-v3-acknowledged.json", "pagerduty-webhook-v3-status.json", "pagerduty-webhook-v3-ping.json"}, []webhook.Mark{
			{Kind: "acknowledged", Note: "Chat fails", Actor: "pagerduty"}, {Kind: "status", Note: "Chat fails", Actor: "pagerduty"},
		}},
		{"pagerduty", []string{"pagerduty-webhook-v2.json"}, []webhook.Mark{
			{Kind: "alert", Note: "Chat fails", Actor: "pagerduty"}, {Kind: "all_clear", Note: "Chat fails", Actor: "pagerduty"},
		}},
	} {
		n := newNotebook()
		for _, file := range tt.files {
			status, said := call(n, webhook.URL("", "s3cret", tt.receiver), payload(t, file))
			if want := map[string]int{"alertmanager": 200, "pagerduty": 202}[tt.receiver]; status != want || !json.Valid([]byte(said)) {
				t.Errorf("%s: %d %s, want %d", file, status, said, want)
			}
		}
		if diff := cmp.Diff(tt.want, n.marks); diff != "" {
			t.Errorf("%v: %s", tt.files, diff)
		}
	}
}

// Any JSON can say what the URL looks for in it.
func TestAnyJSON(t *testing.T) {
	for _, tt := range []struct{ query, body, want string }{
		{"kind=degraded_mode", `{}`, "degraded_mode "},
		{"kind=$.state&note=$.title", `{"state": "Alerting", "title": "too\n slow"}`, "alert too slow"},
		{"kind=$.state&note=switched&key=$.id", `{"state": "closed", "id": 7}`, "all_clear switched"},
		{"kind=$.incident.status", `{"incident": {"status": "acked"}}`, "acknowledged "},
		{"kind=note&note=$.n", `{"n": 12}`, "note 12"},
		{"", `{}`, "400 the URL does not say"},
		{"kind=$.state", `{"state": "purple"}`, `400 kind \"purple\"; known are alert`},
		{"kind=$.state", `{}`, `400 kind \"\"`},
		{"kind=$[", `{}`, "400 kind: path"},
		{"kind=alert", `{`, "400 no JSON"},
	} {
		n := newNotebook()
		status, said := call(n, webhook.URL("", "s3cret", "json")+"?"+tt.query, tt.body)
		got := fmt.Sprint(status, " ", said)
		if len(n.marks) > 0 {
			got = n.marks[0].Kind + " " + n.marks[0].Note
		}
		if want, part := strings.CutPrefix(tt.want, "400 "); part && (status != 400 || !strings.Contains(said, want)) || !part && got != tt.want {
			t.Errorf("%s of %s: %s, want %s", tt.query, tt.body, got, tt.want)
		}
	}
}

// Who has no token marks nothing, and learns nothing else.
func TestToken(t *testing.T) {
	body := payload(t, "alertmanager-firing.json")
	for to, want := range map[string]int{
		"/v1/hooks/s3cret/alertmanager":       200,
		"/v1/hooks/alertmanager?token=s3cret": 200,
		"/v1/hooks/alertmanager":              401,
		"/v1/hooks/alertmanager?token=":       401,
		"/v1/hooks/S3cret/alertmanager":       401,
		"/v1/hooks/s3cre/alertmanager":        401,
		"/v1/hooks/x/../s3cret/alertmanager":  307, // to the clean path
		"/v1/hooks/s3cret/slack":              404,
		"/v1/hooks/s3cret":                    404,
	} {
		n := newNotebook()
		if status, said := call(n, to, body); status != want || (len(n.marks) > 0) != (want == 200) {
			t.Errorf("%s: %d %s, %d marks; want %d", to, status, said, len(n.marks), want)
		}
	}
	w := httptest.NewRecorder()
	newNotebook().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/hooks/s3cret/alertmanager", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", w.Code)
	}
}

// What is no payload is refused with the reason, and so is one without end.
func TestNoPayload(t *testing.T) {
	for _, tt := range []struct {
		receiver, body, want string
		status               int
	}{
		{"alertmanager", "", "no payload of Alertmanager's", 400},
		{"alertmanager", `{"event_action": "trigger"}`, "it has no alerts", 400},
		{"alertmanager", `{"alerts": [{"status": "odd"}]}`, `alert of status \"odd\"`, 400},
		{"alertmanager", `{"alerts": "many"}`, "no payload", 400},
		{"pagerduty", `{"alerts": []}`, "it has neither event_action", 400},
		{"pagerduty", `{"event_action": "shout"}`, `event_action \"shout\"`, 400},
		{"pagerduty", `[]`, "nothing of PagerDuty's", 400},
		{"json", `"` + strings.Repeat("a", 1<<20) + `"`, "more than 1048576 bytes", 413},
	} {
		n := newNotebook()
		status, said := call(n, webhook.URL("", "s3cret", tt.receiver), tt.body)
		if status != tt.status || !strings.Contains(said, tt.want) || len(n.marks) > 0 {
			t.Errorf("%s of %.40s: %d %s, want %d %s", tt.receiver, tt.body, status, said, tt.status, tt.want)
		}
	}
}

// Of a storm of ten thousand alarms the first are written down and the others
// counted; another kind has room all the while, and time brings room.
func TestStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNotebook()
		storm := func(from, to int, action string) {
			for i := range to - from {
				body := fmt.Sprintf(`{"event_action": %q, "dedup_key": "k%d", "payload": {"summary": "s"}}`, action, from+i)
				if status, said := call(n, webhook.URL("", "s3cret", "pagerduty"), body); status != 202 {
					t.Fatal(status, said)
				}
			}
		}
		storm(0, 10_000, "trigger")
		if len(n.marks) != 50 || n.LeftOut() != 9_950 {
			t.Errorf("%d marks, %d left out; want 50 and 9,950", len(n.marks), n.LeftOut())
		}
		storm(0, 1, "acknowledge")
		if last := n.marks[len(n.marks)-1]; last.Kind != "acknowledged" {
			t.Errorf("the last mark is %v; want an acknowledgement", last)
		}
		time.Sleep(3 * time.Second)
		storm(20_000, 20_100, "trigger")
		if len(n.marks) != 54 {
			t.Errorf("%d marks after 3 s; want 3 more", len(n.marks))
		}
	})
}

// A mark that the drill does not take is told to the caller, and made when the alarm
// calls again.
func TestNotTaken(t *testing.T) {
	var err error
	marks := 0
	desk := webhook.New("s3cret", func(webhook.Mark) error {
		marks++
		return err
	})
	body := payload(t, "pagerduty-event-trigger.json")
	err = errors.New("the drill is ending")
	if status, said := call(desk, webhook.URL("", "s3cret", "pagerduty"), body); status != http.StatusConflict || !strings.Contains(said, "the drill is ending") {
		t.Errorf("%d %s", status, said)
	}
	err = nil
	if status, _ := call(desk, webhook.URL("", "s3cret", "pagerduty"), body); status != 202 || marks != 2 {
		t.Errorf("%d, %d marks", status, marks)
	}
}
