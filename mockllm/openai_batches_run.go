package mockllm

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// A batch takes two and a half seconds in health, however many lines it has: what
// takes the provider up to a day must end within a phase of a drill.
const (
	batchValidates = 250 * time.Millisecond
	batchPerforms  = 2 * time.Second
	batchFinalizes = 250 * time.Millisecond
	// batchLine is how long one line may take: an endpoint that hangs costs the line.
	batchLine = 10 * time.Second

	batchAtOnce   = 64       // lines under way
	batchLines    = 50_000   // of one batch
	batchEnqueued = 16 << 20 // tokens of all batches under way, four bytes each
	batchWrites   = 32 << 20 // bytes of one batch's results; what comes after is not performed
)

// openaiRuns are the batches under way.
type openaiRuns struct {
	mu       sync.Mutex
	closed   bool
	enqueued int // tokens
	running  map[*openaiBatch]bool
	ended    sync.WaitGroup
}

// startBatch sets a batch on its way. It ends by itself, or by [Server.Close].
func (x *exchange) startBatch(b *openaiBatch) {
	// Not the request's context, which ends now.
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	run := &openaiRun{s: x.Server, b: b, doc: b.doc, key: x.req.Key}
	runs := &x.kept.runs
	runs.mu.Lock()
	defer runs.mu.Unlock()
	if runs.closed {
		cancel()
		run.finish(true)
		return
	}
	if runs.running == nil {
		runs.running = make(map[*openaiBatch]bool)
	}
	runs.running[b] = true
	runs.ended.Go(func() {
		defer cancel()
		run.perform(ctx)
		runs.mu.Lock()
		defer runs.mu.Unlock()
		delete(runs.running, b)
		runs.enqueued -= run.tokens
	})
}

// Close ends what the server does beyond its requests: batches under way are
// cancelled, and so is what is asked for later. It returns when they have ended. A
// server need not be closed.
func (s *Server) Close() error {
	runs := &s.kept.runs
	runs.mu.Lock()
	runs.closed = true
	for b := range runs.running {
		b.cancel()
	}
	runs.mu.Unlock()
	runs.ended.Wait()
	return nil
}

// openaiRun is one batch being performed.
type openaiRun struct {
	s      *Server
	b      *openaiBatch
	doc    openaiBatchDoc // as it was made
	key    string         // of who made it
	tokens int            // enqueued
	lines  []batchLineIn

	mu   sync.Mutex
	good bytes.Buffer // of the output file
	bad  bytes.Buffer // of the error file
}

// perform takes the batch from validating to its end.
func (r *openaiRun) perform(ctx context.Context) {
	if pass(ctx, batchValidates) {
		if wrong := r.validate(); wrong != nil {
			r.b.change(func(doc *openaiBatchDoc, now *int64) {
				doc.Status, doc.FailedAt = stateFailed, now
				doc.Errors = &openaiBatchErrors{"list", wrong}
			})
			return
		}
		r.b.change(func(doc *openaiBatchDoc, now *int64) {
			doc.Status, doc.InProgressAt = stateInProgress, now
			doc.Counts.Total, doc.Model = len(r.lines), ptr(r.lines[0].Body.Model)
		})
		r.performLines(ctx)
	}
	if ctx.Err() == nil {
		r.b.change(func(doc *openaiBatchDoc, now *int64) { doc.Status, doc.FinalizingAt = stateFinalizing, now })
		pass(ctx, batchFinalizes)
	}
	r.finish(ctx.Err() != nil)
}

// pass lets time go by and says whether it did, or the batch was cancelled.
func pass(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// performLines performs the lines, spread evenly over the time that a batch takes.
func (r *openaiRun) performLines(ctx context.Context) {
	var open sync.WaitGroup
	defer open.Wait()
	start := time.Now()
	places := make(chan struct{}, batchAtOnce)
	for i, line := range r.lines {
		due := start.Add(batchPerforms * time.Duration(i) / time.Duration(len(r.lines)))
		if !pass(ctx, time.Until(due)) {
			return
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		open.Go(func() {
			defer func() { <-places }()
			done := r.expired(line)
			if r.written() < batchWrites {
				done = r.performLine(ctx, line)
			}
			if ctx.Err() == nil {
				r.note(done)
			}
		})
	}
}

// written is how much there is of both files.
func (r *openaiRun) written() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.good.Len() + r.bad.Len()
}

// note writes down what came of a line.
func (r *openaiRun) note(done batchLineOut) {
	text := document(done, "")
	r.mu.Lock()
	defer r.mu.Unlock()
	to := &r.good
	if done.failed() {
		to = &r.bad
	}
	to.Write(append(text, '\n'))
	r.b.change(func(doc *openaiBatchDoc, _ *int64) {
		if done.failed() {
			doc.Counts.Failed++
		} else {
			doc.Counts.Completed++
		}
	})
}

// finish writes the files and ends the batch.
func (r *openaiRun) finish(cancelled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.s.mint()
	file := func(what string, content []byte) *string {
		if len(content) == 0 {
			return nil
		}
		f := m.newFile(r.doc.ID+"_"+what+".jsonl", "batch_output", content)
		r.s.kept.keepFile(f)
		return &f.doc.ID
	}
	good, bad := file("output", r.good.Bytes()), file("error", r.bad.Bytes())
	r.b.change(func(doc *openaiBatchDoc, now *int64) {
		doc.Output, doc.ErrorFile = good, bad
		if cancelled {
			doc.Status, doc.CancelledAt = stateCancelled, now
			return
		}
		doc.Status, doc.CompletedAt = stateCompleted, now
	})
}
