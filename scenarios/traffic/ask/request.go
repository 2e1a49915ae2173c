package ask

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Request is what is sent. Path, header values, JSON strings and text may hold
// {{prompt}}, {{nonce}}, {{n}}, {{session}} and {{turn}}, and behind a login
// {{token}}, which are filled in for each request, see [Words].
type Request struct {
	Method string            // "": POST with a body, GET without
	Path   string            // with query; joined to the target
	Header map[string]string // beside those that every request has, and in place of them
	JSON   any               // as decoded from YAML: map[string]any, []any, string, int, float64, bool, nil; nil: none
	Text   string            // a plain body, when JSON is nil
	Stream bool              // the answer is expected as a stream
}

// Trace is the trace id that the n-th request carries in its traceparent
// header: 32 hex digits, of which the first 16 are n and the rest follow from
// both. So whoever meets the id upstream knows which request it came from.
func Trace(n int, nonce string) string {
	id := binary.BigEndian.AppendUint64(nil, uint64(n))
	sum := sha256.Sum256(append(id[:8:8], nonce...))
	return hex.EncodeToString(append(id, sum[:8]...))
}

// Check reports the first thing that keeps the request from being sent as it is
// meant. Its strings may know more placeholders than others.
func (r Request) Check(more ...string) error {
	if r.JSON != nil && r.Text != "" {
		return errors.New("json and text are both given; a request has one body")
	}
	if err := r.CheckHead(more...); err != nil {
		return err
	}
	if r.Method != "" && !isToken(r.Method) {
		return fmt.Errorf("%q is not a method", r.Method)
	}
	body, err := r.body()
	if err != nil {
		return err
	}
	if err := checkText(body, more...); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	_, err = NewForm("http://localhost", r)
	return err
}

// CheckHead reports what is wrong with header and path, which may know more
// placeholders than others.
func (r Request) CheckHead(more ...string) error {
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if !isToken(name) {
			return fmt.Errorf("%q is not a header name; letters, digits and - are", name)
		}
		if err := checkText(r.Header[name], more...); err != nil {
			return fmt.Errorf("header %q: %w", name, err)
		}
	}
	if err := checkText(r.Path, more...); err != nil {
		return fmt.Errorf("path: %w", err)
	}
	return nil
}

// Holds says that a string of the request has a placeholder.
func (r Request) Holds(name string) bool {
	body, _ := r.body() // one that is none has none
	texts := slices.AppendSeq([]string{body, r.Path}, maps.Values(r.Header))
	return slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "{{"+name+"}}") })
}

// isToken says that s can be a method or a header name.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// body is what is sent, with its placeholders. In JSON, two opening braces in a
// row stand in strings alone, so that the whole text can be taken apart at them.
func (r Request) body() (string, error) {
	if r.JSON == nil {
		return r.Text, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r.JSON); err != nil {
		return "", fmt.Errorf("json: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// A Form is a request made ready: what is the same each time is made once. It
// does not change, and may be filled by many goroutines at a time.
type Form struct {
	base    *http.Request // all but context, header values and body
	address []addressPart
	header  map[string]template // canonical names; the values that differ
	body    template
	escape  func(string) string // for the body's values
}

// addressPart is a piece of the URL after the target, with its own escaping.
type addressPart struct {
	template
	escape func(string) string
}

// NewForm makes a request ready whose path is joined to a target, an http:// or
// https:// URL.
func NewForm(target string, r Request) (*Form, error) {
	body, err := r.body()
	if err != nil {
		return nil, err
	}
	f := &Form{header: make(map[string]template), body: parse(body), escape: inText}
	f.base = &http.Request{
		Method: r.Method, Header: make(http.Header), ProtoMajor: 1, ProtoMinor: 1,
	}
	f.setHeader("User-Agent", "brownout")
	if r.JSON != nil {
		f.escape = inJSON
		f.setHeader("Content-Type", "application/json")
	} else if r.Text != "" {
		f.setHeader("Content-Type", "text/plain; charset=utf-8")
	}
	if r.Stream {
		f.setHeader("Accept", "text/event-stream, application/x-ndjson;q=0.9, */*;q=0.5")
	}
	for name, value := range r.Header {
		f.setHeader(name, value)
	}
	if r.Method == "" {
		f.base.Method = http.MethodPost
		if body == "" {
			f.base.Method = http.MethodGet
		}
	}
	return f, f.setAddress(target, r.Path)
}

func (f *Form) setHeader(name, value string) {
	name = http.CanonicalHeaderKey(name)
	delete(f.header, name)
	delete(f.base.Header, name)
	if t := parse(value); t.fixed() {
		f.base.Header[name] = []string{inHeader(value)}
	} else {
		f.header[name] = t
	}
}

// setAddress joins target and path with one slash between.
func (f *Form) setAddress(target, whole string) error {
	path, query, asked := strings.Cut(whole, "?")
	f.address = []addressPart{
		{parse(strings.TrimRight(target, "/") + "/"), inText},
		{parse(strings.TrimLeft(path, "/")), inPath},
	}
	if asked {
		f.address = append(f.address, addressPart{template{"?"}, inText}, addressPart{parse(query), inQuery})
	}
	if u, err := url.Parse(target); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("target %q is no http:// or https:// URL", target)
	}
	u, err := f.url(Words{Prompt: "p", Nonce: "n"}, 0)
	if bad, ok := errors.AsType[*url.Error](err); ok {
		err = bad.Err
	}
	if err != nil {
		return fmt.Errorf("path %q: %w", whole, err)
	}
	f.base.URL = u
	return nil
}

func (f *Form) url(w Words, n int) (*url.URL, error) {
	var b strings.Builder
	for _, p := range f.address {
		b.WriteString(p.render(p.escape, w, n))
	}
	u, err := url.Parse(b.String())
	if err == nil {
		u.RawQuery = strings.ReplaceAll(u.RawQuery, " ", "%20") // it would end the request line's URL
	}
	return u, err
}

// varies says that the URL differs from request to request.
func (f *Form) varies() bool {
	return slices.ContainsFunc(f.address, func(p addressPart) bool { return !p.fixed() })
}

// Fill makes the n-th request of the drill.
func (f *Form) Fill(ctx context.Context, w Words, n int) (*http.Request, error) {
	req := f.base.WithContext(ctx)
	if f.varies() {
		u, err := f.url(w, n)
		if err != nil {
			return nil, err
		}
		req.URL = u
	}
	trace := Trace(n, w.Nonce)
	req.Header = make(http.Header, len(f.base.Header)+len(f.header)+1)
	req.Header["Traceparent"] = []string{"00-" + trace + "-" + trace[16:] + "-01"}
	maps.Copy(req.Header, f.base.Header)
	for name, t := range f.header {
		req.Header[name] = []string{inHeader(t.render(inText, w, n))}
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	body := f.body.render(f.escape, w, n)
	req.Body, req.ContentLength = onceOnly(req.Method, body), int64(len(body))
	return req, nil
}

// onceOnly is a body that cannot be had again. A transport that can rewind a
// body, or is given none, sends some requests a second time when a kept
// connection breaks: the app would see two where the log has one, and a reset
// would go unseen. Only an empty POST and its kind is given as none, for an
// empty body would be sent in chunks; those are not repeated anyway.
func onceOnly(method, body string) io.ReadCloser {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
	default:
		if body == "" {
			return http.NoBody
		}
	}
	return io.NopCloser(strings.NewReader(body))
}
