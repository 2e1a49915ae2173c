package drill

import (
	"errors"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// finish ends the log of providers that served alone. Theirs was a drill of what they
// played, which nobody knew before.
func (c *Control) finish(stopped error) record.End {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.advance(now)
	c.over = true
	if _, ok := errors.AsType[*Stopped](stopped); ok {
		c.cutHere(now)
		return record.End{Reason: "stopped"} // and its mark is written
	}
	if c.planned && !c.led && now < c.drill.plan.Length {
		c.drill.ledger.mark("interrupted", stopped.Error())
		return record.End{Reason: "interrupted"}
	}
	c.cutHere(now)
	return record.End{Reason: "done"}
}

// cutHere writes down what was played as all that there was to be.
func (c *Control) cutHere(now time.Duration) {
	line := c.line.Copy()
	line.Cut(now)
	written := c.written(&line)
	c.state++
	written.State, written.Action = c.state, record.ServedUntilHere
	c.drill.ledger.write(record.Line{Kind: "course", Course: &written})
}

// setup is that of providers that serve alone: the timeline as it is when nobody leads
// them.
func (c *Control) setup() record.Setup {
	s := c.drill.setup(c.start)
	if !c.planned {
		written := c.written(&c.line)
		s.Phases, s.Windows, s.Length = written.Phases, written.Windows, written.Length
	}
	return s
}
