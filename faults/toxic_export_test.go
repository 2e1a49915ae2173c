package faults

import (
	"time"

	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// Wire is a proxy's toxics without its sockets, for bubbles.
type Wire struct {
	wire
	seed uint64
}

func NewWire(seed uint64) *Wire {
	return &Wire{wire{stopped: make(chan struct{})}, seed}
}

// Struck has somebody told of blows, before the first connection.
func (w *Wire) Struck(tell func(Blow)) { w.struck = tell }

func (w *Wire) Play(start time.Time, windows []Window) { w.show.Store(NewShow(start, w.seed, windows)) }

// Stop is what the proxy does when it has closed its connections.
func (w *Wire) Stop() { close(w.stopped) }

// Wait returns when all directions are finished.
func (w *Wire) Wait() { w.carried.Wait() }

// Connect opens the next connection, as the accept loop does.
func (w *Wire) Connect() (toProvider, toClient *Way) {
	return newWay(&toxic{wire: &w.wire}), newWay(&toxic{wire: &w.wire, toClient: true})
}

// Way is one direction of a connection, between its reader and its writer.
type Way struct {
	in   chan *stream.StreamChunk
	out  chan *stream.StreamChunk
	stub *toxics.ToxicStub
	run  func()
}

func newWay(t *toxic) *Way {
	w := &Way{in: make(chan *stream.StreamChunk, t.GetBufferSize()), out: make(chan *stream.StreamChunk)}
	w.stub = toxics.NewToxicStub(w.in, w.out)
	w.stub.State = t.NewState()
	w.run = func() { w.stub.Run(&toxics.ToxicWrapper{Toxic: t, Toxicity: 1}) }
	go w.run()
	return w
}

// Send is what the reader does with what it read.
func (w *Way) Send(text string) {
	w.in <- &stream.StreamChunk{Data: []byte(text), Timestamp: time.Now()}
}

// End is what the reader does when its source has ended.
func (w *Way) End() { close(w.in) }

// Receive is what the writer does: it waits for a chunk, or for the end.
func (w *Way) Receive() (text string, ok bool) {
	c, ok := <-w.out
	if !ok {
		return "", false
	}
	return string(c.Data), true
}

// Interrupt stops the toxic for as long as change takes, as adding a toxic does.
func (w *Way) Interrupt(change func()) bool {
	if !w.stub.InterruptToxic() {
		return false
	}
	change()
	go w.run()
	return true
}
