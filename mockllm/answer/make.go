package answer

import "strings"

// The parts of a numbered word's and a checksum's payload, in bits.
const (
	placeBits = 10 // place, or count, modulo 1024
	keyBits   = 12
	sealBits  = 12
)

// placeMask takes a place or a count modulo 1024. A lost or repeated stretch of
// exactly so many words is seen by the checksum alone.
const placeMask = 1<<placeBits - 1

// identity is the tag and the nonce of an answer in one number.
type identity uint64

func identityOf(tag, nonce word) identity {
	return identity(tag.payload<<nonceClass.payloadBits() | nonce.payload)
}

// key is what every word of the answer carries, to tell it from other answers'.
func (id identity) key() uint64 { return mix(uint64(id)) & (1<<keyBits - 1) }

// seal is what only the checksum of the answer with so many words carries.
func (id identity) seal(count int) uint64 {
	return mix(mix(uint64(id))+uint64(count)) & (1<<sealBits - 1)
}

// word is the numbered word at a place, from 0.
func (id identity) word(place int) word {
	return word{wordClass, uint64(place&placeMask)<<keyBits | id.key()}
}

// checksum closes an answer of so many numbered words.
func (id identity) checksum(count int) word {
	return word{sumClass, id.key()<<(placeBits+sealBits) | uint64(count&placeMask)<<sealBits | id.seal(count)}
}

// Make returns a provider's answer to the request with this nonce: tag, nonce, so
// many numbered words, checksum; at least the three, whatever words says. Joined
// with single spaces they are the text. Without a nonce of ours there is nothing to
// prove, and as many words of [Plain] come back.
func Make(provider, nonce string, words int) []string {
	return strings.Fields(Text(provider, nonce, words))
}

// Text is what [Make] returns, joined with single spaces.
func Text(provider, nonce string, words int) string {
	words = max(words, 0)
	n, ok := wordAt(nonce)
	if !ok || n.class != nonceClass || len(nonce) != nonceClass.letters() {
		return strings.Join(Plain(words+3), " ")
	}
	tag := tagOf(provider)
	id := identityOf(tag, n)
	var text strings.Builder
	text.Grow(tagClass.letters() + 2*(nonceClass.letters()+len(" ")) + words*(wordClass.letters()+len(" ")))
	spelled := make([]byte, 0, nonceClass.letters()+len(" ")) // no word has more letters
	text.Write(tag.appendTo(spelled))
	next := func(w word) { text.Write(w.appendTo(append(spelled, ' '))) }
	next(n)
	for place := range words {
		next(id.word(place))
	}
	next(id.checksum(words))
	return text.String()
}

// Plain returns n ordinary words that claim nothing and in which [Read] finds
// nothing: the answer to a request without a nonce.
func Plain(n int) []string {
	text := [...]string{
		"this", "is", "made", "up", "by", "a", "mock", "model", "because", "the", "question", "came", "without", "a", "nonce",
		"and", "so", "nothing", "in", "it", "can", "be", "checked",
	}
	out := make([]string, max(n, 0))
	for i := range out {
		out[i] = text[i%len(text)]
	}
	return out
}
