package drill

import (
	"net"
	"strconv"
	"testing"

	"github.com/seed-76a9de92/brownout/faults"
)

// A proxy that refuses does not listen: its port must not be one that systems hand out
// meanwhile.
func TestProxyOnAnyPortKeepsIt(t *testing.T) {
	for range 3 {
		p, err := toxiproxy("127.0.0.1:0", "127.0.0.1:1", faults.ProxyOptions{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := net.SplitHostPort(p.Addr())
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if port, _ := strconv.Atoi(text); port < leastPort || port > mostPort {
			t.Errorf("port %s, want one of %d to %d", text, leastPort, mostPort)
		}
	}
}

func TestFreePortPassesOverThoseInUse(t *testing.T) {
	network, asked := Net{}.orReal(), 0
	listen := network.Listen
	network.Listen = func(addr string) (net.Listener, error) {
		if asked++; asked < 3 {
			return nil, &net.OpError{Op: "listen", Err: net.UnknownNetworkError("in use")}
		}
		return listen(addr)
	}
	if port, err := freePort(network, "127.0.0.1"); err != nil || port == "" || asked < 3 {
		t.Errorf("port %q after %d tries: %v", port, asked, err)
	}
	network.Listen = func(string) (net.Listener, error) { return nil, net.UnknownNetworkError("none") }
	if port, err := freePort(network, "127.0.0.1"); err == nil {
		t.Errorf("port %q where there is none", port)
	}
}
