package bot

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// naive asks one provider and, if that fails for whatever reason, asks it again
// at once. It waits as long as the SDKs do by default, passes a stream on as it
// comes and shows its users what the provider said.
type naive struct {
	log      *slog.Logger
	client   *http.Client
	provider *provider
	shelf    *shelf
}

func newNaive(cfg Config, transport http.RoundTripper, p *provider) *naive {
	return &naive{
		log:      cfg.Log,
		client:   &http.Client{Transport: transport, Timeout: 600 * time.Second},
		provider: p,
		shelf:    newShelf(cfg.OpenAIURL, cfg.OpenAIKey),
	}
}

func (n *naive) answer(ctx context.Context, q question, out reply) (account, error) {
	const retries = 3
	var acc account
	for {
		acc.attempts++
		err := n.attempt(ctx, q, out)
		if err == nil {
			acc.servedBy = n.provider.name
			return acc, nil
		}
		if acc.attempts > retries || ctx.Err() != nil {
			return acc, err
		}
		n.log.Info("retry", "request", q.number, "provider", n.provider.name, "reason", err)
	}
}

func (n *naive) attempt(ctx context.Context, q question, out reply) error {
	if q.task.looksUp {
		page, err := n.shelf.find(ctx, n.client, q.text)
		if err != nil {
			return err
		}
		q.page = page
	}
	req, err := n.provider.request(ctx, q)
	if err != nil {
		return err
	}
	resp, err := n.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	if q.task.stream {
		return n.pass(resp.Body, out)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	p, err := n.provider.whole(body)
	if err != nil {
		return err
	}
	return out.delta(p.text)
}

// pass hands a stream on. When the stream is over, for whatever reason, so is
// the answer: the loop ends and the user is told that it is done.
func (n *naive) pass(stream io.Reader, out reply) error {
	for data, err := range events(stream) {
		if err != nil {
			break
		}
		p, err := n.provider.event(data)
		if err != nil {
			continue
		}
		if p.text == "" {
			continue
		}
		if err := out.delta(p.text); err != nil {
			return err
		}
	}
	return nil
}
