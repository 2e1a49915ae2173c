package faults

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// A wire is what all connections of one proxy share.
type wire struct {
	seed    uint64
	show    atomic.Pointer[show] // nil before the first Play
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
		w.opening = &connection{
			wire:    w,
			n:       w.accepted,
			stopped: w.stopped,
			left:    make(chan struct{}),
			served:  make(chan struct{}),
		}
		return &direction{connection: w.opening, ended: w.opening.left, other: w.opening.served}
	}
	return &direction{connection: w.opening, toClient: true, ended: w.opening.served, other: w.opening.left}
}

// A connection is what the two directions of one connection share.
type connection struct {
	wire    *wire
	n       int // n-th of the proxy, from 1
	stopped <-chan struct{}
	left    chan struct{} // closed when the client has ended
	served  chan struct{} // closed when the provider has ended
	dead    atomic.Bool
}

// fault is what hits the connection at the moment.
func (c *connection) fault(at time.Time) *Window {
	return c.wire.show.Load().fault(c.wire.seed, c.n, at)
}

// silent says whether what is on its way at the moment is swallowed.
//
// A connection that lost something to a blackhole is dead from then on, both
// ways and also when the window has closed: as when a load balancer or a NAT has
// forgotten it, which is what such outages leave in the pools of clients. (Plain
// packet loss would be made good by TCP once the window closes; and a stream
// with a hole in it must not go on.) Who sends nothing while the window is open
// loses nothing.
func (c *connection) silent(at time.Time) bool {
	if w := c.fault(at); w != nil && w.Fault.Kind == blackhole {
		c.dead.Store(true)
	}
	return c.dead.Load()
}

// lateness is by how much what comes in at the moment is late.
func (c *connection) lateness(at time.Time) time.Duration {
	d, _ := setting(c, latency, "delay", at).(time.Duration)
	return d
}

// setting is what a parameter of a kind is for the connection at the moment; nil
// when the kind does not hit it.
func setting(c *connection, kind, name string, at time.Time) any {
	if w := c.fault(at); w != nil && w.Fault.Kind == kind {
		return w.Fault.Params[name]
	}
	return nil
}

// A direction is one way of a connection: the state that toxiproxy keeps for a
// toxic.
type direction struct {
	*connection
	toClient bool
	ended    chan struct{}   // closed when its source has ended
	other    <-chan struct{} // closed when the other direction's source has ended
	carried  int             // bytes
	free     time.Time       // when a trickle lets the next bytes through
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
	for {
		select {
		case <-stub.Interrupt:
			return
		case <-d.stopped:
			d.finish(stub)
			return
		case chunk := <-stub.Input:
			if chunk == nil || !d.carry(stub, chunk) {
				d.finish(stub)
				return
			}
		}
	}
}

// carry takes one chunk across, and says whether the direction goes on. A chunk
// is late by its own arrival, so that a burst waits once and order and
// throughput stay.
func (d *direction) carry(stub *toxics.ToxicStub, chunk *stream.StreamChunk) bool {
	if d.silent(chunk.Timestamp) {
		return true
	}
	if !d.toClient {
		return d.pass(stub, chunk)
	}
	if late := d.lateness(chunk.Timestamp); late > 0 {
		if !d.waitUntil(chunk.Timestamp.Add(late)) {
			return false
		}
		if d.silent(time.Now()) {
			return true
		}
	}
	whole := d.within(chunk)
	rate, _ := setting(d.connection, bandwidth, "bytes_per_second", time.Now()).(int)
	if rate > 0 {
		return d.trickle(stub, chunk, rate) && whole
	}
	return d.pass(stub, chunk) && whole
}

// pass sends a chunk on.
func (d *direction) pass(stub *toxics.ToxicStub, chunk *stream.StreamChunk) bool {
	d.carried += len(chunk.Data)
	select {
	case stub.Output <- chunk:
		return true
	// After a failed write nobody reads the output. Toxiproxy does not say so, but
	// closes the connection it wrote to, which ends the other direction.
	case <-d.other:
		return false
	case <-d.stopped:
		return false
	}
}

// within shortens a chunk to the bytes that limit_data still lets through, and says
// whether it did not have to.
func (d *direction) within(chunk *stream.StreamChunk) bool {
	limit, ok := setting(d.connection, limitData, "bytes", chunk.Timestamp).(int)
	if !ok || d.carried+len(chunk.Data) <= limit {
		return true
	}
	chunk.Data = chunk.Data[:max(limit-d.carried, 0)]
	return false
}

// trickle sends a chunk on in pieces of a twentieth of a second.
func (d *direction) trickle(stub *toxics.ToxicStub, chunk *stream.StreamChunk, rate int) bool {
	piece := max(rate/20, 1)
	for data := chunk.Data; len(data) > 0; {
		n := min(piece, len(data))
		if now := time.Now(); d.free.Before(now) {
			d.free = now
		}
		d.free = d.free.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if !d.waitUntil(d.free) || !d.pass(stub, &stream.StreamChunk{Data: data[:n], Timestamp: chunk.Timestamp}) {
			return false
		}
		data = data[n:]
	}
	return true
}

// waitUntil waits unless the other direction or the proxy ends first: then it says
// false.
func (d *direction) waitUntil(t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-d.other: // when the proxy stops, too
		return false
	}
}

// finish ends the direction and closes the connection it writes to. In a
// blackhole the client does not hear of the provider's end: it has to find out
// by itself. The provider does hear of the client's, in life only after long;
// else its connections would pile up.
func (d *direction) finish(stub *toxics.ToxicStub) {
	defer d.wire.carried.Done()
	close(d.ended)
	if d.toClient && d.silent(time.Now()) {
		select {
		case <-d.other: // when the proxy stops, too
		case <-stub.Interrupt:
		}
	}
	if late, ok := setting(d.connection, slowClose, "delay", time.Now()).(time.Duration); ok && d.toClient {
		d.waitUntil(time.Now().Add(late))
	}
	stub.Close()
	// The reader before us ends only when all it read is taken.
	for range stub.Input {
	}
}
