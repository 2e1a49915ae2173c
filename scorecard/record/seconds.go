package record

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Seconds is a moment (since the start of the drill) or a span. In Go it is a
// [time.Duration], in JSON a decimal number of seconds with microseconds, so
// that jq and a spreadsheet read it without arithmetic.
type Seconds time.Duration

// Of turns a duration into Seconds.
func Of(d time.Duration) Seconds { return Seconds(d) }

// Duration is the span as Go knows it.
func (s Seconds) Duration() time.Duration { return time.Duration(s) }

// Float is the span in seconds.
func (s Seconds) Float() float64 { return time.Duration(s).Seconds() }

// MarshalJSON writes the span in seconds, rounded to the microsecond.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(time.Duration(s).Round(time.Microsecond)/time.Microsecond) / 1e6)
}

// UnmarshalJSON reads a number of seconds.
func (s *Seconds) UnmarshalJSON(b []byte) error {
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("seconds: %w", err)
	}
	if math.Abs(f) > math.MaxInt64/1e9 {
		return fmt.Errorf("seconds: %g is out of range", f)
	}
	*s = Seconds(math.Round(f * 1e9))
	return nil
}
