package ledger

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Conn is a [record.Conn] line: what a fault did to a connection.
type Conn struct {
	Opened, Struck, Ended record.Seconds
	Line, Provider, Kind  int32
	// Lost says that a request went with it: an attempt that no mock saw, of a call and
	// a user that nobody knows. A connection carries one at a time.
	Lost bool
}

// goodbye is the most that a client says when it leaves, an alert of TLS. A request
// to a model is longer, and so is the hello with which TLS begins.
const goodbye = 64

func (in *intake) takeConn(no int, c *record.Conn) bool {
	ok := possible(c.Opened, c.Struck, c.Ended) && c.Opened <= c.Struck && c.Struck <= c.Ended && c.Unheard >= 0
	if !ok || c.Provider == "" || c.Fault == "" && c.Kind == "" {
		return false
	}
	in.Conns = append(in.Conns, Conn{
		Opened: c.Opened, Struck: c.Struck, Ended: c.Ended, Line: int32(no),
		Provider: in.Providers.of(c.Provider), Kind: in.Kinds.of(cmp.Or(c.Kind, c.Fault)), Lost: c.Unheard > goodbye,
	})
	return true
}

// sortConns brings connections into the order in which they were struck, whatever
// that of their lines is.
func (in *intake) sortConns() {
	lost := func(c Conn) int {
		if c.Lost {
			return 1
		}
		return 0
	}
	slices.SortFunc(in.Conns, func(a, b Conn) int {
		return cmp.Or(
			cmp.Compare(a.Struck, b.Struck), cmp.Compare(a.Ended, b.Ended), cmp.Compare(a.Opened, b.Opened),
			cmp.Compare(in.Providers.Word(a.Provider), in.Providers.Word(b.Provider)),
			cmp.Compare(in.Kinds.Word(a.Kind), in.Kinds.Word(b.Kind)), lost(a)-lost(b), cmp.Compare(a.Line, b.Line))
	})
}
