package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
)

// A caller calls the control of a drill that another process plays.
type caller struct {
	url, token, ready string
	actor             string
	state             int // that was seen; 0: whichever it is
	json, reveal      bool
	client            http.Client
}

// Where a caller finds the drill when no flag says.
const (
	envControlURL   = "BROWNOUT_CONTROL_URL"
	envControlToken = "BROWNOUT_CONTROL_TOKEN"
	envReadyFile    = "BROWNOUT_READY_FILE"
)

func (c *caller) flags(cmd *cobra.Command) {
	flags := cmd.PersistentFlags()
	flags.StringVar(&c.url, "url", "", "`URL` of the control")
	flags.StringVar(&c.token, "token", "", "its `TOKEN`")
	flags.StringVar(&c.ready, "ready-file", "", "`FILE` that run or serve wrote, with URL and token")
	flags.StringVar(&c.actor, "as", "", "`NAME` of who acts, for the log (default: yours on this machine)")
	flags.IntVar(&c.state, "if-state", 0, "act only in the state with this `NUMBER`")
	flags.BoolVar(&c.reveal, "reveal", false, "of a blind drill, show phases and faults all the same")
	flags.BoolVar(&c.json, "json", false, "print the answer as it came, as JSON")
}

// errNoDrill says that there is nobody to call.
var errNoDrill = errors.New("no drill is led here")

// find finds the drill: by flags, else the environment, else the ready file.
func (c *caller) find() error {
	c.url = cmp.Or(c.url, os.Getenv(envControlURL))
	c.token = cmp.Or(c.token, os.Getenv(envControlToken))
	if c.url != "" && c.token != "" {
		return nil
	}
	path := cmp.Or(c.ready, os.Getenv(envReadyFile))
	if path == "" {
		return &exit{
			code: exitUsage, err: errors.New("which drill? neither URL and token nor a ready file is given"),
			hint: "--ready-file FILE as given to brownout run --control, or --url and --token as it printed them; " +
				"also in " + envControlURL + ", " + envControlToken + " and " + envReadyFile,
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoDrill, err)
	}
	var file readyFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("ready file %s: %w", path, err)}
	}
	if file.Control == nil {
		return &exit{code: exitTool, err: fmt.Errorf("ready file %s: the drill is not led", path), hint: "start it with --control"}
	}
	c.url, c.token = file.Control.URL, file.Control.Token
	return nil
}

// A denied says what the control has against a request.
type denied struct{ control.Problem }

func (r *denied) Error() string { return r.Detail }

// ndjson is a body of lines that are JSON.
type ndjson []byte

// call calls, with a body unless it is nil, and decodes the answer. The error is a
// [*denied] for one that says what is wrong, or errNoDrill for none.
func (c *caller) call(ctx context.Context, method, path string, body, into any) error {
	if err := c.find(); err != nil {
		return err
	}
	raw, err := c.raw(ctx, method, path, body)
	if err != nil {
		return err
	}
	if m, ok := into.(*json.RawMessage); ok {
		*m = raw
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return &exit{code: exitTool, err: fmt.Errorf("the control's answer: %w", err)}
	}
	return nil
}

// answersMost bounds an answer: a card, or a page of the ledger.
const answersMost = 256 << 20

func (c *caller) raw(ctx context.Context, method, path string, body any) ([]byte, error) {
	req, err := c.request(ctx, method, path, body)
	if err != nil {
		return nil, &exit{code: exitUsage, err: err}
	}
	// Not through a proxy of the environment: a guard of ours may be there.
	c.client.Transport = &http.Transport{DisableKeepAlives: true}
	c.client.Timeout = 30 * time.Second
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoDrill, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, answersMost))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoDrill, err)
	}
	if resp.StatusCode == http.StatusOK {
		return raw, nil
	}
	r := new(denied)
	if json.Unmarshal(raw, &r.Problem) != nil || r.Detail == "" {
		return nil, &exit{code: exitTool, err: fmt.Errorf("%s answers %s, and is no drill's control", c.url, resp.Status)}
	}
	if r.Status == http.StatusServiceUnavailable {
		return nil, fmt.Errorf("%w: %w", errNoDrill, r)
	}
	return nil, r
}

func (c *caller) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	text, kind := []byte(nil), "application/json"
	switch body := body.(type) {
	case nil:
	case ndjson:
		text, kind = body, "application/x-ndjson"
	default:
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.url, "/")+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set(control.ActorHeader, c.name())
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if c.reveal {
		req.Header.Set(control.RevealHeader, "yes")
	}
	if c.state != 0 {
		req.Header.Set("If-Match", strconv.Quote(strconv.Itoa(c.state)))
	}
	return req, nil
}

// name is who acts.
func (c *caller) name() string {
	if c.actor == "" {
		if u, err := user.Current(); err == nil {
			c.actor = u.Username
		}
	}
	return cmp.Or(c.actor, "ctl")
}

// ended is the exit of what a call came to.
func (c *caller) ended(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*exit](err); ok {
		return e
	}
	r, ok := errors.AsType[*denied](err)
	switch {
	case !ok:
		return &exit{code: exitTool, err: err, hint: "is it over, or not begun yet? brownout ctl wait begun"}
	case r.Code == "stale_state":
		return &exit{code: exitMissed, err: r, hint: "look at it first: brownout ctl state"}
	case r.Status == http.StatusConflict:
		return &exit{code: exitTool, err: r}
	case r.Status == http.StatusUnauthorized:
		return &exit{code: exitTool, err: r, hint: "is the token that of another run?"}
	}
	return &exit{code: exitUsage, err: r}
}
