package answer

import "hash/fnv"

// Nonce is the word that the n-th request of a drill carries. All n below 2^34 of
// one seed have different ones, and neither order nor distance shows in them.
func Nonce(seed, n uint64) string {
	return word{nonceClass, permute(seed, n)}.String()
}

// The network of [permute]: how many bits a half has, and how often they are mixed.
const (
	half   = 17
	mask   = 1<<half - 1
	rounds = 4
)

// permute maps the numbers below 2^34 onto themselves: a Feistel network over two
// halves.
func permute(seed, n uint64) uint64 {
	left, right := n>>half&mask, n&mask
	for round := range uint64(rounds) {
		left, right = right, left^mix(mix(seed+round)^right)&mask
	}
	return left<<half | right
}

// Nth tells which request of a drill carries a nonce: [Nonce] the other way round.
// It is false for what is no nonce; of another seed it is any number.
func Nth(seed uint64, nonce string) (n uint64, ok bool) {
	w, ok := wordAt(nonce)
	if !ok || w.class != nonceClass || len(nonce) != nonceClass.letters() {
		return 0, false
	}
	left, right := w.payload>>half&mask, w.payload&mask
	for round := uint64(rounds); round > 0; round-- {
		left, right = right^mix(mix(seed+round-1)^left)&mask, left
	}
	return left<<half | right, true
}

// Find returns the nonces in a text, in order, without repeats.
func Find(text string) []string {
	var found nonces
	for w := range words(text) {
		if w.class == nonceClass {
			found.add(w)
		}
	}
	return found.list
}

// nonces is a list without repeats.
type nonces struct {
	list  []string
	first uint64
	seen  map[uint64]bool // all but the first
}

func (s *nonces) add(w word) {
	switch {
	case len(s.list) == 0:
		s.first = w.payload // most texts have one, and need no map
	case w.payload == s.first || s.seen[w.payload]:
		return
	default:
		if s.seen == nil {
			s.seen = make(map[uint64]bool)
		}
		s.seen[w.payload] = true
	}
	s.list = append(s.list, w.String())
}

// Tag is the word that a provider's answers begin with. Two names have the same
// one in a case of four million.
func Tag(provider string) string { return tagOf(provider).String() }

func tagOf(provider string) word {
	h := fnv.New64a()
	h.Write([]byte(provider)) // never fails
	return word{tagClass, mix(h.Sum64()) & (1<<tagClass.payloadBits() - 1)}
}
