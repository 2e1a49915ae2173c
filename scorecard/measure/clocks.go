package measure

import (
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// clocksApart is how far two clocks may be apart before what compares them says
// more about the clocks than about the app.
const clocksApart = record.Seconds(time.Second)

// clockGap is how far the clocks of a split drill are apart at least.
func clockGap(s *record.Split) record.Seconds {
	switch {
	case s.AheadLow > 0:
		return s.AheadLow
	case s.AheadHigh < 0:
		return -s.AheadHigh
	}
	return 0
}
