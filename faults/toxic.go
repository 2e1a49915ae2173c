package faults

import (
	"sync"
	"sync/atomic"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// A wire is what all connections of one proxy share.
type wire struct {
	show    atomic.Pointer[Show] // nil before the first Play
	struck  func(Blow)           // nil: nobody is told
	carried sync.WaitGroup       // directions not yet finished

	// Closed when the proxy has closed its connections; a new one each time it
	// opens. Written while no accept loop runs.
	stopped chan struct{}
	// The accept loop's own: connections so far, and the one being opened.
	accepted int
	opening  *connection
}

// connect begins one direction of a connection. Toxiproxy's accept loop starts
// the two directions one after the other, the one to the provider first: that
// is how they find each other, for it gives toxics no name to go by.
func (w *wire) connect(toClient bool) *direction {
	w.carried.Add(1)
	if !toClient {
		w.accepted++
		w.opening = &connection{Link: NewLink(w.accepted, w.show.Load, w.struck), wire: w, stopped: w.stopped}
		return &direction{connection: w.opening, other: w.opening.Served()}
	}
	return &direction{connection: w.opening, toClient: true, other: w.opening.Left()}
}

// A connection is what the two directions of one connection share.
type connection struct {
	*Link
	wire    *wire
	stopped <-chan struct{}
}

// A direction is one way of a connection: the state that toxiproxy keeps for a
// toxic.
type direction struct {
	*connection
	toClient bool
	other    <-chan struct{} // closed when the other direction's source has ended

	chunk *stream.StreamChunk // in hand
	pass  func([]byte) bool
}

// A toxic is the only one of ours, and in place from the proxy's beginning to
// its end: to remove a toxic from a live connection blocks for seconds, and to
// update it is a data race. What it does follows from the wire's show.
type toxic struct {
	wire     *wire
	toClient bool
}

func (t *toxic) attach(w *wire, toClient bool) { t.wire, t.toClient = w, toClient }

// NewState is called for each connection, on the accept loop.
func (t *toxic) NewState() any { return t.wire.connect(t.toClient) }

// GetBufferSize is the number of chunks that wait for one that is late. With
// fewer, the reader stands still and what it reads later comes later still.
func (t *toxic) GetBufferSize() int { return 1024 }

// Pipe carries one direction until its source ends. An interrupt waits until the
// chunk in hand is across.
func (t *toxic) Pipe(stub *toxics.ToxicStub) {
	d := stub.State.(*direction)
	d.pass = d.passing(stub.Output)
	for {
		select {
		case <-stub.Interrupt:
			return
		case <-d.stopped:
			d.finish(stub)
			return
		case chunk := <-stub.Input:
			if chunk == nil || !d.carry(chunk) {
				d.finish(stub)
				return
			}
		}
	}
}

// carry takes one chunk across, and says whether the direction goes on.
func (d *direction) carry(chunk *stream.StreamChunk) bool {
	d.chunk = chunk
	if d.toClient {
		return d.Down(chunk.Data, chunk.Timestamp, d.pass)
	}
	return d.Up(chunk.Data, chunk.Timestamp, d.pass)
}

// passing sends on what is left of the chunk in hand, or a piece of it. It is made
// once for a direction, for nothing but the chunk differs.
func (d *direction) passing(output chan<- *stream.StreamChunk) func([]byte) bool {
	return func(data []byte) bool {
		chunk := d.chunk
		if len(data) != len(chunk.Data) {
			chunk = &stream.StreamChunk{Data: data, Timestamp: chunk.Timestamp}
		}
		select {
		case output <- chunk: // whoever writes waits for it most of the time
			return true
		default:
		}
		select {
		case output <- chunk:
			return true
		// After a failed write nobody reads the output. Toxiproxy does not say so, but
		// closes the connection it wrote to, which ends the other direction.
		case <-d.other:
			return false
		case <-d.stopped:
			return false
		}
	}
}

// finish ends the direction and closes the connection it writes to.
func (d *direction) finish(stub *toxics.ToxicStub) {
	defer d.wire.carried.Done()
	if d.toClient {
		d.EndDown()
	} else {
		d.EndUp()
	}
	stub.Close()
	// The reader before us ends only when all it read is taken.
	for range stub.Input {
	}
}
