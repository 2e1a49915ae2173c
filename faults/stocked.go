package faults

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
)

// A stocked is a stock toxic on channels of our own. On toxiproxy's, it would block
// for ever when its client has gone, and leave what its source still sends where it
// is. Like [toxic], it is there from the proxy's beginning to its end.
type stocked struct {
	wire  *wire
	inner toxics.Toxic
}

// addStock puts a toxic, worded as an [Effect] words it, into a proxy that has not
// started, behind our own.
func addStock(p *toxiproxy.Proxy, w *wire, words string) error {
	var wrapped struct {
		Type       string          `json:"type"`
		Attributes json.RawMessage `json:"attributes"`
	}
	if err := json.Unmarshal([]byte(words), &wrapped); err != nil {
		return fmt.Errorf("toxic %s: %w", words, err)
	}
	// To reset a connection toxiproxy must know the toxic for what it is.
	if wrapped.Type == "reset_peer" {
		_, err := p.Toxics.AddToxicJson(strings.NewReader(words))
		return err
	}
	inner := toxics.New(&toxics.ToxicWrapper{Type: wrapped.Type})
	if inner == nil {
		return fmt.Errorf("toxic %s: %w", words, toxiproxy.ErrInvalidToxicType)
	}
	if err := json.Unmarshal(wrapped.Attributes, inner); err != nil {
		return fmt.Errorf("toxic %s: %w", words, err)
	}
	toxics.Register("brownout-stocked", new(stocked))
	added, err := p.Toxics.AddToxicJson(strings.NewReader(`{"type": "brownout-stocked", "stream": "downstream"}`))
	if err != nil {
		return err
	}
	*added.Toxic.(*stocked) = stocked{wire: w, inner: inner}
	return nil
}

// NewState is called for each connection, on the accept loop, after our own
// toxic's.
func (s *stocked) NewState() any {
	s.wire.carried.Add(1)
	return s.wire.opening
}

// Pipe runs the stock toxic until it or the connection ends.
func (s *stocked) Pipe(stub *toxics.ToxicStub) {
	c := stub.State.(*connection)
	defer c.wire.carried.Done()
	buffer := 0
	if b, ok := s.inner.(toxics.BufferedToxic); ok {
		buffer = b.GetBufferSize()
	}
	in, out := make(chan *stream.StreamChunk, buffer), make(chan *stream.StreamChunk)
	inner := toxics.NewToxicStub(in, out)
	if state, ok := s.inner.(toxics.StatefulToxic); ok {
		inner.State = state.NewState()
	}
	var running sync.WaitGroup
	done := make(chan struct{})
	running.Go(func() {
		defer close(done)
		s.inner.Pipe(inner)
	})
	interrupt, piece := inner.Interrupt, 0
	if thin, ok := s.inner.(*toxics.BandwidthToxic); ok {
		// It tells the log of the whole process that it was interrupted. It gets little
		// at a time instead, and so is soon done with what it has.
		interrupt, piece = nil, max(int(thin.Rate)*20, 1)
	}
	running.Go(func() { feed(in, stub.Input, piece, done) })
	if !c.take(stub.Output, out) {
		dismiss(interrupt, out, done)
	}
	stub.Close()
	running.Wait()
}

// feed hands on what comes until it ends, in pieces of so many bytes unless that is
// 0; what comes when nobody takes it any more is dropped, for whoever sends it must
// not wait.
func feed(to chan<- *stream.StreamChunk, from <-chan *stream.StreamChunk, piece int, over <-chan struct{}) {
	defer close(to)
	for chunk := range from {
		for data := range slices.Chunk(chunk.Data, cmp.Or(piece, max(len(chunk.Data), 1))) {
			select {
			case to <- &stream.StreamChunk{Data: data, Timestamp: chunk.Timestamp}:
			case <-over:
			}
		}
	}
}

// take hands on what a toxic lets through until it ends; false: the connection
// ended first.
func (c *connection) take(to chan<- *stream.StreamChunk, from <-chan *stream.StreamChunk) bool {
	for {
		var chunk *stream.StreamChunk
		select {
		case chunk = <-from:
		case <-c.Left():
			return false
		case <-c.stopped:
			return false
		}
		if chunk == nil {
			return true
		}
		select {
		case to <- chunk:
		case <-c.Left():
			return false
		case <-c.stopped:
			return false
		}
	}
}

// dismiss ends a toxic, by an interrupt if it may be, and takes what it gives up.
func dismiss(interrupt chan<- struct{}, out <-chan *stream.StreamChunk, over <-chan struct{}) {
	for {
		select {
		case interrupt <- struct{}{}:
			interrupt = nil
		case chunk := <-out:
			if chunk == nil {
				out = nil // closed
			}
		case <-over:
			return
		}
	}
}
