// Package record is what is written down of a drill: the lines of log.jsonl, how
// they are written, read and sorted, and moments as they stand in them. It says
// what was to happen and what was seen to, and judges nothing; package scorecard
// does that, from such a log alone.
//
// Start at [Line], and at [Writer] or [Read]:
//
//	w := record.NewWriter(file)
//	err := w.Write(record.Line{T: record.Of(since), Kind: "mark", Mark: &record.Mark{Kind: "note"}})
//	…
//	for entry, err := range record.Read(file) { … }
//
// The users' requests, the attempts that reached a provider, the phases and the
// marks stand on one clock and in no particular order. A line that is none is a
// [*LineError], after which the reading goes on; what a newer version wrote is
// [ErrNewer].
package record

import (
	"slices"
	"time"
)

// Schema is the version of the log's and the card's format. Readers refuse a
// newer one: a field they do not know may be the one that turns a verdict.
const Schema = 1

// A Line is one line of log.jsonl: a kind and, under the key of that name, what
// happened. T is the moment the line was written, in seconds since the start;
// it is not a sort key, for a request is written when it ends and counts by when
// it was due. Exactly one of the pointers is set.
type Line struct {
	T       Seconds  `json:"t"`
	Kind    string   `json:"kind"` // setup, phase, course, user, attempt, conn, mark, end
	Setup   *Setup   `json:"setup,omitempty"`
	Phase   *Change  `json:"phase,omitempty"`
	Course  *Course  `json:"course,omitempty"`
	User    *User    `json:"user,omitempty"`
	Attempt *Attempt `json:"attempt,omitempty"`
	Conn    *Conn    `json:"conn,omitempty"`
	Mark    *Mark    `json:"mark,omitempty"`
	End     *End     `json:"end,omitempty"`
}

// Setup is what was meant to happen. It is the first line of every log, so that
// a log can be judged with nothing else at hand.
type Setup struct {
	Schema   int      `json:"schema"`
	Brownout string   `json:"brownout"` // version of the tool that wrote the log
	Scenario Scenario `json:"scenario"`
	App      string   `json:"app"` // "builtin:naive", a command, or a URL
	// Machine is what brownout ran on, such as "linux/amd64, 2 processors"; "" where
	// time is virtual and no machine has a say in it.
	Machine   string     `json:"machine,omitempty"`
	StartedAt time.Time  `json:"started_at"`
	Length    Seconds    `json:"length_s"`
	Warmup    Seconds    `json:"warmup_s"` // cut from the front of the baseline
	Healthy   float64    `json:"healthy"`  // H, the baseline availability asked for, 0–1
	Phases    []Phase    `json:"phases"`
	Windows   []Window   `json:"windows"`
	Providers []Provider `json:"providers"`
	Journeys  []Journey  `json:"journeys"`
	Bars      []Bar      `json:"bars"`
	// DefaultBars says that the scenario named no bars and these are the tool's.
	DefaultBars bool `json:"default_bars,omitempty"`
	// Worth is what the scenario says of models; SLO the availability that the team
	// has promised, 0–1, 0: none.
	Worth []Worth `json:"worth,omitempty"`
	SLO   float64 `json:"slo,omitempty"`
	// Par is what the best of all clients could have reached, by phase and journey;
	// none where nobody could know beforehand what would go wrong.
	Par []Par `json:"par,omitempty"`
	// Control says that the windows were planned and none was opened.
	Control bool `json:"control,omitempty"`
	// Hears are the kinds of marks that somebody outside could make in this drill, for
	// where none could, none was missed.
	Hears []string `json:"hears,omitempty"`
	// Resolved is the scenario with all that it extends, as YAML, its ${VAR} as they
	// were written.
	Resolved string `json:"resolved,omitempty"`
	// Split says that this is the log of a drill that was played in several places,
	// put together.
	Split *Split `json:"split,omitempty"`
}

// Split is what a joined log says of the clocks it goes by. On the evidence of so
// many requests, which both sides saw, the providers' clock is ahead of the users'
// by something between the two; negative: behind.
type Split struct {
	Logs      int     `json:"logs"`
	Requests  int     `json:"requests"` // 0: nobody knows how far the clocks are apart
	AheadLow  Seconds `json:"ahead_low_s"`
	AheadHigh Seconds `json:"ahead_high_s"`
}

// Par is what a client could have made of a phase that knew every draw and was
// bound by nothing but what the providers can do. Journey "" is all of them. The
// times are nil where some request could not be served at all, the failover time
// also where the phase has no fault or no end to its outage.
type Par struct {
	Phase        string   `json:"phase"`
	Journey      string   `json:"journey,omitempty"`
	N            int      `json:"n"`
	Availability float64  `json:"availability"`
	TTFTP50      *Seconds `json:"ttft_p50_s,omitempty"`
	TTFTP95      *Seconds `json:"ttft_p95_s,omitempty"`
	LatencyP50   *Seconds `json:"latency_p50_s,omitempty"`
	LatencyP95   *Seconds `json:"latency_p95_s,omitempty"`
	FailoverTime *Seconds `json:"failover_time_s,omitempty"`
}

// Worth is what answers of a model are worth, and what they cost.
type Worth struct {
	Provider string  `json:"provider"`
	Model    string  `json:"model"`
	Quality  float64 `json:"quality,omitempty"` // 0–1; 0: not said
	// Input and Output are dollars per million tokens.
	Input  float64 `json:"input_usd_per_mtok,omitempty"`
	Output float64 `json:"output_usd_per_mtok,omitempty"`
}

// Scenario names the script that was played.
type Scenario struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	Hash  string `json:"hash"` // sha256 of the resolved scenario, hex
	Seed  uint64 `json:"seed"`
}

// Phase is a named stretch of the timeline, [Start, End).
type Phase struct {
	Name   string   `json:"name"`
	Start  Seconds  `json:"start_s"`
	End    Seconds  `json:"end_s"`
	Faults []string `json:"faults,omitempty"` // one short sentence per fault: "primary: rate_limit 90%"
}

// Faulty says whether one of the windows is open in the phase.
func (p Phase) Faulty(windows []Window) bool {
	return slices.ContainsFunc(windows, func(w Window) bool { return w.Start < p.End && w.End > p.Start })
}

// Window is one fault open on one provider, [Start, End).
type Window struct {
	Key      string  `json:"key"` // the fault's own key, the same for each provider it is on
	Kind     string  `json:"kind"`
	Family   string  `json:"family"` // http, time, stream, content, load, transport, tls
	Provider string  `json:"provider"`
	Phase    string  `json:"phase"` // where it was written
	Start    Seconds `json:"start_s"`
	End      Seconds `json:"end_s"`
	// Share of the matching requests at the window's two ends, 0–1; Rise is how
	// long the share climbs from 0 first.
	ShareFrom float64 `json:"share_from"`
	ShareTo   float64 `json:"share_to"`
	Rise      Seconds `json:"rise_s,omitempty"`
	// Bad and OK are the rhythm of a fault that comes and goes, which begins bad;
	// both 0: it stays.
	Bad Seconds `json:"bad_s,omitempty"`
	OK  Seconds `json:"ok_s,omitempty"`
	// Partial says that a match narrows the fault to some requests (a model,
	// streams only), so that others never meet it whatever the share.
	Partial bool `json:"partial,omitempty"`
	// Slows says that the fault makes answers late and leaves them whole.
	Slows bool `json:"slows,omitempty"`
	// Breaks says that the fault ends answers that have begun, or silences them.
	Breaks bool `json:"breaks,omitempty"`
}

// Provider is one mock endpoint, or a real one behind its faults.
type Provider struct {
	Name    string `json:"name"`
	Dialect string `json:"dialect"`
	// Upstream is the URL of a real endpoint; "": a mock answers. A real one's
	// answers carry no proof of who gave them and whether they are whole.
	Upstream string `json:"upstream,omitempty"`
	// Effects says that it stands for a service that does something when it is called,
	// and not for models: no user is answered by it, and nobody fails over from it.
	Effects bool `json:"effects,omitempty"`
}

// Journey is one kind of user request.
type Journey struct {
	Name       string  `json:"name"`
	Priority   string  `json:"priority"`       // critical or deferrable
	Rate       float64 `json:"rate"`           // offered, per second
	Like       string  `json:"like,omitempty"` // the recorded trace that is replayed, or whose shape it has; "": the scenario's own
	Timeout    Seconds `json:"timeout_s"`
	Stream     bool    `json:"stream,omitempty"`
	SlowTTFT   Seconds `json:"slow_ttft_s,omitempty"`  // 0: three times the baseline's p95, at least 1 s
	SlowTotal  Seconds `json:"slow_total_s,omitempty"` // the same
	HasDegrade bool    `json:"has_degraded,omitempty"` // the scenario says how the app owns up to a lesser answer
	HasRestart bool    `json:"has_restart,omitempty"`
	HasExpect  bool    `json:"has_expect,omitempty"` // the scenario says what an answer is to look like
	// HasProgress says that the scenario knows a sign of life before the answer.
	HasProgress bool   `json:"has_progress,omitempty"`
	Primary     string `json:"primary,omitempty"` // the scenario's word; else found in the baseline
}

// Change says that a phase began.
type Change struct {
	Name string `json:"name"`
}

// Course is the whole timeline as it is from a moment on, past and future, written
// when somebody's action changed it. The one with the highest state is what was
// played, in place of the setup's phases, windows and length.
type Course struct {
	State   int      `json:"state"`           // grows with each change
	Actor   string   `json:"actor,omitempty"` // who acted
	Action  string   `json:"action"`          // in a word or two: "next", "jump recovery"; or [ServedUntilHere]
	Length  Seconds  `json:"length_s"`
	Phases  []Phase  `json:"phases"`
	Windows []Window `json:"windows"`
	// HeldTo is when a phase that is held ends its standing still by itself: before, it
	// does so when somebody releases it, and all that is to come comes earlier. 0: none
	// is held.
	HeldTo Seconds `json:"held_to_s,omitempty"`
}

// ServedUntilHere is the action of a course that nobody took: providers that served
// alone were stopped, and what they had played is the drill.
const ServedUntilHere = "served until here"

// Mark is something worth knowing that is no request: an alarm went off, somebody
// acted, the app died, a real endpoint failed by itself.
type Mark struct {
	Kind  string  `json:"kind"` // see [MarkKinds]
	At    Seconds `json:"at_s"` // may lie before the moment at which the line was written
	Note  string  `json:"note,omitempty"`
	Actor string  `json:"actor,omitempty"` // who made it; "": the drill itself
	// Provider and Fault are what a diagnosis names.
	Provider string `json:"provider,omitempty"`
	Fault    string `json:"fault,omitempty"`
	Failed   bool   `json:"failed,omitempty"` // of a step of the scenario: it did not go as the scenario expects
	// Count is how many alike the mark stands for, since the last of its kind and
	// note; 0: one.
	Count int `json:"count,omitempty"`
}

// End is the last line of a log that was not cut off.
type End struct {
	Reason string `json:"reason"` // done, interrupted, stopped, no_start
	// SenderLateP99 and SenderLateMax say how far the sender fell behind its own schedule.
	SenderLateP99 Seconds `json:"sender_late_p99_s"`
	SenderLateMax Seconds `json:"sender_late_max_s"`
	// Unsent is how many planned requests were not due yet when the drill was broken
	// off. They have no lines of their own.
	Unsent int `json:"unsent,omitempty"`
}

// User is one planned request of the user ledger that came due, written when it ended
// or was given up. Moments are seconds since the start of the drill; the optional ones
// are nil when they never came.
type User struct {
	N       int      `json:"n"` // n-th planned request of the drill, from 0, all journeys together, by due time
	Journey string   `json:"journey"`
	Nonce   string   `json:"nonce"`
	Repeat  bool     `json:"repeat,omitempty"`  // an earlier request's question, word for word, and so its nonce
	Session string   `json:"session,omitempty"` // whose turn it is; "": it is its own session
	Due     Seconds  `json:"due_s"`
	Sent    *Seconds `json:"sent_s,omitempty"`  // nil: never sent, see Dropped
	First   *Seconds `json:"first_s,omitempty"` // first content token
	Ended   *Seconds `json:"ended_s,omitempty"` // last byte, error or timeout
	Dropped string   `json:"dropped,omitempty"` // in_flight (cap reached), stopped (drill was interrupted)
	// Progress is when the progress rule first matched. Deferred is when a reply
	// ended that put the answer off; Delivered then says that it came, at Ended.
	// Without it Ended is when nobody waited for it any longer.
	Progress  *Seconds `json:"progress_s,omitempty"`
	Deferred  *Seconds `json:"deferred_s,omitempty"`
	Delivered bool     `json:"delivered,omitempty"`
	// Again is when the user had no patience left, and sent the same again. What
	// became of the last try is what became of the request.
	Again  []Seconds `json:"again_s,omitempty"`
	Status int       `json:"status,omitempty"` // 0: no response head came
	Bytes  int64     `json:"bytes,omitempty"`
	MaxGap Seconds   `json:"max_gap_s,omitempty"` // longest silence between two content tokens
	// How it ended: complete, timeout, cut (dropped after the head), refused
	// (no connection), reset (dropped before the head), stopped, or invalid (an
	// answer that breaks HTTP or its own framing).
	How      string  `json:"how,omitempty"`
	Error    string  `json:"error,omitempty"`    // what the client library said, shortened
	Degraded bool    `json:"degraded,omitempty"` // the degraded rule matched
	Restarts int     `json:"restarts,omitempty"` // how often the restart rule matched
	Unmet    bool    `json:"unmet,omitempty"`    // the expect rule did not hold
	Told     bool    `json:"told,omitempty"`     // an explicit error: status ≥ 400 or an error event of the app's stream
	Raw      bool    `json:"raw,omitempty"`      // the reply shows the provider's own error text
	Leak     bool    `json:"leak,omitempty"`     // the reply shows a provider key
	Excerpt  string  `json:"excerpt,omitempty"`  // beginning of an unsuccessful reply, keys hashed
	Answer   *Answer `json:"answer,omitempty"`   // nil: nothing of ours was in the reply
	// Reported says that somebody else sent the request and told what came of it.
	Reported bool `json:"reported,omitempty"`
}

// Answer is what the mock's verifiable text in a reply proves.
type Answer struct {
	Provider string `json:"provider,omitempty"` // whose tag the reply (its last piece) carries
	// Nonces found, in order, without repeats. The first is the piece's own.
	Nonces   []string `json:"nonces,omitempty"`
	Begins   bool     `json:"begins,omitempty"`   // it starts as a mock's answer starts
	Complete bool     `json:"complete,omitempty"` // one whole answer: every word in place, checksum right
	Pieces   int      `json:"pieces,omitempty"`   // stretches of different attempts that the user was left with
	Gap      bool     `json:"gap,omitempty"`      // a stretch is missing or repeated inside a piece
	Words    int      `json:"words,omitempty"`
}

// Attempt is one request of the provider ledger, written when it ended.
type Attempt struct {
	Provider string `json:"provider"`
	Dialect  string `json:"dialect"`
	Endpoint string `json:"endpoint"` // chat, messages, models, … or unknown
	Path     string `json:"path,omitempty"`
	Model    string `json:"model,omitempty"`
	Stream   bool   `json:"stream,omitempty"`
	Nonce    string `json:"nonce,omitempty"`
	// Context are the nonces of other questions that the prompt carries too, where
	// the drill has sessions: what the app tells the model of the turns before.
	Context []string `json:"context,omitempty"`
	Trace   string   `json:"trace,omitempty"` // trace id of traceparent
	Print   string   `json:"print,omitempty"` // fingerprint of the body, for calls and for the join
	Nth     int      `json:"nth"`             // n-th attempt with this nonce at this provider, from 1
	Arrived Seconds  `json:"arrived_s"`
	First   *Seconds `json:"first_s,omitempty"` // first content token written
	Ended   Seconds  `json:"ended_s"`
	Left    *Seconds `json:"left_s,omitempty"` // the client went away before the end
	Status  int      `json:"status,omitempty"` // as sent; 0: none; 499: the client left first
	// RetryAfter is what the answer told the client to wait, nil when nothing;
	// RetryAfterDate says that it was told as a date, which has whole seconds.
	RetryAfter     *Seconds `json:"retry_after_s,omitempty"`
	RetryAfterDate bool     `json:"retry_after_date,omitempty"`
	Fault          string   `json:"fault,omitempty"` // key of the fault that was applied
	Kind           string   `json:"fault_kind,omitempty"`
	At             string   `json:"fault_at,omitempty"` // where in the answer it landed: headers, token 12, …
	// Refused says that the mock itself turned the attempt away, by its limits
	// (rate_limit) or its capacity (overloaded), or that the real endpoint behind the
	// provider did not answer (upstream): no fault was applied.
	Refused    string   `json:"refused,omitempty"`
	TokensIn   int      `json:"tokens_in,omitempty"`
	TokensOut  int      `json:"tokens_out,omitempty"`
	Finish     string   `json:"finish,omitempty"`
	SDKRetry   *int     `json:"sdk_retry,omitempty"`   // x-stainless-retry-count
	SDKTimeout *Seconds `json:"sdk_timeout,omitempty"` // the timeout that the SDK announces
	Agent      string   `json:"agent,omitempty"`
	// Tool is what was called, of a service with effects; Executed says that the call
	// had its effect, which one answered from memory has not; Idempotency is a hash of
	// its Idempotency-Key.
	Tool        string `json:"tool,omitempty"`
	Executed    bool   `json:"executed,omitempty"`
	Idempotency string `json:"idempotency,omitempty"`
	Key         string `json:"key,omitempty"` // hash of the API key, never the key
	// Service is which of the app's services called, where they say so.
	Service string `json:"service,omitempty"`
}

// Conn is one connection to a provider that a fault of transport or TLS had, written
// when it ended or went on without the fault; one that several faults had stands in
// as many lines. What was asked on it in vain is an attempt that nobody saw: no mock
// had it, and whose it was is not known. Connections that were refused have no line,
// for the kernel refuses them and tells nobody; those of a reset have attempts.
type Conn struct {
	Provider string  `json:"provider"`
	Opened   Seconds `json:"opened_s"` // negative: before the drill
	Struck   Seconds `json:"struck_s"` // when the fault first did something to it
	Ended    Seconds `json:"ended_s"`
	Fault    string  `json:"fault"` // key of the fault
	Kind     string  `json:"fault_kind"`
	// At is where the fault landed first: connection (which ended as a whole, or was
	// opened under a toxic), handshake, request, answer, end.
	At string `json:"fault_at"`
	// Unheard is how many bytes the client sent that the provider never got.
	Unheard int `json:"unheard,omitempty"`
}
