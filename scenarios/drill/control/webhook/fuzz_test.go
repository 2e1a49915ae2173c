package webhook_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control/webhook"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Whatever is posted, the answer is one that a sender understands, and a mark has a
// kind that there is and a note of one short line.
func FuzzReceivers(f *testing.F) {
	for _, name := range []string{
		"alertmanager-firing.json", "grafana-firing.json", "pagerduty-event-trigger.json", "pagerduty-webhook-v3-acknowledged.json", "pagerduty-webhook-v2.json",
	} {
		for _, r := range webhook.Receivers() {
			f.Add(r.Name, payload(f, name), "kind=$.status&note=$.title")
		}
	}
	f.Add("json", `{"status": null, "title": {"a": "\u0000"}}`, "kind=$..status&key=$")
	f.Fuzz(func(t *testing.T, receiver, body, query string) {
		if strings.ContainsAny(receiver+query, "%# \x00") || !slices.ContainsFunc(webhook.Receivers(), func(r webhook.Receiver) bool { return r.Name == receiver }) {
			return
		}
		n := newNotebook()
		status, said := post(n, "/v1/hooks/s3cret/"+receiver, query, body)
		if !slices.Contains([]int{http.StatusOK, http.StatusAccepted, http.StatusBadRequest, http.StatusRequestEntityTooLarge}, status) {
			t.Errorf("%d: %s", status, said)
		}
		for _, m := range n.marks {
			if !slices.Contains(record.PeopleMarks(), m.Kind) || strings.ContainsAny(m.Note, "\n\t") || len([]rune(m.Note)) > 200 {
				t.Errorf("%q makes %+v", body, m)
			}
		}
	})
}
