package faults

import (
	"sync"
	"time"
)

// A Blow is what one fault of connections did to one of them. It is told when the
// connection has ended, or goes on without the fault.
type Blow struct {
	Fault *Fault
	// At is where it landed first: connection (ended as a whole, or opened under a
	// toxic), handshake, request (what the client said was lost), answer (what the
	// provider said was lost, late or slow, or broke off), end (which came late).
	At                    string
	Opened, Struck, Ended time.Time // Struck: when it landed first
	// Unheard is how many bytes of the client's the provider never got because of it.
	// A request is among them, unless it is no more than the goodbye of a client that
	// speaks TLS.
	Unheard int
}

// blows are those that one connection has taken. Without anybody to tell they are
// not kept.
type blows struct {
	opened time.Time
	tell   func(Blow)

	mu    sync.Mutex // both directions take them
	taken []Blow     // one a fault, by the moment that it landed
}

// take notes that a fault did something to the connection, and to how many of the
// client's bytes.
func (b *blows) take(by *Fault, place string, at time.Time, unheard int) {
	if b.tell == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.taken {
		if last := &b.taken[i]; last.Fault.Key == by.Key && last.Fault.Kind == by.Kind {
			last.Unheard += unheard
			return
		}
	}
	if at.Before(b.opened) {
		at = b.opened // toxiproxy reads before it tells of the connection
	}
	b.taken = append(b.taken, Blow{Fault: by, At: place, Opened: b.opened, Struck: at, Unheard: unheard})
}

// lost notes that the connection came to nothing, and that so many of the client's
// bytes were for nothing: of the last fault.
func (b *blows) lost(unheard int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.taken); n > 0 {
		b.taken[n-1].Unheard += unheard
	}
}

// over tells of all of them.
func (b *blows) over() {
	b.mu.Lock()
	taken := b.taken
	b.taken = nil
	b.mu.Unlock()
	for _, blow := range taken {
		blow.Ended = time.Now()
		b.tell(blow)
	}
}
