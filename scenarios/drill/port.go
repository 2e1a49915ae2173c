package drill

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// Ports that we find free for somebody who listens later, or again, are of these:
// systems hand out others by themselves, for connections and to listeners that take
// any, so that one of these stays free for as long as nobody wants just it.
const leastPort, mostPort = 20000, 29999

// freePort finds a port on a host at which nobody listens.
func freePort(network Net, host string) (string, error) {
	const tries = 100
	var first error
	for range tries {
		port := strconv.Itoa(leastPort + rand.IntN(mostPort-leastPort+1))
		l, err := network.Listen(net.JoinHostPort(host, port))
		if err == nil {
			return port, l.Close()
		}
		if first == nil {
			first = err
		}
	}
	return "", fmt.Errorf("no free port among %d on %s: %w", tries, host, first)
}

// ownPort finds the app's own port, if the plan gives it one.
func (d *drill) ownPort() error {
	words := []string{d.plan.Target}
	if app := d.plan.App; app != nil {
		words = append(words, app.ReadyURL)
		words = append(words, app.Command...)
		for _, value := range app.Env {
			words = append(words, value)
		}
	}
	if !slices.ContainsFunc(words, func(s string) bool { return strings.Contains(s, scenarios.PortWord) }) {
		return nil
	}
	var err error
	if d.port, err = freePort(d.opts.Net, "127.0.0.1"); err != nil {
		return fmt.Errorf("find the app a port: %w", err)
	}
	return nil
}
