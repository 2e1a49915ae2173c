package bot

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// An attempt asks one provider once and believes it only when the answer is
// whole.
type attempt struct {
	call
	client   *http.Client
	provider *provider
	patience Patience
	watch    *watch
	sent     bool // the user got some of the answer already
}

// run hands on what the provider says. It returns nil after a whole answer;
// after half of one it has taken back what the user got. The error is
// [errUserLeft] or a *[failure].
func (a *attempt) run(user context.Context) error {
	ctx, watch := newWatch(user)
	defer watch.stop()
	a.watch = watch
	if a.task.stream {
		watch.expect("no first token", a.patience.FirstToken)
	} else {
		watch.expect("no answer", a.patience.Answer)
	}
	err := a.exchange(ctx)
	if err == nil {
		return nil
	}
	// A read that was cancelled says "context canceled". Why it was cancelled is
	// what counts.
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if f, failed := errors.AsType[*failure](err); failed {
		return f
	}
	if user.Err() != nil || errors.Is(err, errUserLeft) {
		return errUserLeft
	}
	return &failure{reason: "connection failed", cause: err, again: !a.sent}
}

// exchange sends the question and reads the answer.
func (a *attempt) exchange(ctx context.Context) error {
	req, err := a.provider.request(ctx, a.question)
	if err != nil {
		return err
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return refused(resp)
	}
	if a.task.stream {
		return a.stream(resp.Body)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 8*maxBody))
	if err != nil {
		return err
	}
	whole, err := a.provider.whole(body)
	if err != nil {
		return &failure{reason: "the answer makes no sense", cause: err}
	}
	if !finished(whole.finish) || whole.text == "" {
		return errTruncated
	}
	if !makesSense(whole.text) {
		return errNonsense
	}
	return a.out.delta(whole.text)
}

// stream hands a streamed answer on and, when it turns out not to be whole,
// takes it back.
func (a *attempt) stream(body io.Reader) error {
	err := a.copy(body)
	if err == nil {
		// Read on to the very end, so that the connection can be used again; a
		// provider that keeps it open is not waited for.
		a.watch.expect("no end", 250*time.Millisecond)
		_, _ = io.Copy(io.Discard, body)
		return nil
	}
	if a.sent && a.out.reset() != nil {
		return errUserLeft
	}
	return err
}

// copy hands on the pieces of a stream up to the model's word that it has
// finished. Nothing else proves that an answer is whole: a connection also
// closes, and [DONE] also comes, after half of one.
func (a *attempt) copy(body io.Reader) error {
	var text strings.Builder
	for data, err := range events(body) {
		if err != nil {
			return err
		}
		piece, err := a.provider.event(data)
		if err != nil {
			return &failure{reason: "the stream makes no sense", cause: err}
		}
		if piece.fault != nil {
			return piece.fault
		}
		if piece.text != "" {
			a.watch.expect("silence", a.patience.Idle)
			a.sent = true
			text.WriteString(piece.text)
			if a.out.delta(piece.text) != nil {
				return errUserLeft
			}
		}
		if a.sent && finished(piece.finish) {
			if !makesSense(text.String()) {
				return errNonsense
			}
			return nil
		}
		if piece.end || piece.finish != "" {
			break
		}
	}
	return errTruncated
}
