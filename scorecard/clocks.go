package scorecard

import (
	"fmt"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
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

// splitLimit is what cannot be known of a drill that was played in several places.
func splitLimit(s *record.Split) string {
	text := fmt.Sprintf("joined from %d logs: a real API key shown to users goes unnoticed, for where they are nobody knows it; ", s.Logs)
	if s.Requests == 0 {
		return text + "how far the machines' clocks are apart is not known, for no request was seen on both sides once and whole"
	}
	low, high := words.Figure(s.AheadLow.Float(), "s"), words.Figure(s.AheadHigh.Float(), "s")
	return text + fmt.Sprintf("by %d requests the providers' clock is between %s and %s ahead of the users', and times from the one to the other are off by that",
		s.Requests, low, high)
}
