package faults_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// TestRealReset: on a real socket a cut is a reset, behind every byte that was
// written before, and a truncation is not.
func TestRealReset(t *testing.T) {
	for kind, want := range map[string]error{"cut": syscall.ECONNRESET, "truncate": nil} {
		w := window("f", kind, 1)
		w.Fault.At = faults.At{Place: faults.AtToken, Token: 3}
		in := faults.New(http.HandlerFunc(poem), plain{}, faults.Options{})
		in.Play(time.Now(), []faults.Window{w})
		server := httptest.NewServer(in)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/chat", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Stream", "yes")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		body, err := io.ReadAll(response.Body)
		if !errors.Is(err, want) {
			t.Errorf("%s: the body ends with %v, want %v", kind, err, want)
		}
		if got, want := fmt.Sprintf("%q", body), `"data: role\n\ndata: word1\n\ndata: word2\n\ndata: word3\n\n"`; got != want {
			t.Errorf("%s: read %s, want %s", kind, got, want)
		}
		server.Close()
	}
}
