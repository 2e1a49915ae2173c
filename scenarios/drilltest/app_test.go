package drilltest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

// chain is a small app: it streams a model's answer on, and asks the next
// provider when one fails. It knows nothing of drills.
type chain struct {
	client  *http.Client
	links   []link
	timeout time.Duration // of one try; 0: none
	// template is the declared lesser answer when all else failed; "" is none.
	template string
}

// link is one provider to ask.
type link struct {
	url, key string
	claude   bool // speaks Anthropic's dialect
}

// newChain asks the named providers in turn. The one called secondary speaks
// Anthropic's dialect.
func newChain(env drilltest.Env, timeout time.Duration, names ...string) *chain {
	c := &chain{client: env.Client(), timeout: timeout}
	for _, name := range names {
		l := link{url: env.BaseURL(name) + "/chat/completions", key: env.Key(name)}
		if name == "secondary" {
			l = link{url: env.BaseURL(name) + "/v1/messages", key: env.Key(name), claude: true}
		}
		c.links = append(c.links, l)
	}
	return c
}

func (c *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Message string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	var last error
	for i, l := range c.links {
		if i > 0 {
			fmt.Fprint(w, "event: reset\ndata: {}\n\n")
		}
		if last = c.try(w, r, l, in.Message); last == nil {
			fmt.Fprint(w, "data: {\"done\":true}\n\n")
			return
		}
	}
	if c.template != "" {
		fmt.Fprintf(w, "event: reset\ndata: {}\n\ndata: {\"delta\":%q,\"degraded\":true}\n\ndata: {\"done\":true}\n\n", c.template)
		return
	}
	fmt.Fprint(w, "event: error\ndata: {\"error\":\"busy\"}\n\n")
}

func (c *chain) try(w http.ResponseWriter, r *http.Request, l link, message string) error {
	ctx := r.Context()
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	model := "gpt-4o"
	if l.claude {
		model = "claude-sonnet-4-5"
	}
	body, err := json.Marshal(map[string]any{
		"model": model, "stream": true, "max_tokens": 500,
		"messages": []any{map[string]string{"role": "user", "content": message}},
	})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if l.claude {
		req.Header.Set("X-Api-Key", l.key)
		req.Header.Set("Anthropic-Version", "2023-06-01")
	} else {
		req.Header.Set("Authorization", "Bearer "+l.key)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, resp.Body)
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return passOn(w, resp.Body)
}

// passOn streams the text of an answer on, and wants its end to be said.
func passOn(w http.ResponseWriter, body io.Reader) error {
	flush := http.NewResponseController(w)
	for in := bufio.NewScanner(body); in.Scan(); {
		data, ok := strings.CutPrefix(in.Text(), "data: ")
		switch {
		case !ok:
			continue
		case data == "[DONE]", strings.Contains(data, `"message_stop"`):
			return nil
		}
		text, failed := textOf(data)
		if failed {
			return errors.New("error in the stream")
		}
		if text == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "data: {\"delta\":\"%s\"}\n\n", text); err != nil {
			return err
		}
		if err := flush.Flush(); err != nil {
			return err
		}
	}
	return io.ErrUnexpectedEOF
}

// textOf finds the text in an event of either dialect, still in JSON's words. A
// decoder would take a third of the time of a drill of two hours.
func textOf(event string) (text string, failed bool) {
	for _, before := range []string{`"content":"`, `"text_delta","text":"`} {
		if _, rest, ok := strings.Cut(event, before); ok {
			text, _, _ = strings.Cut(rest, `"`)
			return text, false
		}
	}
	return "", strings.Contains(event, `"error"`)
}
