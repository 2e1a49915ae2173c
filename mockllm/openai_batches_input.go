package mockllm

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// batchLineIn is one line of a batch's input: a request.
type batchLineIn struct {
	ID     string
	Method string
	URL    string
	Body   batchBody
}

// batchBody is the body of such a request, and the model it names.
type batchBody struct {
	Model string
	raw   json.RawMessage
}

// validate reads the input, and says what is wrong with it.
func (r *openaiRun) validate() []openaiBatchError {
	f, ok := r.s.kept.files.get(r.doc.Input)
	if !ok {
		return wrongBatch("file_not_found", "No such File object: "+r.doc.Input)
	}
	if f.doc.Purpose != "batch" {
		return wrongBatch("invalid_file_purpose", "The file was uploaded with the purpose '"+f.doc.Purpose+"'; the input of a batch must have the purpose 'batch'.")
	}
	reader := batchReader{run: r, ids: make(map[string]bool)}
	n := 0
	for line := range bytes.Lines(f.content) {
		n++
		if line = bytes.TrimSpace(line); len(line) > 0 && len(reader.wrong) < 100 {
			reader.read(n, line)
		}
	}
	switch {
	case len(reader.wrong) > 0:
		return reader.wrong
	case len(r.lines) == 0:
		return wrongBatch("empty_file", "The input file is empty. Please ensure that the batch contains at least one request.")
	case len(r.lines) > batchLines:
		return wrongBatch("too_many_tasks", fmt.Sprintf("The batch contains too many requests: %d; at most %d are allowed.", len(r.lines), batchLines))
	}
	return r.enqueue(len(f.content) / 4)
}

// enqueue counts the batch among those under way, unless there is too much already.
func (r *openaiRun) enqueue(tokens int) []openaiBatchError {
	runs := &r.s.kept.runs
	runs.mu.Lock()
	defer runs.mu.Unlock()
	if runs.enqueued+tokens > batchEnqueued {
		return wrongBatch("token_limit_exceeded", fmt.Sprintf(
			"Enqueued token limit reached for %s in organization %s. Limit: %s enqueued tokens. Please try again once some in_progress batches have been completed.",
			r.lines[0].Body.Model, r.s.account.org, grouped(batchEnqueued)))
	}
	r.tokens = tokens
	runs.enqueued += tokens
	return nil
}

func wrongBatch(code, message string) []openaiBatchError {
	return []openaiBatchError{{Code: code, Message: message}}
}

// batchReader reads the lines of an input.
type batchReader struct {
	run   *openaiRun
	ids   map[string]bool
	wrong []openaiBatchError
}

// read takes the n-th line.
func (b *batchReader) read(n int, line []byte) {
	var o, body object
	in := batchLineIn{}
	if json.Unmarshal(line, &o) != nil || o == nil {
		b.refuse(n, "", "invalid_json_line", "This line is not parseable as valid JSON.")
		return
	}
	for _, s := range []struct {
		key string
		to  *string
	}{{"custom_id", &in.ID}, {"method", &in.Method}, {"url", &in.URL}} {
		if !field(o, s.key, s.to) || *s.to == "" {
			b.refuse(n, s.key, "missing_required_parameter", "Missing required parameter: '"+s.key+"'.")
			return
		}
	}
	in.Body.raw = o["body"]
	if json.Unmarshal(o["body"], &body) != nil || body == nil {
		b.refuse(n, "body", "missing_required_parameter", "Missing required parameter: 'body'.")
		return
	}
	_ = field(body, "model", &in.Body.Model) // the endpoint says what is wrong with it
	if b.fits(n, in) {
		b.ids[in.ID] = true
		b.run.lines = append(b.run.lines, in)
	}
}

// fits holds a line against the batch and the lines before.
func (b *batchReader) fits(n int, in batchLineIn) bool {
	lines := b.run.lines
	switch {
	case b.ids[in.ID]:
		b.refuse(n, "custom_id", "duplicate_custom_id", "The custom_id for this request is a duplicate of another request. The custom_id parameter must be unique for each request in a batch.")
	case in.Method != "POST":
		b.refuse(n, "method", "invalid_method", "The HTTP method for this request is invalid. Only POST is supported.")
	case in.URL != b.run.doc.Endpoint:
		b.refuse(n, "url", "url_mismatch", "The URL provided for this request does not match the batch endpoint.")
	case len(lines) > 0 && lines[0].Body.Model != in.Body.Model:
		b.refuse(n, "body.model", "model_mismatch", "The model provided for this request does not match the other requests of the batch.")
	default:
		return true
	}
	return false
}

func (b *batchReader) refuse(n int, param, code, message string) {
	b.wrong = append(b.wrong, openaiBatchError{code, message, ptr(param), &n})
}
