//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// stallFrom and stallTo are when the server of the stall stands still, from its
// first request on.
const (
	stallFrom = 5 * time.Second
	stallTo   = 10 * time.Second
)

// serveApp serves an app of that kind until its standard input ends.
func serveApp(args []string, stdout io.Writer) error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var h http.HandlerFunc
	switch args[0] {
	case "json":
		h = answerJSON
	case "stream":
		h = trickle
	case "paced":
		h = steadily
	case "stall":
		h = stalling()
	default:
		return fmt.Errorf("no app %q", args[0])
	}
	fmt.Fprintln(stdout, "http://"+l.Addr().String())
	go func() { _ = http.Serve(l, h) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	return nil
}

func answerJSON(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"reply":"`+strings.Repeat("babe ", 60)+`"}`)
}

// trickle streams for 12 s, two events a second.
func trickle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for range 24 {
		_, _ = io.WriteString(w, "data: {\"delta\":\"babe \"}\n\n")
		_ = http.NewResponseController(w).Flush()
		<-tick.C
	}
}

// steadily streams as a mock does at the pace of a crowd: events as long, each by
// itself, by one timer.
func steadily(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if r.ContentLength < int64(len(chat(true))) { // the first question, which wants no stream
		answerJSON(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	event := []byte("data: " + strings.Repeat("x", eventLength-len("data: \n\n")) + "\n\n")
	ctrl := http.NewResponseController(w)
	timer, due := time.NewTimer(0), time.Now()
	for range steadyTokens {
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return
		}
		_, _ = w.Write(event)
		_ = ctrl.Flush()
		due = due.Add(steadyGap)
		timer.Reset(time.Until(due))
	}
}

// stalling answers at once, but for the time of the stall.
func stalling() http.HandlerFunc {
	var first time.Time
	var once sync.Once
	return func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { first = time.Now() })
		if now := time.Since(first); now >= stallFrom && now < stallTo {
			time.Sleep(stallTo - now)
		}
		answerJSON(w, r)
	}
}
