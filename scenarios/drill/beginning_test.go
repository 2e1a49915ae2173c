package drill

import (
	"strings"
	"testing"
	"time"
)

// The wall clock decides when a drill begins and no more: the start that everything
// is counted from carries the reading of the monotonic clock, also when the
// appointment, a time of day that was read from a flag, has none.
func TestAppointedStartIsMonotonic(t *testing.T) {
	at := time.Now().Add(20 * time.Millisecond).Round(0)
	d := &drill{opts: Options{At: at}}
	start, err := d.beginning(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !start.Equal(at) {
		t.Errorf("it begins at %v, want %v", start, at)
	}
	if !strings.Contains(start.String(), " m=") {
		t.Errorf("%v has no reading of the monotonic clock: whoever sets the machine's clock moves the drill", start)
	}
	if since := time.Since(start); since < 0 {
		t.Errorf("it began %v ago", since)
	}
}
