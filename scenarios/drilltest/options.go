package drilltest

import (
	"io"
	"time"
)

// An Option changes how [Run] or [Start] plays a scenario.
type Option func(*options)

type options struct {
	seed      *uint64
	appFile   string
	bars      string
	traffic   string
	log       io.Writer
	appLog    io.Writer
	proxied   []string
	upstreams []string
	patience  time.Duration
	within    time.Duration
}

// Defaults of the bounds in real time.
const (
	defaultPatience = 10 * time.Second
	defaultWithin   = 2 * time.Minute
)

func collect(opts []Option) options {
	o := options{appLog: io.Discard, log: io.Discard, patience: defaultPatience, within: defaultWithin}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Seed plays with another seed than the scenario's: other luck for everybody.
func Seed(seed uint64) Option { return func(o *options) { o.seed = &seed } }

// AppFile is a file whose app, providers and traffic replace the scenario's, as
// brownout run --with takes it.
func AppFile(path string) Option { return func(o *options) { o.appFile = path } }

// Traffic is a recorded trace that journeys replay in place of what the scenario says,
// FILE or JOURNEY=FILE, as brownout run --traffic takes it.
func Traffic(trace string) Option { return func(o *options) { o.traffic = trace } }

// Bars replaces the scenario's bars. They are written as in a scenario, and
// checked as there:
//
//	drilltest.Bars(`
//	  - {metric: availability, phase: surge, min: 97%}
//	  - {metric: harm, max: 0}
//	`)
func Bars(yaml string) Option { return func(o *options) { o.bars = yaml } }

// Log is where the drill's log goes, JSON lines as in log.jsonl, when it has
// ended; also when it failed.
func Log(w io.Writer) Option { return func(o *options) { o.log = w } }

// AppLog is what [Env.Log] writes to, with API keys hashed; otherwise it is
// thrown away.
func AppLog(w io.Writer) Option { return func(o *options) { o.appLog = w } }

// Proxied are providers that shall be able to have transport faults injected by
// [Drill.Inject]. Those that the scenario has some for can anyway. A provider
// behind a proxy resets no connection: cut reaches its clients as an orderly end.
func Proxied(providers ...string) Option { return func(o *options) { o.proxied = providers } }

// AllowUpstream lets providers of [Start] have these hosts as their upstream, though
// they are not this machine.
func AllowUpstream(hosts ...string) Option { return func(o *options) { o.upstreams = hosts } }

// Patience is how long, in real time, the drill's clock may stand still before
// [Run] gives up; 10 s when not said.
func Patience(d time.Duration) Option { return func(o *options) { o.patience = d } }

// Within is how long, in real time, the whole drill may take before [Run] gives
// up; 2 minutes when not said.
func Within(d time.Duration) Option { return func(o *options) { o.within = d } }
