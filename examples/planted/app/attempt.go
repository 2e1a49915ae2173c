package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A cause is why an attempt failed.
type cause string

const (
	limited cause = "429"
	server  cause = "5xx"
	timeout cause = "timeout" // no first token, or silence after it
	broken  cause = "broken"  // the connection, or what came over it
	denied  cause = "401"
	bad     cause = "400"
	quota   cause = "quota"
	left    cause = "left" // the user has gone
	away    cause = "away" // a breaker kept the attempt from being made
)

// A failure is an attempt that came to nothing.
type failure struct {
	cause cause
	raw   string        // what the provider said
	wait  time.Duration // Retry-After, 0: not said
	begun bool          // the user had got some of the answer
}

// sink takes the pieces of an answer.
type sink interface{ delta(text string) }

// errTooLate ends an attempt whose provider is silent for too long.
var errTooLate = errors.New("the provider is silent for too long")

// attempt asks one provider once. It returns nil after a whole answer.
func (a *App) attempt(ctx context.Context, l *lane, q *question, out sink) *failure {
	asked, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(a.rules.firstToken, func() { cancel(errTooLate) })
	defer silence.Stop()
	began, begun := time.Now(), false
	f := a.exchange(asked, l, q, func(text string) {
		silence.Reset(a.rules.silence)
		if !begun {
			begun = true
			a.first(time.Since(began))
		}
		out.delta(text)
	})
	switch {
	case f == nil:
		return nil
	case errors.Is(context.Cause(asked), errTooLate):
		f.cause = timeout
	case ctx.Err() != nil:
		f.cause = left
	}
	f.begun = begun
	return f
}

// exchange sends the question and hands on the pieces of the answer.
func (a *App) exchange(ctx context.Context, l *lane, q *question, piece func(string)) *failure {
	body, err := json.Marshal(a.prompt(l, q))
	if err != nil {
		return &failure{cause: broken}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.URL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return &failure{cause: broken}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+l.Key)
	resp, err := a.client.Do(req)
	if err != nil {
		return &failure{cause: broken}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refusal(resp)
	}
	return a.read(resp.Body, q, piece)
}

// prompt is a question in the provider's dialect, with the conversation so far.
func (a *App) prompt(l *lane, q *question) map[string]any {
	said := func(who, what string) map[string]string { return map[string]string{"role": who, "content": what} }
	var messages []any
	if a.rules.losesContext && l != a.lanes[0] {
		a.did("loses_context")
	} else {
		for _, t := range a.talk(q) {
			messages = append(messages, said("user", t.asked), said("assistant", t.told))
		}
	}
	if q.Form == "json" { // OpenAI wants the word in the prompt
		messages = append(messages, said("system", "Answer with a JSON object."))
	}
	prompt := map[string]any{"model": "gpt-4o-mini", "stream": true, "messages": append(messages, asked(q))}
	if q.Form == "json" {
		prompt["response_format"] = map[string]string{"type": "json_object"}
	}
	return prompt
}

// asked is the user's message, with what is attached to it.
func asked(q *question) map[string]any {
	if q.Image == "" {
		return map[string]any{"role": "user", "content": q.Message}
	}
	return map[string]any{"role": "user", "content": []any{
		map[string]any{"type": "text", "text": q.Message},
		map[string]any{"type": "image_url", "image_url": map[string]any{"url": q.Image}},
	}}
}

// read takes a stream for whole only when the model says that it has finished.
// A connection also closes, and [DONE] also comes, after half an answer.
func (a *App) read(body io.Reader, q *question, piece func(string)) *failure {
	finished := false
	var text strings.Builder
	in := bufio.NewScanner(body)
	for in.Scan() {
		data, ok := strings.CutPrefix(in.Text(), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var event struct {
			Choices []struct {
				Delta  struct{ Content string }
				Finish string `json:"finish_reason"`
			}
			Error json.RawMessage
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			return &failure{cause: broken}
		}
		if event.Error != nil {
			return &failure{cause: broken, raw: data}
		}
		for _, c := range event.Choices {
			if c.Delta.Content != "" {
				text.WriteString(c.Delta.Content)
				piece(c.Delta.Content)
			}
			finished = finished || c.Finish == "stop"
		}
	}
	mad := nonsense(text.String())
	refused := strings.Contains(text.String(), "I can't help with that")
	switch {
	case in.Err() != nil, refused && !a.rules.takesRefusals, mad && !a.rules.takesNonsense:
		return &failure{cause: broken}
	case finished && q.Form == "json" && !json.Valid([]byte(text.String())):
		if a.rules.takesBrokenJSON {
			a.did("takes_broken_json")
			return nil
		}
		return &failure{cause: broken}
	case refused:
		a.did("takes_refusals")
		return nil
	case mad:
		a.did("takes_nonsense")
		return nil
	case finished:
		return nil
	case a.rules.takesHalves:
		a.did("truncated")
		return nil
	}
	return &failure{cause: broken}
}

// refusal is an answer that is an error.
func refusal(resp *http.Response) *failure {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 4096)) // half an error text will do
	f := &failure{cause: server, raw: string(body)}
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err == nil {
		f.wait = time.Duration(seconds) * time.Second
	}
	switch {
	case bytes.Contains(body, []byte("insufficient_quota")):
		f.cause = quota
	case resp.StatusCode == http.StatusTooManyRequests:
		f.cause = limited
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		f.cause = denied
	case resp.StatusCode < 500:
		f.cause = bad
	}
	return f
}
