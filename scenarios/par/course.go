package par

import (
	"context"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// A Course is what the best client does about one request: it waits, asks one
// provider, and again at once as often as it takes.
type Course struct {
	Nonce    string        // of the request
	Kept     bool          // the question was answered before, and the client has kept the answer
	Provider string        // "" without Kept: nobody can answer well
	Wait     time.Duration // from when the request is due
	Try      int           // the attempt that is answered, from 1; those before it fail
}

// Courses are what the best client does about all requests of a plan, by due time.
func Courses(plan *scenarios.Plan) []Course {
	var courses []Course
	for _, v := range visitsOf(context.Background(), plan) {
		c := Course{Nonce: plan.Nonce(v.due), Kept: v.served && v.place == nil}
		if v.place != nil {
			c.Provider, c.Wait, c.Try = v.place.name, v.asked-v.due.At, v.try
		}
		courses = append(courses, c)
	}
	return courses
}
