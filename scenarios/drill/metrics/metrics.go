// Package metrics shows a drill under way to Prometheus: how far it is, what goes
// wrong, what its users and its providers have seen. It reads the drill's counters
// when it is asked and keeps none of its own.
//
//	c := metrics.New(metrics.Options{Version: "v1.2.0"})
//	http.Handle("/metrics", c.Handler())
//	err := drill.Run(ctx, plan, drill.Options{Watch: c.Watch, …})
//
// Every name begins with brownout_ and is in base units. A counter begins anew with
// each drill.
package metrics

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// Options say of what is shown, and how much of it.
type Options struct {
	Version string // of brownout
	// Blind keeps back what a blind drill hides until it is over: the scenario, its
	// phases and its faults.
	Blind bool
}

// A Collector collects from the drills that it watches. Of drills of one app, one after
// the other, the last is shown, also after its end.
type Collector struct {
	opts Options
	rows []row

	mu    sync.Mutex
	lives map[string]*drill.Live // by app
}

// New makes a collector that has seen no drill.
func New(opts Options) *Collector {
	return &Collector{opts: opts, rows: table(), lives: map[string]*drill.Live{}}
}

// Watch shows a drill, see [drill.Options].
func (c *Collector) Watch(ctx context.Context, live *drill.Live) {
	c.mu.Lock()
	c.lives[live.App()] = live
	c.mu.Unlock()
	<-ctx.Done()
}

// Handler answers scrapes with what this collector has, and nothing else of the
// process.
func (c *Collector) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(c) // it fails for two of one name only
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// A row is one metric: its description and what it is in a drill now.
type row struct {
	name string // without brownout_
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(sample, put)
}

// put is told a value, under the labels of the row in their order.
type put func(value float64, labels ...string)

// sample is a drill at one moment.
type sample struct {
	drill.Status
	drill.State
	live *drill.Live
}

// table is every metric but brownout_build_info.
func table() []row {
	made := func(kind prometheus.ValueType, name, help string, labels []string, read func(sample, put)) row {
		return row{name, prometheus.NewDesc("brownout_"+name, help, append([]string{"app"}, labels...), nil), kind, read}
	}
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	return []row{
		made(gauge, "drill_info", "The drill that is played; always 1.", []string{"scenario"}, func(s sample, put put) {
			put(1, s.live.Plan().Name)
		}),
		made(gauge, "drill_running", "Whether the drill goes on: 1, or 0 when it is over.", nil, func(s sample, put put) {
			put(truth(!s.Over))
		}),
		made(gauge, "drill_elapsed_seconds", "Time since the drill's start.", nil, func(s sample, put put) {
			put(s.Status.Elapsed.Seconds())
		}),
		made(gauge, "drill_length_seconds", "How long the drill will be, if nobody changes it.", nil, func(s sample, put put) {
			put(s.State.Length.Seconds())
		}),
		made(gauge, "drill_held", "Whether the phase stands still.", nil, func(s sample, put put) {
			put(truth(s.State.Held))
		}),
		made(gauge, "drill_phase", "1 for the phase that the drill is in, 0 for the others.", []string{"phase"}, phases),
		made(gauge, "faults_open", "How many faults of a kind are open on a provider.", []string{"provider", "kind"}, faultsOpen),
		made(counter, "user_requests_total", "Users' requests that have come to an end, by how: good is complete and without an explicit error, dropped was never sent.", []string{"result"}, results),
		made(counter, "user_requests_sent_total", "Users' requests that were handed to the app.", nil, func(s sample, put put) {
			put(float64(s.Traffic.Sent))
		}),
		made(gauge, "user_requests_in_flight", "Users' requests that were sent and have not ended.", nil, func(s sample, put put) {
			put(float64(s.Traffic.InFlight))
		}),
		made(counter, "provider_attempts_total", "Requests that reached a provider.", []string{"provider"}, func(s sample, put put) {
			for _, a := range s.Attempts {
				put(float64(a.Attempts), a.Provider)
			}
		}),
		made(counter, "provider_attempts_faulted_total", "Of the requests that reached a provider, those that met a fault.", []string{"provider"}, func(s sample, put put) {
			for _, a := range s.Attempts {
				put(float64(a.Faulted), a.Provider)
			}
		}),
	}
}

// telling are the metrics that tell what a blind drill hides.
func telling() []string {
	return []string{"drill_info", "drill_held", "drill_phase", "faults_open", "provider_attempts_faulted_total"}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func phases(s sample, put put) {
	for i, p := range s.State.Phases {
		put(truth(i == s.State.PhaseNo && !s.Over), p.Name)
	}
}

// faultsOpen has every kind that the drill knows on a provider, so that one which is
// shut goes to 0 and does not vanish.
func faultsOpen(s sample, put put) {
	type at struct{ provider, kind string }
	open := map[at]float64{}
	for _, w := range s.Windows {
		open[at{w.Provider, w.Fault.Kind}] += 0
	}
	for _, w := range s.State.Open() {
		open[at{w.Provider, w.Fault.Kind}]++
	}
	for _, a := range slices.SortedFunc(maps.Keys(open), func(a, b at) int {
		return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.kind, b.kind))
	}) {
		put(open[a], a.provider, a.kind)
	}
}

func results(s sample, put put) {
	put(float64(s.Traffic.Good), "good")
	put(float64(s.Traffic.Errors), "error")
	put(float64(s.Traffic.Dropped), "dropped")
}

func (c *Collector) build() *prometheus.Desc {
	return prometheus.NewDesc("brownout_build_info", "The version of brownout; always 1.", []string{"version", "goversion"}, nil)
}

// Describe is for the registry.
func (c *Collector) Describe(to chan<- *prometheus.Desc) {
	to <- c.build()
	for _, r := range c.rows {
		to <- r.desc
	}
}

// Collect is for the registry.
func (c *Collector) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(c.build(), prometheus.GaugeValue, 1, c.opts.Version, runtime.Version())
	c.mu.Lock()
	lives := maps.Clone(c.lives)
	c.mu.Unlock()
	for app, live := range lives {
		s := sample{live.Status(), live.Control().State(), live}
		for _, r := range c.rows {
			if c.opts.Blind && !s.Over && slices.Contains(telling(), r.name) {
				continue
			}
			r.read(s, func(value float64, labels ...string) {
				to <- prometheus.MustNewConstMetric(r.desc, r.kind, value, append([]string{app}, labels...)...)
			})
		}
	}
}
