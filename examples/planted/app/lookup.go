package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
)

// lookUp asks the primary for the embedding of a question, which is all that looking
// it up takes of a provider. It returns nil when it has one.
func (a *App) lookUp(ctx context.Context, q *question) *failure {
	ctx, cancel := context.WithTimeout(ctx, a.rules.firstToken)
	defer cancel()
	l := a.lanes[0]
	body, err := json.Marshal(map[string]any{"model": "text-embedding-3-small", "dimensions": 8, "input": q.Message})
	if err != nil {
		return &failure{cause: broken}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.URL+"/embeddings", bytes.NewReader(body))
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
	_, _ = io.Copy(io.Discard, resp.Body) // its numbers are of no use to an app that has no documents
	return nil
}
