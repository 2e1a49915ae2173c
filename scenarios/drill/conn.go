package drill

import (
	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// struck writes the line of what a fault did to a connection. What befell one before
// the clock started is left out.
func (p *provider) struck(b faults.Blow) {
	l := p.ledger
	if start := l.start.Load(); start == nil || b.Struck.Before(*start) {
		return
	}
	l.write(record.Line{Kind: "conn", Conn: &record.Conn{
		Provider: p.name,
		Opened:   l.at(b.Opened), Struck: l.at(b.Struck), Ended: l.at(b.Ended),
		Fault: b.Fault.Key, Kind: b.Fault.Kind, At: b.At, Unheard: b.Unheard,
	}})
}
