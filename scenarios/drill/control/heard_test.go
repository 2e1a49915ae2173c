package control_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
)

// Whoever calls with the token is heard, unless it is a machine that scrapes; /metrics
// is behind the same gate as all else.
func TestWhoIsHeard(t *testing.T) {
	heard := 0
	server, err := control.New(control.Options{
		Token: "right", Heard: func() { heard++ },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "up 1\n") }),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, token string
		status, heard       int
	}{
		{http.MethodGet, "/v1/openapi.json", "right", http.StatusOK, 1},
		{http.MethodGet, "/v1/state", "right", http.StatusServiceUnavailable, 1},
		{http.MethodGet, "/v1/state", "wrong", http.StatusUnauthorized, 0},
		{http.MethodGet, "/metrics", "right", http.StatusOK, 0},
		{http.MethodGet, "/metrics", "wrong", http.StatusUnauthorized, 0},
		{http.MethodPost, "/metrics", "right", http.StatusNotFound, 1},
	} {
		heard = 0
		r := httptest.NewRequest(c.method, "http://127.0.0.1"+c.path, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != c.status || heard != c.heard {
			t.Errorf("%s %s with the %s token: %d, heard %d times; want %d, %d", c.method, c.path, c.token, w.Code, heard, c.status, c.heard)
		}
	}
}
