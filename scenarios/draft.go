package scenarios

import (
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/stop"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// draft is a scenario as its files say it: each key decoded by its row, nothing
// yet held against anything else. Every map knows its place, for what is found
// later.
type draft struct {
	schema.Place
	version   int
	name      string
	title     string
	about     string
	sources   []string
	teaches   []string
	seed      uint64
	app       appDraft
	providers []providerDraft
	traffic   trafficDraft
	phases    []phaseDraft
	bars      []barDraft
	stops     []stopDraft
	healthy   float64
	slo       float64
	warmup    time.Duration
	watch     watchDraft
}

type appDraft struct {
	schema.Place
	command []string
	env     map[string]string
	ready   readyDraft
}

type readyDraft struct {
	schema.Place
	url    string
	within time.Duration
}

type providerDraft struct {
	schema.Place
	name    string
	dialect string
	listen  string
	region  string
	real    string // upstream
	strict  bool
	tls     bool
	models  []modelDraft

	limits   limitsDraft
	keys     []limitsDraft
	capacity capacityDraft
	answers  []fixedDraft
}

// limitsDraft has rates in a second; what was not said is 0.
type limitsDraft struct {
	schema.Place
	name             string // of a key that has its own
	requests, tokens float64
}

type capacityDraft struct {
	schema.Place
	limits.Capacity
}

type fixedDraft struct {
	schema.Place
	mockllm.Fixed
	json any
}

type modelDraft struct {
	schema.Place
	name string
	pace.Model
	quality float64
	price   priceDraft
}

// priceDraft is in dollars per million tokens.
type priceDraft struct {
	schema.Place
	input, output float64
}

type trafficDraft struct {
	schema.Place
	target   string
	arrival  arrivalDraft
	shape    shapeDraft
	inFlight int

	connections, protocol string

	journeys []journeyDraft
}

// arrivalDraft has a name, or the coefficient of variation of gamma.
type arrivalDraft struct {
	name string
	cv   float64
}

type shapeDraft struct {
	schema.Place
	ramp       rampDraft
	steps, day stepsDraft
}

type rampDraft struct {
	schema.Place
	from, to    float64
	after, over time.Duration
}

type stepsDraft struct {
	schema.Place
	lasts   time.Duration // each of them, all of a day
	factors []float64
}

type journeyDraft struct {
	schema.Place
	traffic.Journey
	profile  string
	lengths  lengthsDraft
	trace    string
	speedup  float64 // of the trace; 0: as it was recorded
	sessions sessionsDraft
	login    loginDraft
	request  requestDraft
	answer   answerDraft
	slow     slowOverDraft
	degraded matcherDraft
	restart  matcherDraft
	expect   expectDraft

	deferred   matcherDraft
	deliver    deliverDraft
	within     time.Duration // to deliver
	progress   matcherDraft
	impatience impatienceDraft
}

type lengthsDraft struct {
	schema.Place
	input, output percentilesDraft
}

// percentilesDraft are numbers of tokens; what was not said is 0.
type percentilesDraft struct {
	schema.Place
	p50, p99 float64
}

type sessionsDraft struct {
	schema.Place
	traffic.Sessions
}

type loginDraft struct {
	schema.Place
	traffic.Login
}

type requestDraft struct {
	schema.Place
	dialect string
	model   string
	ask.Request
}

type answerDraft struct {
	schema.Place
	reply.Rule
}

type slowOverDraft struct {
	schema.Place
	traffic.Slow
}

type matcherDraft struct {
	schema.Place
	reply.Matcher
}

type deliverDraft struct {
	schema.Place
	traffic.Deliver
}

type impatienceDraft struct {
	schema.Place
	traffic.Impatience
}

// expectDraft is a matcher with more; its rows lead to the matcher's.
type expectDraft struct {
	matcherDraft
	maxLength int
}

type phaseDraft struct {
	schema.Place
	name   string
	length time.Duration
	faults []faultDraft
	steps  []stepDraft
}

type faultDraft struct {
	schema.Place
	providers []string
	kind      string
	share     shareDraft
	ramp      time.Duration
	after     time.Duration
	until     time.Duration
	at        faults.At
	match     matchDraft
	cycle     cycleDraft
	first     int
	sticky    string
	draw      string
	params    map[string]any // what [paramKey] made room for
}

type cycleDraft struct {
	schema.Place
	faults.Cycle
}

type shareDraft struct{ flat, from, to float64 }

type matchDraft struct {
	schema.Place
	faults.Match
}

// factorDraft is a factor in its three forms; what was not said is 0.
type factorDraft struct {
	schema.Place
	flat, from, to, ttft, gap float64
}

// waitDraft is what to tell a client to wait; flat is a time.Duration or the
// word none.
type waitDraft struct {
	schema.Place
	flat     any
	date, ms time.Duration
	float    time.Duration
	escalate []time.Duration
}

type stopDraft struct {
	schema.Place
	stop.Rule
}

type barDraft struct {
	schema.Place
	metric, phase, journey, provider string
	threshold                        any
	severity, evidence, by           string
}
