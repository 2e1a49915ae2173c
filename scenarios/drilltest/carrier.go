package drilltest

import (
	"net"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// A carrier carries one connection's bytes through a proxy, as its link says.
type carrier struct {
	*faults.Link
	proxy *proxy
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
		if n > 0 && !c.Up(b[:n], time.Now(), passTo(provider)) || err != nil {
			break
		}
	}
	c.EndUp()
	c.proxy.end(provider)
}

// down carries to the client. What is late is waited for beside the reading, so
// that a burst waits once.
func (c *carrier) down(provider, client net.Conn) {
	queue := make(chan chunk, 1024)
	c.proxy.carried.Go(func() { c.read(provider, queue) })
	for next := range queue {
		if !c.Down(next.bytes, next.at, passTo(client)) {
			break
		}
	}
	c.EndDown()
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

// passTo writes, and says whether it could.
func passTo(c net.Conn) func([]byte) bool {
	return func(b []byte) bool {
		_, err := c.Write(b)
		return err == nil
	}
}
