package drill_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

const batchScenario = `
version: 1
name: batches
providers: {primary: {dialect: openai}}
traffic:
  target: http://127.0.0.1:8000
  journeys: {report: {rate: 1/s, timeout: 10s, request: {path: "/?q={{prompt}}"}}}
phases:
  - {name: baseline, for: 10s}
  - {name: outage, for: 10s, faults: [{provider: primary, kind: server_error, match: {endpoint: batch}}]}
  - {name: recovery, for: 10s}
`

// TestBatchLinesFail: a fault on the endpoint batch fails the lines of batches, and
// nothing of what the app itself sends; each line is in the log with its nonce.
func TestBatchLinesFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "batches.drill.yaml")
	if err := os.WriteFile(path, []byte(batchScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	plan, problems := scenarios.Load(path, scenarios.Options{HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		err := drill.Run(t.Context(), plan, drill.Options{
			App: drill.Handler("batcher", batcher), Log: &log,
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	got := map[string]int{}
	for entry, err := range record.Read(&log) {
		if err != nil {
			t.Fatal(err)
		}
		a := entry.Line.Attempt
		if a == nil {
			continue
		}
		faulted := a.Arrived >= record.Of(10*time.Second) && a.Arrived < record.Of(20*time.Second)
		if a.Endpoint == "batch" {
			got[fmt.Sprintf("batch %d, with a nonce %v, in the outage %v", a.Status, a.Nonce != "", faulted)]++
		} else if a.Status != http.StatusOK {
			t.Errorf("%s %s: %d", a.Endpoint, a.Path, a.Status)
		}
	}
	// One a second; those that are made just before a border are performed behind it.
	want := map[string]int{
		"batch 200, with a nonce true, in the outage false": 20,
		"batch 500, with a nonce true, in the outage true":  10,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// batcher is an app that has every question answered by a batch of its own.
func batcher(place drill.Place) (http.Handler, func(), error) {
	a := batchApp{client: &http.Client{Transport: &http.Transport{DialContext: place.Net.Dial}}}
	for _, v := range place.Env {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "OPENAI_BASE_URL":
			a.url = value
		case "OPENAI_API_KEY":
			a.key = value
		}
	}
	return a, a.client.CloseIdleConnections, nil
}

type batchApp struct {
	client   *http.Client
	url, key string
}

// batchState is what the app looks at of files and batches.
type batchState struct {
	ID, Status string
	Output     string `json:"output_file_id"`
}

func (a batchApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	question, _ := json.Marshal(r.FormValue("q"))
	line := `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"user","content":` + string(question) + `}]}}`
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	_ = m.WriteField("purpose", "batch")
	part, _ := m.CreateFormFile("file", "in.jsonl")
	_, _ = io.WriteString(part, line)
	_ = m.Close()

	var b batchState
	_ = json.Unmarshal(a.do(r.Context(), "POST", "/files", m.FormDataContentType(), form.String()), &b)
	body := `{"input_file_id":"` + b.ID + `","endpoint":"/v1/chat/completions","completion_window":"24h"}`
	_ = json.Unmarshal(a.do(r.Context(), "POST", "/batches", "application/json", body), &b)
	for range 8 {
		time.Sleep(500 * time.Millisecond)
		_ = json.Unmarshal(a.do(r.Context(), "GET", "/batches/"+b.ID, "", ""), &b)
		if b.Status == "completed" {
			break
		}
	}
	if b.Output == "" {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_, _ = w.Write(a.do(r.Context(), "GET", "/files/"+b.Output+"/content", "", ""))
}

// do asks the provider.
func (a batchApp) do(ctx context.Context, method, path, contentType, body string) []byte {
	r, err := http.NewRequestWithContext(ctx, method, a.url+path, strings.NewReader(body))
	if err != nil {
		return nil
	}
	r.Header.Set("Authorization", "Bearer "+a.key)
	r.Header.Set("Content-Type", contentType)
	resp, err := a.client.Do(r)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	all, _ := io.ReadAll(resp.Body)
	return all
}
