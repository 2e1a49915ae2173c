package pace

import (
	"math"
	"time"
)

// A Shape is how a rate changes over a drill: stretches that follow each other,
// and after the last its end for good, or all of it again. The zero Shape is 1
// all the time.
type Shape struct {
	Stretches []Stretch
	Again     bool
}

// A Stretch is a part of a shape, longer than nothing: a factor that goes from one value
// to another in a straight line.
type Stretch struct {
	For      time.Duration
	From, To float64
}

// Ramp goes from one factor to another, having stayed at the first for a while,
// and stays at the second.
func Ramp(after, over time.Duration, from, to float64) Shape {
	return Shape{Stretches: []Stretch{{after, from, from}, {over, from, to}}}
}

// Steps are factors of which each holds for the same time; the last stays.
func Steps(each time.Duration, factors ...float64) Shape {
	var s Shape
	for _, f := range factors {
		s.Stretches = append(s.Stretches, Stretch{each, f, f})
	}
	return s
}

// Day is a table of factors at equal distances, with straight lines between them,
// from the last back to the first, and again: 24 of them are the hours of a day.
func Day(lasts time.Duration, factors ...float64) Shape {
	s := Shape{Again: true}
	for i, f := range factors {
		begin, end := portion(lasts, i, len(factors)), portion(lasts, i+1, len(factors))
		s.Stretches = append(s.Stretches, Stretch{end - begin, f, factors[(i+1)%len(factors)]})
	}
	return s
}

// portion is i n-ths of a time, so that n of them are all of it.
func portion(all time.Duration, i, n int) time.Duration {
	return time.Duration(float64(all) * float64(i) / float64(n))
}

func (s Shape) steady() bool { return len(s.Stretches) == 0 }

// stretch is the i-th of a drill that lasts for ever.
func (s Shape) stretch(i int) Stretch {
	n := len(s.Stretches)
	switch {
	case s.steady():
		return Stretch{math.MaxInt64, 1, 1}
	case i < n:
		return s.Stretches[i]
	case s.Again:
		return s.Stretches[i%n]
	}
	last := s.Stretches[n-1].To
	return Stretch{math.MaxInt64, last, last}
}

// each yields the stretches with when they begin: of a shape that begins again, once.
func (s Shape) each(yield func(from time.Duration, p Stretch) bool) {
	from := time.Duration(0)
	for i := 0; ; i++ {
		if s.Again && i > 0 && i >= len(s.Stretches) {
			return
		}
		p := s.stretch(i)
		if !yield(from, p) || p.For >= math.MaxInt64-from {
			return
		}
		from += p.For
	}
}

// turn is how often a shape that begins again has been played to its end by a time, and
// when in the next turn that is.
func (s Shape) turn(t time.Duration) (n int, rest time.Duration) {
	var whole time.Duration
	for _, p := range s.Stretches {
		whole += p.For
	}
	if !s.Again || whole <= 0 {
		return 0, t
	}
	return int(t / whole), t % whole
}

// at is the factor at a moment. Where two stretches meet it is the later one's.
func (s Shape) at(t time.Duration) (factor float64) {
	_, t = s.turn(t)
	for from, p := range s.each {
		factor = p.at(t - from)
		if t-from < p.For {
			break
		}
	}
	return factor
}

// upTo is the factor's integral from the beginning to t, in seconds.
func (s Shape) upTo(t time.Duration) (area float64) {
	turns, t := s.turn(t)
	if turns > 0 {
		for _, p := range s.Stretches {
			area += float64(turns) * p.area(p.For)
		}
	}
	for from, p := range s.each {
		if from >= t {
			break
		}
		area += p.area(min(p.For, t-from))
	}
	return area
}

// peak is the largest factor in [from, to).
func (s Shape) peak(from, to time.Duration) (most float64) {
	first, from := s.turn(from)
	last, to := s.turn(to)
	if first == last {
		return s.within(from, to)
	}
	most = max(s.within(from, math.MaxInt64), s.within(0, to))
	if last-first > 1 {
		most = max(most, s.within(0, math.MaxInt64))
	}
	return most
}

// within is the largest factor in [from, to) of a turn.
func (s Shape) within(from, to time.Duration) (most float64) {
	for begin, p := range s.each {
		if begin >= to && begin > from {
			break
		}
		if begin+p.For > from || p.For == math.MaxInt64 {
			most = max(most, p.at(max(0, from-begin)), p.at(min(p.For, to-begin)))
		}
	}
	return most
}

func (p Stretch) at(t time.Duration) float64 {
	if p.From == p.To {
		return p.From
	}
	return p.From + (p.To-p.From)*float64(t)/float64(p.For)
}

// area is the factor's integral over the first t of the stretch, in seconds.
func (p Stretch) area(t time.Duration) float64 { return (p.From + p.at(t)) / 2 * t.Seconds() }

// reaches is when in the stretch its integral is so large, in seconds.
func (p Stretch) reaches(area float64) float64 {
	rise := (p.To - p.From) / p.For.Seconds()
	// The root of rise/2·x² + From·x = area, in the form that has no difference of
	// two large numbers in it.
	return 2 * area / (p.From + math.Sqrt(max(0, p.From*p.From+2*rise*area)))
}

// A course goes along a shape, and only on.
type course struct {
	shape Shape
	i     int           // the stretch that it is in
	begun time.Duration // when that began
	area  float64       // of those before it
}

// when is the moment, in seconds, up to which the shape's integral is so large;
// +Inf where it never is.
func (c *course) when(area float64) float64 {
	if c.shape.steady() {
		return area
	}
	for idle := 0; ; {
		p := c.shape.stretch(c.i)
		whole := p.area(p.For)
		if area-c.area < whole {
			return c.begun.Seconds() + p.reaches(area-c.area)
		}
		if whole > 0 {
			idle = 0
		} else if idle++; p.For == math.MaxInt64 || idle > len(c.shape.Stretches) {
			return math.Inf(1)
		}
		c.i, c.begun, c.area = c.i+1, c.begun+p.For, c.area+whole
	}
}
