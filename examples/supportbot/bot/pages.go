package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// pages are what the shop has written down for its customers.
func pages() []string {
	return []string{
		"Parcels leave within two working days. The link in your mail shows where yours is.",
		"Goods can be sent back within thirty days, in their box and at our cost.",
		"We take cards and bank transfers. A refund goes the way the money came.",
		"What breaks within two years is mended or replaced. Keep the bill.",
	}
}

// A shelf finds the page that fits a question, by embeddings of OpenAI's. No other
// vendor's would do: vectors of two models cannot be compared.
type shelf struct {
	url, key string
}

func newShelf(base, key string) *shelf {
	return &shelf{strings.TrimRight(base, "/") + "/embeddings", key}
}

// find asks for the vectors of the question and of all pages and gives the page
// that is nearest.
func (s *shelf) find(ctx context.Context, client *http.Client, question string) (string, error) {
	known := pages()
	body, err := json.Marshal(map[string]any{
		"model": "text-embedding-3-small", "dimensions": 64, "input": append([]string{question}, known...),
	})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "supportbot/1")
	req.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", refused(resp)
	}
	var found struct {
		Data []struct {
			Embedding []float64 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(&found); err != nil {
		return "", err
	}
	if len(found.Data) != len(known)+1 {
		return "", errNoAnswer
	}
	best, page := -1.0, ""
	for n, text := range known {
		if near := product(found.Data[0].Embedding, found.Data[n+1].Embedding); near > best {
			best, page = near, text
		}
	}
	return page, nil
}

// product is that of two vectors of length 1: how near they are, from -1 to 1.
func product(a, b []float64) float64 {
	var sum float64
	for n := range min(len(a), len(b)) {
		sum += a[n] * b[n]
	}
	return sum
}
