package ledger

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A pile gathers many rows without moving those it has: a slice that grows by
// copying holds two copies in the end, and room for more.
type pile[T any] struct {
	blocks [][]T
	n      int
}

const pileBlock = 1 << 9

func (p *pile[T]) add(row T) {
	if p.n%pileBlock == 0 {
		p.blocks = append(p.blocks, make([]T, 0, pileBlock))
	}
	last := &p.blocks[len(p.blocks)-1]
	*last = append(*last, row)
	p.n++
}

func (p *pile[T]) at(i int32) *T { return &p.blocks[i/pileBlock][i%pileBlock] }

// order is the rows' numbers by the moment of each; tie decides between rows of one
// moment.
func (p *pile[T]) order(moment func(*T) record.Seconds, tie func(i, k int32) int) []int32 {
	type key struct {
		at record.Seconds
		i  int32
	}
	keys := make([]key, p.n)
	for i := range keys {
		keys[i] = key{moment(p.at(int32(i))), int32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		return tie(a.i, b.i)
	})
	order := make([]int32, len(keys))
	for i, k := range keys {
		order[i] = k.i
	}
	return order
}

// take empties the pile into a slice, in this order.
func (p *pile[T]) take(order []int32) []T {
	rows := make([]T, p.n)
	for i, k := range order {
		rows[i] = *p.at(k)
	}
	*p = pile[T]{}
	return rows
}
