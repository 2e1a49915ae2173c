package drill

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

// Net is where a drill listens and dials. The zero Net is the machine's own
// network.
type Net struct {
	Listen func(addr string) (net.Listener, error)
	Dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	// Proxy puts transport faults in front of a provider, as [faults.StartProxy]
	// does on sockets. Nil on a network of one's own: a plan with transport faults
	// is refused.
	Proxy func(listen, upstream string, opts faults.ProxyOptions) (Proxy, error)
}

// Proxy performs the transport faults among windows. [*faults.Proxy] is one.
type Proxy interface {
	Addr() string
	Play(start time.Time, windows []faults.Window)
	Close() error
}

// errNoProxy is what a network without Proxy says to transport faults.
var errNoProxy = errors.New("its transport faults need real sockets, or a network that can play them")

// real says that this is the machine's network.
func (n Net) real() bool { return n.Listen == nil && n.Dial == nil && n.Proxy == nil }

// orReal fills in what is missing.
func (n Net) orReal() Net {
	if n.real() {
		n.Proxy = toxiproxy
	}
	if n.Proxy == nil {
		n.Proxy = func(string, string, faults.ProxyOptions) (Proxy, error) { return nil, errNoProxy }
	}
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

// toxiproxy plays transport faults on the machine's own network. It gives back a nil
// Proxy, and not one that holds a nil, with an error. Where it may take any port, it is
// one that stays free while the proxy refuses, and for that does not listen.
func toxiproxy(listen, upstream string, opts faults.ProxyOptions) (Proxy, error) {
	if host, port, err := net.SplitHostPort(listen); err == nil && port == "0" {
		if port, err = freePort(Net{}.orReal(), host); err != nil {
			return nil, err
		}
		listen = net.JoinHostPort(host, port)
	}
	p, err := faults.StartProxy(listen, upstream, opts)
	if err != nil {
		return nil, err
	}
	return p, nil
}
