package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A Model is one provider, called with net/http alone.
type Model struct {
	URL    string // base URL, with /v1
	Key    string
	Client *http.Client
}

// Ask makes one try of at most two seconds.
func (m Model) Ask(ctx context.Context, message string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	body, err := json.Marshal(map[string]any{
		"model":    "gpt-5.2",
		"messages": []any{map[string]string{"role": "user", "content": message}},
	})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+m.Key)
	resp, err := m.Client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d", resp.StatusCode)
	}
	var out struct {
		Choices []struct {
			Message struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return "", err
	}
	if len(out.Choices) == 0 {
		return "", errors.New("no choices")
	}
	return out.Choices[0].Message.Content, nil
}

// InTurn asks one after the other until one answers: the whole of a failover in
// plain Go.
type InTurn []Asker

// Ask returns the first answer, or all errors.
func (models InTurn) Ask(ctx context.Context, message string) (string, error) {
	var errs []error
	for _, m := range models {
		reply, err := m.Ask(ctx, message)
		if err == nil {
			return reply, nil
		}
		errs = append(errs, err)
	}
	return "", errors.Join(errs...)
}
