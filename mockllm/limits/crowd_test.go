package limits_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// Who comes first is served first, whoever finds the queue full is told so at once, and
// whoever leaves makes room.
func TestCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		crowd := limits.NewCrowd(limits.Capacity{Concurrency: 1, Queue: 2}, limits.Whole)
		type end struct {
			name   string
			how    limits.Admission
			factor float64
		}
		ends := make(chan end, 5)
		enter := func(ctx context.Context, name string) {
			go func() {
				factor, how := crowd.Enter(ctx)
				ends <- end{name, how, factor}
			}()
			synctest.Wait()
		}
		impatient, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		enter(t.Context(), "first")
		enter(impatient, "leaves")
		enter(t.Context(), "second")
		enter(t.Context(), "too many")
		time.Sleep(2 * time.Second)
		enter(t.Context(), "third")
		crowd.Leave()
		synctest.Wait()
		crowd.Leave()
		synctest.Wait()
		close(ends)
		var got []end
		for e := range ends {
			got = append(got, e)
		}
		// Of one slot, with the default slowdown: 1 + (in flight - 0.5).
		want := []end{
			{"first", limits.Admitted, 1.5},
			{"too many", limits.Overflown, 0},
			{"leaves", limits.Departed, 0},
			{"second", limits.Admitted, 2.5},
			{"third", limits.Admitted, 1.5},
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v; want %v", got, want)
		}
	})
}

func TestBounds(t *testing.T) {
	for what, err := range map[string]error{
		"a limit below 0":             limits.Limits{Tokens: -1}.Validate(),
		"a limit beyond all":          limits.Limits{Requests: limits.Most + 1}.Validate(),
		"a queue before nothing":      limits.Capacity{Queue: 1}.Validate(),
		"a slowdown that is a hurry":  limits.Capacity{Concurrency: 1, Slowdown: 0.5}.Validate(),
		"more slots than connections": limits.Capacity{Concurrency: 1_000_001}.Validate(),
	} {
		if err == nil {
			t.Errorf("%s is valid", what)
		}
	}
	if err := (limits.Capacity{Concurrency: 8, Queue: 8, Slowdown: 2}).Validate(); err != nil {
		t.Error(err)
	}
}
