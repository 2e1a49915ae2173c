package app

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// maxCalls is how often the tool is called for one request.
const maxCalls = 3

// act has the tool do what the user's request asks for, and calls it again as long as
// it is not told that it was done. The service knows the repeated call by its key.
func (a *App) act(ctx context.Context, q *question) {
	for n := range maxCalls {
		key := q.Message
		if a.rules.keyless {
			key = ""
			if n > 0 {
				a.did("repeats_effects")
			}
		}
		if a.call(ctx, q, key) {
			return
		}
	}
}

// call calls the tool once and says whether it told that it was done.
func (a *App) call(ctx context.Context, q *question, key string) bool {
	body, err := json.Marshal(map[string]string{"about": q.Message})
	if err != nil {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.tools+"/open_ticket", bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
