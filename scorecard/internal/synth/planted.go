package synth

import "github.com/seed-76a9de92/brownout/scorecard/record"

// Planted is an app with one known trait, in a drill that shows it: calm for
// 15 s, a surge of 30 s, 30 s after it.
type Planted struct {
	Name     string
	fault    string // on the primary, through the surge
	share    float64
	App      func(*Ask)
	Opposite func(*Ask) // the same app without the trait
	Want     []string   // findings, sorted
}

// PlantedApps are apps that do one thing wrong each, or none.
func PlantedApps() []Planted {
	return []Planted{
		{"fails over", "server_error", 1, Breaker, Breaker, nil},
		{"no fallback", "server_error", 1, PrimaryOnly, Breaker, []string{"no_fallback"}},
		{"dead primary first", "server_error", 1, Resilient, Breaker, []string{"dead_primary_first"}},
		{"retries at once", "server_error", 0.5, Retrying(0.005, 0.005), Retrying(0.2, 0.4), []string{"no_backoff"}},
		{"retries in no time", "server_error", 0.5, instantly, Retrying(0.2, 0.4), []string{"no_backoff"}},
		{"retries without growth", "server_error", 0.5, Retrying(0.5, 0.5), Retrying(0.5, 1), []string{"no_backoff"}},
		{"retries too often", "server_error", 0.9, Retrying(0.2, 0.4, 0.8), Retrying(0.2), []string{"retry_storm"}},
		{"asks a dead host again", "blackhole", 1, Asking(4, 0.5), Asking(1, 0.5), []string{"retry_storm"}},
		{"asks again in spite of a bad certificate", "cert_expired", 1, Asking(4, 0.5), Asking(2, 0.5), []string{"retry_storm"}},
		{"ignores Retry-After", "rate_limit", 0.6, Retrying(0.5), Retrying(5), []string{"retry_after_ignored"}},
		{"retries 401", "unauthorized", 0.6, Retrying(1), Retrying(), []string{"hopeless_retries"}},
		{"retries a spent quota", "quota_exhausted", 0.6, Retrying(1), Retrying(), []string{"hopeless_retries"}},
		{"sits slowness out", "slow", 1, PrimaryOnly, func(q *Ask) {
			if !q.TryWithin("primary", 1).OK {
				q.Try("secondary")
			}
			q.Answer()
		}, []string{"slow_ignored"}},
		{"sits a slow line out", "latency", 1, PrimaryOnly, Breaker, []string{"slow_ignored"}},
		{"never fails back", "server_error", 1, func(q *Ask) {
			if q.Due < SurgeFrom+1 {
				Resilient(q)
				return
			}
			q.Try("secondary")
			q.Answer()
		}, BreakerAfter(1), []string{"not_failed_back"}},
		{"hangs", "hang", 0.2, func(q *Ask) {
			if int(q.Due*10)%10 < 5 && q.TryWithin("primary", 1).OK || q.Try("primary").OK || q.Try("secondary").OK {
				q.Answer()
			}
		}, func(q *Ask) {
			if q.TryWithin("primary", 1).OK || q.Try("secondary").OK {
				q.Answer()
			}
		}, []string{"hangs"}},
		{"passes half answers on", "truncate", 0.5, func(q *Ask) {
			if r := q.Try("primary"); r.Begun && !r.OK {
				q.Half()
			} else {
				Resilient(q)
			}
		}, Resilient, []string{"truncated_answer"}},
		{"splices", "server_error", 0.5, spoiling(func(q *Ask) { q.U.Answer.Pieces, q.U.Answer.Complete = 2, false }), spoiling(func(q *Ask) {
			q.U.Restarts = 1
		}), []string{"spliced_answer"}},
		{"gives another's answer", "server_error", 0.5, spoiling(func(q *Ask) { q.U.Answer.Nonces = []string{NonceWord(3)} }), spoiling(func(*Ask) {}), []string{"foreign_answer"}},
		{"shows a key", "server_error", 0.5, spoiling(func(q *Ask) { q.Fail(500); q.U.Leak = true }), spoiling(func(q *Ask) { q.Fail(500) }), []string{"key_leaked"}},
		{"shows raw errors", "server_error", 0.5, spoiling(func(q *Ask) { q.Fail(500); q.U.Raw = true }), spoiling(func(q *Ask) { q.Fail(500) }), []string{"raw_error"}},
		{"calls what nobody knows", "server_error", 0.5, spoiling(func(q *Ask) {
			a := *q.Last.Line
			a.Endpoint, a.Path, a.Nonce, a.Status, a.Fault, a.Kind = "unknown", "/v1/rerank", "", 404, "", ""
			q.Lines = append(q.Lines, record.Line{T: a.Ended, Kind: "attempt", Attempt: &a})
		}), spoiling(func(*Ask) {}), []string{"unknown_paths"}},
	}
}

// Drill is the one that shows the trait.
func (p Planted) Drill() *Drill {
	d := New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "primary", p.fault, p.share)
	if p.fault == "rate_limit" {
		d.Waits[p.fault] = 5
	}
	return d
}
