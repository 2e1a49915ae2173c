package compare

import "math"

// signFlip is the chance that witnesses without any leaning come to as much as
// these did: each testifies so many for one side (a positive number) or the other (a
// negative one), and if the sides are alike, which of the two is the toss of a coin.
//
// With a witness for each request it is McNemar's exact test. But requests are no
// independent witnesses. Take two runs of one app, in which a breaker opens at 10 s
// and at 12 s: dozens of users fare worse in the second, all by one toss. So those who
// ask within the same stretch of time are one witness, which testifies the balance
// of them. With one request a stretch that is McNemar's test again; with more, it is
// the same test that believes less in crowds.
//
// The chance is exact as long as that is a few million sums, and the normal
// approximation of it beyond, where it has thousands of witnesses to rest on.
func signFlip(testimony []int) float64 {
	net, total := 0, 0
	squares := 0.0
	for _, d := range testimony {
		net += d
		total += abs(d)
		squares += float64(d) * float64(d)
	}
	net = abs(net)
	const exact = 4 << 20
	switch {
	case net == 0:
		return 1
	case len(testimony)*total > exact:
		return math.Erfc(float64(net-1) / math.Sqrt(squares) / math.Sqrt2)
	}
	return exactFlip(testimony, net, total)
}

// exactFlip sums up the chances of all balances of at least net, either way.
func exactFlip(testimony []int, net, total int) float64 {
	// chance[x] is that of the coins which fall for B to come to x together.
	chance := make([]float64, total+1)
	chance[0] = 1
	reached := 0
	for _, d := range testimony {
		d = abs(d)
		if d == 0 {
			continue
		}
		reached += d
		for x := reached; x >= 0; x-- {
			next := chance[x] / 2
			if x >= d {
				next += chance[x-d] / 2
			}
			chance[x] = next
		}
	}
	// A balance of net has (total + net) / 2 for one side; both sides are alike.
	p := 0.0
	for x := (total + net + 1) / 2; x <= total; x++ {
		p += chance[x]
	}
	return min(2*p, 1)
}

func abs(n int) int { return max(n, -n) }
