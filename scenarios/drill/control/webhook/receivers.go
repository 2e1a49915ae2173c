package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Receiver understands the calls of one sort of sender.
type Receiver struct {
	Name   string
	Doc    string // one sentence
	status int    // of the answer to a call that was understood
	read   func(body []byte, query url.Values) ([]Report, error)
}

// A Report is what a call says of one alarm.
type Report struct {
	Kind string // of mark; "": nothing that is one
	Key  string // which alarm it is; "": not said
	Note string // what it is called
}

// Receivers is the table of them.
func Receivers() []Receiver {
	return []Receiver{
		{
			"alertmanager", "Alertmanager's webhook_configs, and what sends the same: Grafana's contact point webhook.",
			http.StatusOK, readAlertmanager,
		},
		{
			"pagerduty", "PagerDuty: what is sent to its Events API v2 (Alertmanager's pagerduty_configs with this url), and what its webhooks send, v3 and v2.",
			http.StatusAccepted, readPagerDuty,
		},
		{
			"json", "Any JSON: ?kind= is a kind of mark or a JSONPath to a word for it, ?note= and ?key= are JSONPaths.",
			http.StatusOK, readJSON,
		},
	}
}

// kindOf is the mark that a sender's word for an alarm's state stands for.
func kindOf(word string) (kind string, known bool) {
	words := map[string]string{
		"firing": "alert", "alerting": "alert", "trigger": "alert", "triggered": "alert", "open": "alert", "opened": "alert",
		"acknowledge": "acknowledged", "acked": "acknowledged", "ack": "acknowledged",
		"resolve": "all_clear", "resolved": "all_clear", "ok": "all_clear", "closed": "all_clear", "recovered": "all_clear",
	}
	word = strings.ToLower(strings.TrimSpace(word))
	if slices.Contains(record.PeopleMarks(), word) {
		return word, true
	}
	kind, known = words[word]
	return kind, known
}

// readAlertmanager reads version 4 of Alertmanager's payload. Grafana's has the same
// alerts and calls itself version 1.
func readAlertmanager(body []byte, _ url.Values) ([]Report, error) {
	var group struct {
		Alerts []struct {
			Status      string            `json:"status"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
			Fingerprint string            `json:"fingerprint"`
		} `json:"alerts"`
	}
	if err := json.Unmarshal(body, &group); err != nil {
		return nil, fmt.Errorf("no payload of Alertmanager's: %w", err)
	}
	if group.Alerts == nil {
		return nil, errors.New("no payload of Alertmanager's: it has no alerts")
	}
	var reports []Report
	for _, a := range group.Alerts {
		kind, known := kindOf(a.Status)
		if !known {
			return nil, fmt.Errorf("alert of status %q; known are firing and resolved", a.Status)
		}
		key := a.Fingerprint
		if key == "" { // before Alertmanager 0.20; a map is encoded in the order of its keys
			labels, _ := json.Marshal(a.Labels)
			key = string(labels)
		}
		reports = append(reports, Report{kind, key, note(a.Labels["alertname"], a.Annotations["summary"])})
	}
	return reports, nil
}

// readPagerDuty tells three things by their shape which all bear PagerDuty's name: an
// event on its way to the Events API v2, a webhook of version 3, and those of version
// 2, which extensions still send.
func readPagerDuty(body []byte, _ url.Values) ([]Report, error) {
	var call struct {
		Action  string `json:"event_action"`
		Key     string `json:"dedup_key"`
		Payload struct {
			Summary string `json:"summary"`
		} `json:"payload"`
		Event *struct {
			Type string `json:"event_type"`
			Data struct {
				ID    string `json:"id"`
				Title string `json:"title"`
			} `json:"data"`
		} `json:"event"`
		Messages []struct {
			Event    string `json:"event"`
			Incident struct {
				ID    string `json:"id"`
				Title string `json:"title"`
			} `json:"incident"`
		} `json:"messages"`
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return nil, fmt.Errorf("nothing of PagerDuty's: %w", err)
	}
	switch {
	case call.Action != "":
		kind, known := kindOf(call.Action)
		if !known {
			return nil, fmt.Errorf("event_action %q; known are trigger, acknowledge and resolve", call.Action)
		}
		return []Report{{kind, call.Key, note(call.Payload.Summary)}}, nil
	case call.Event != nil:
		return []Report{{incidentKind(call.Event.Type), call.Event.Data.ID, note(call.Event.Data.Title)}}, nil
	case call.Messages != nil:
		var reports []Report
		for _, m := range call.Messages {
			reports = append(reports, Report{incidentKind(m.Event), m.Incident.ID, note(m.Incident.Title)})
		}
		return reports, nil
	}
	return nil, errors.New("nothing of PagerDuty's: it has neither event_action nor event nor messages")
}

// incidentKind is the mark that an event of an incident is worth, "" for the many
// that are none: notes, escalations, pings.
func incidentKind(event string) string {
	what, ok := strings.CutPrefix(event, "incident.")
	if !ok {
		return ""
	}
	if what == "status_update_published" {
		return "status"
	}
	kind, _ := kindOf(what)
	return kind
}

// readJSON reads what the URL says how to read.
func readJSON(body []byte, query url.Values) ([]Report, error) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	found := map[string]string{}
	for _, name := range []string{"kind", "note", "key"} {
		expr := query.Get(name)
		if !strings.HasPrefix(expr, "$") {
			found[name] = expr
			continue
		}
		if err := reply.CheckPath(expr); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		found[name] = reply.Find(expr, v)
	}
	kind, known := kindOf(found["kind"])
	switch {
	case query.Get("kind") == "":
		return nil, errors.New("the URL does not say what to make of it: ?kind=alert, or a JSONPath as in ?kind=$.status")
	case !known:
		return nil, fmt.Errorf("kind %q; known are %s, and words such as firing and resolved", found["kind"], strings.Join(record.PeopleMarks(), ", "))
	}
	return []Report{{kind, found["key"], note(found["note"])}}, nil
}

// note makes one short line of what is not empty.
func note(parts ...string) string {
	const most = 200
	line := strings.Join(strings.Fields(strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")), " ")
	if runes := []rune(line); len(runes) > most {
		line = string(runes[:most-1]) + "…"
	}
	return line
}
