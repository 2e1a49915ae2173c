package faults_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// A provider that worked is rate limited from now on for a minute.
func ExampleInjector() {
	provider := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "an answer") })
	in := faults.New(provider, house{}, faults.Options{
		Seed: 7,
		Hit:  func(_ *http.Request, h faults.Hit) { fmt.Println("hit by", h.Key, "at", h.At) },
	})
	ask := func() {
		w := httptest.NewRecorder()
		in.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/chat", http.NoBody))
		fmt.Print(w.Code, " ", w.Body)
	}

	ask()
	in.Play(time.Now(), []faults.Window{{
		Fault:    &faults.Fault{Key: "surge", Kind: "rate_limit", Share: faults.Share{From: 1, To: 1}},
		Provider: "primary",
		To:       time.Minute,
	}})
	ask()
	// Output:
	// 200 an answer
	// hit by surge at headers
	// 429 come again in 5s
}

// house is how the example's provider words its failures.
type house struct{}

func (house) Look(r *http.Request) faults.Look {
	_, _ = io.Copy(io.Discard, r.Body)
	return faults.Look{Endpoint: "chat"}
}

func (house) Answer(_ faults.Look, f faults.Failure) faults.Answer {
	return faults.Answer{Status: f.Status, Body: fmt.Appendln(nil, "come again in", f.Wait.For)}
}

func (house) Event(faults.Look, faults.Failure) []byte    { return nil }
func (house) Part(faults.Look, []byte) (part faults.Part) { return faults.Other }

func (house) Alter(_ faults.Look, part []byte, _ faults.Failure) []byte { return part }
