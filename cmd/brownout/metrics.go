package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/metrics"
)

// metricsFlags say whether and where Prometheus finds the drill.
type metricsFlags struct {
	addr  string
	blind bool // phases and faults are not shown
}

func (f *metricsFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.addr, "metrics", "", "answer Prometheus at http://`HOST:PORT`/metrics (127.0.0.1:9464); with --control its address does so, too, to whoever has the token")
}

// An exposure answers Prometheus about the drills of one command. A nil exposure
// answers nobody.
type exposure struct {
	*metrics.Collector
	server *http.Server
	served chan struct{}
}

// listen begins to answer if the flags say so. It tells figures and names of phases,
// providers and the scenario, and takes no orders: it wants no token.
func (f metricsFlags) listen(term *terminal) (*exposure, error) {
	if f.addr == "" {
		return nil, nil
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", f.addr)
	if err != nil {
		return nil, &exit{code: exitUsage, err: err, hint: "--metrics 127.0.0.1:0 listens on any port of this machine"}
	}
	c := metrics.New(metrics.Options{Version: version(), Blind: f.blind})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", c.Handler())
	e := &exposure{Collector: c, served: make(chan struct{}), server: &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0),
	}}
	go func() {
		defer close(e.served)
		_ = e.server.Serve(l) // always an error: that it was closed
	}()
	term.sayf("metrics: http://%s/metrics", l.Addr())
	return e, nil
}

func (e *exposure) watch() func(context.Context, *drill.Live) {
	if e == nil {
		return nil
	}
	return e.Watch
}

func (e *exposure) close() {
	if e != nil {
		_ = e.server.Close()
		<-e.served
	}
}
