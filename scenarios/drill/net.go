package drill

import (
	"context"
	"net"
)

// Net is where a drill listens and dials. The zero Net is the machine's own
// network.
type Net struct {
	Listen func(addr string) (net.Listener, error)
	Dial   func(ctx context.Context, network, addr string) (net.Conn, error)
}

// real says that this is the machine's network.
func (n Net) real() bool { return n.Listen == nil && n.Dial == nil }

// orReal fills in what is missing.
func (n Net) orReal() Net {
	if n.Listen == nil {
		n.Listen = func(addr string) (net.Listener, error) {
			return new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
		}
	}
	if n.Dial == nil {
		n.Dial = new(net.Dialer).DialContext
	}
	return n
}
