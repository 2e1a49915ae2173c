package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
)

// A toxics is a client of toxiproxy's API.
type toxics struct {
	*testing.T
	url string
}

// ask asks and wants a status; a body that is not empty is JSON.
func (x toxics) ask(status int, method, path, body string, headers ...string) map[string]any {
	x.Helper()
	req, _ := http.NewRequestWithContext(x.Context(), method, x.url+path, strings.NewReader(body))
	req.Header.Set("User-Agent", "toxiproxy-cli")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
		if name == "Host" {
			req.Host = value
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		x.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != status {
		x.Errorf("%s %s %s: status %d, want %d: %s", method, path, body, resp.StatusCode, status, raw)
	}
	var answer map[string]any
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &answer); err != nil {
			x.Error(err)
		}
		if status >= 400 && (answer["error"] == "" || answer["status"] != float64(status)) {
			x.Errorf("%s %s: %s is no error of toxiproxy's", method, path, raw)
		}
	}
	return answer
}

// Clients of toxiproxy disable proxies and add and remove toxics, by the drill's own
// control; what would not be safe, or is the drill's own, is refused.
func TestToxiproxy(t *testing.T) {
	api, err := control.ListenToxiproxy("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := toxics{t, "http://" + api.Addr()}
	x.ask(http.StatusServiceUnavailable, "GET", "/proxies", "")
	x.ask(http.StatusOK, "GET", "/version", "")
	err = drill.Serve(t.Context(), plan(t), drill.ServeOptions{
		Proxied: []string{"primary"},
		Watch: func(ctx context.Context, live *drill.Live) {
			watching, cancel := context.WithCancel(ctx)
			defer cancel()
			cancel() // it keeps what it was handed
			api.Watch(watching, live)
			mock := live.Endpoints()[0]
			took := func() time.Duration {
				start := time.Now()
				client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
				resp, err := client.Get(mock.URL + "/v1/models")
				if err != nil {
					return -1
				}
				_ = resp.Body.Close()
				return time.Since(start)
			}
			open := func() string { return fmt.Sprint(live.Control().State().Open()) }

			x.ask(http.StatusOK, "PATCH", "/proxies/primary", `{"enabled": false}`)
			if took() >= 0 {
				t.Error("a disabled proxy answers")
			}
			if p := x.ask(http.StatusOK, "GET", "/proxies/primary", ""); p["enabled"] != false {
				t.Errorf("disabled: %v", p)
			}
			x.ask(http.StatusOK, "POST", "/proxies/primary", `{"enabled": true}`)
			if took() < 0 {
				t.Error("an enabled proxy does not answer")
			}
			x.ask(http.StatusOK, "POST", "/proxies/primary/toxics", `{"name": "late", "type": "latency", "attributes": {"latency": 60, "jitter": 0}}`)
			if d := took(); d < 60*time.Millisecond {
				t.Errorf("with a latency of 60 ms it takes %v", d)
			}
			x.ask(http.StatusConflict, "POST", "/proxies/primary/toxics", `{"type": "bandwidth", "attributes": {"rate": 10}}`)
			x.ask(http.StatusMethodNotAllowed, "PATCH", "/proxies/primary/toxics/late", `{"attributes": {"latency": 9}}`)
			if one := x.ask(http.StatusOK, "GET", "/proxies/primary/toxics/late", ""); one["type"] != "latency" {
				t.Errorf("the toxic is %v", one)
			}
			all := x.ask(http.StatusOK, "GET", "/proxies", "")
			if p, _ := all["primary"].(map[string]any); len(all) != 1 || len(p["toxics"].([]any)) != 1 || "http://"+p["listen"].(string) != mock.URL {
				t.Errorf("the proxies are %v", all)
			}
			x.ask(http.StatusNoContent, "DELETE", "/proxies/primary/toxics/late", "")
			x.ask(http.StatusNotFound, "DELETE", "/proxies/primary/toxics/late", "")

			// Reset takes back its own, and leaves what the drill has open.
			if _, err := live.Control().Jump(drill.By{Actor: "ann"}, "surge"); err != nil {
				t.Error(err)
			}
			before := open()
			x.ask(http.StatusOK, "POST", "/proxies/primary/toxics", `{"name": "late", "type": "slicer", "attributes": {"average_size": 64, "delay": 10}}`)
			x.ask(http.StatusNoContent, "POST", "/reset", "")
			if after := open(); after != before {
				t.Errorf("open before %s, after reset %s", before, after)
			}

			for _, body := range []string{
				`{"type": "latency", "attributes": {"latency": 60, "jitter": 10}}`,
				`{"type": "latency", "toxicity": 0.5, "attributes": {"latency": 60}}`,
				`{"type": "latency", "stream": "upstream", "attributes": {"latency": 60}}`,
				`{"type": "latency", "name": "a/b", "attributes": {"latency": 60}}`,
				`{"type": "gamma"}`,
				`{"type": `,
			} {
				x.ask(http.StatusBadRequest, "POST", "/proxies/primary/toxics", body)
			}
			x.ask(http.StatusBadRequest, "POST", "/proxies/primary", `{"listen": "0.0.0.0:1"}`)
			x.ask(http.StatusNotFound, "GET", "/proxies/secondary", "")
			x.ask(http.StatusMethodNotAllowed, "POST", "/proxies", `{"name": "other"}`)
			x.ask(http.StatusMethodNotAllowed, "POST", "/populate", `[]`)
			x.ask(http.StatusMethodNotAllowed, "DELETE", "/proxies/primary", "")
			x.ask(http.StatusNotFound, "GET", "/metrics", "")
			x.ask(http.StatusForbidden, "GET", "/proxies", "", "User-Agent: Mozilla/5.0 (X11)")
			x.ask(http.StatusForbidden, "GET", "/proxies", "", "Origin: http://evil.example")
			x.ask(http.StatusMisdirectedRequest, "GET", "/proxies", "", "Host: evil.example")
			if _, err := live.Control().Stop(drill.By{Actor: "ann"}, "enough"); err != nil {
				t.Error(err)
			}
		},
	})
	if err != nil {
		t.Error(err)
	}
	if err := api.Close(); err != nil {
		t.Error(err)
	}
}
