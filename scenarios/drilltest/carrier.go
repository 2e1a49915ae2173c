package drilltest

import (
	"net"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// A carrier carries one connection's bytes through a proxy.
type carrier struct {
	proxy  *proxy
	n      int           // n-th connection of the proxy, from 1
	left   chan struct{} // closed when the client has ended
	served chan struct{} // closed when the provider has ended
	dead   atomic.Bool   // lost something to a blackhole

	// Of the way down alone.
	carried int       // bytes
	free    time.Time // when a trickle lets the next bytes through
}

// chunk is what was read at once, and when.
type chunk struct {
	bytes []byte
	at    time.Time
}

// readSize is toxiproxy's: what is read at once is late, or lost, at once.
const readSize = 32 << 10

// up carries from the client. Nothing is late on this way, so it is carried as
// it is read.
func (c *carrier) up(client, provider net.Conn) {
	b := make([]byte, readSize)
	for {
		n, err := client.Read(b)
		if n > 0 && !c.silent(time.Now()) {
			if _, err := provider.Write(b[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	close(c.left)
	c.proxy.end(provider)
}

// down carries to the client. What is late is waited for beside the reading, so
// that a burst waits once.
func (c *carrier) down(provider, client net.Conn) {
	queue := make(chan chunk, 1024)
	c.proxy.carried.Go(func() { c.read(provider, queue) })
	for next := range queue {
		if !c.carry(next, client) {
			break
		}
	}
	close(c.served)
	if c.silent(time.Now()) {
		<-c.left // a blackhole does not let the client hear of the provider's end
	}
	if late, ok := c.setting(slowClose, "delay", time.Now()).(time.Duration); ok {
		c.waitUntil(time.Now().Add(late))
	}
	c.proxy.end(client)
	for range queue { // the reader ends only when all it read is taken
	}
}

func (c *carrier) read(provider net.Conn, queue chan<- chunk) {
	defer close(queue)
	b := make([]byte, readSize)
	for {
		n, err := provider.Read(b)
		if n > 0 {
			queue <- chunk{append([]byte(nil), b[:n]...), time.Now()}
		}
		if err != nil {
			return
		}
	}
}

// carry takes one chunk across to the client, and says whether the direction
// goes on.
func (c *carrier) carry(next chunk, client net.Conn) bool {
	if c.silent(next.at) {
		return true
	}
	if late := c.lateness(next.at); late > 0 {
		if !c.waitUntil(next.at.Add(late)) {
			return false
		}
		if c.silent(time.Now()) {
			return true
		}
	}
	whole := c.within(&next)
	rate, _ := c.setting(bandwidth, "bytes_per_second", time.Now()).(int)
	if rate > 0 {
		return c.trickle(next.bytes, rate, client) && whole
	}
	return c.pass(next.bytes, client) && whole
}

func (c *carrier) pass(b []byte, client net.Conn) bool {
	c.carried += len(b)
	_, err := client.Write(b)
	return err == nil
}

// within shortens a chunk to the bytes that limit_data still lets through, and
// says whether it did not have to.
func (c *carrier) within(next *chunk) bool {
	limit, ok := c.setting(limitData, "bytes", next.at).(int)
	if !ok || c.carried+len(next.bytes) <= limit {
		return true
	}
	next.bytes = next.bytes[:max(limit-c.carried, 0)]
	return false
}

// trickle sends bytes on in pieces of a twentieth of a second.
func (c *carrier) trickle(b []byte, rate int, client net.Conn) bool {
	for piece := max(rate/20, 1); len(b) > 0; {
		n := min(piece, len(b))
		if now := time.Now(); c.free.Before(now) {
			c.free = now
		}
		c.free = c.free.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if !c.waitUntil(c.free) || !c.pass(b[:n], client) {
			return false
		}
		b = b[n:]
	}
	return true
}

// waitUntil waits unless the client leaves first: then it says false.
func (c *carrier) waitUntil(t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.left: // when the proxy stops, too
		return false
	}
}

// silent says whether what is on its way at the moment is swallowed. A
// connection that lost something is dead from then on, both ways and also when
// the window has closed, as one that a load balancer has forgotten.
func (c *carrier) silent(at time.Time) bool {
	if w := c.fault(at); w != nil && w.Fault.Kind == blackhole {
		c.dead.Store(true)
	}
	return c.dead.Load()
}

func (c *carrier) lateness(at time.Time) time.Duration {
	late, _ := c.setting(latency, "delay", at).(time.Duration)
	return late
}

// setting is what a parameter of a kind is for the connection at the moment, nil
// when the kind does not hit it.
func (c *carrier) setting(kind, name string, at time.Time) any {
	if w := c.fault(at); w != nil && w.Fault.Kind == kind {
		return w.Fault.Params[name]
	}
	return nil
}

func (c *carrier) fault(at time.Time) *faults.Window {
	return c.proxy.show.Load().fault(c.proxy.seed, c.n, at)
}
