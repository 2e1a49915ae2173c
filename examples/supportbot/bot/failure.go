package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A failure is why a provider gave no whole answer.
type failure struct {
	reason string        // in words: "429 Too Many Requests", "no first token in 2s"
	raw    string        // what the provider said
	wait   time.Duration // how long it asked to be left alone; 0: it did not say
	again  bool          // the same provider may do better in a moment
	full   bool          // it is asked too much
	ours   bool          // the request is at fault, the provider may be well
	cause  error
}

func (f *failure) Error() string {
	if f.raw != "" {
		return f.reason + ": " + f.raw
	}
	if f.cause != nil {
		return fmt.Sprintf("%s: %v", f.reason, f.cause)
	}
	return f.reason
}

func (f *failure) Unwrap() error { return f.cause }

// The errors that have nothing more to tell.
var (
	errUserLeft  = errors.New("the user left")
	errNoAnswer  = errors.New("no answer in it")
	errTruncated = &failure{reason: "the answer broke off before its end"}
	errTooLong   = &failure{reason: "the answer took too long"}
)

// brokeOff is a provider's own error event in the middle of a stream.
func brokeOff(event []byte) *failure {
	return &failure{reason: "error in the stream", raw: string(event)}
}

// refused reads an answer that is not 200. It judges as the vendors' SDKs do,
// but for a spent quota, which they try again.
func refused(resp *http.Response) *failure {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 4096)) // half an error text is better than none
	f := &failure{
		reason: resp.Status,
		raw:    strings.TrimSpace(string(body)),
		wait:   retryAfter(resp.Header, time.Now()),
	}
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests && quotaSpent(body):
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable, s == 529:
		f.again, f.full = true, true
	case s == http.StatusRequestTimeout, s == http.StatusConflict, s >= 500:
		f.again = true
	case s == http.StatusBadRequest, s == http.StatusNotFound, s == http.StatusRequestEntityTooLarge, s == http.StatusUnprocessableEntity:
		f.ours = true
	}
	if resp.Header.Get("X-Should-Retry") == "false" {
		f.again = false
	}
	return f
}

// quotaSpent tells a budget that is used up, which no waiting mends, from a
// rate limit.
func quotaSpent(body []byte) bool {
	var e struct {
		Error struct {
			Type string `json:"type"`
			Code any    `json:"code"` // a number in the edge's own errors
		} `json:"error"`
	}
	if json.Unmarshal(body, &e) != nil {
		return false
	}
	return e.Error.Type == "insufficient_quota" || e.Error.Code == "insufficient_quota"
}

// retryAfter reads how long to wait: retry-after-ms, else Retry-After in
// seconds, which some send with a fraction, or as a date. 0 is not said.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	after := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(after, 64); err == nil && s > 0 {
		return time.Duration(s * float64(time.Second))
	}
	if date, err := http.ParseTime(after); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}
