package mockllm

import (
	"math/rand/v2"
	"time"
)

// mint makes the ids of one answer, in the providers' forms.
type mint struct {
	rng *rand.Rand
	now time.Time
}

const (
	digits62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
)

// from makes n random letters of an alphabet.
func (m *mint) from(alphabet string, n int) string {
	return string(m.append(make([]byte, 0, 64), alphabet, n))
}

// append adds n random letters of an alphabet.
func (m *mint) append(b []byte, alphabet string, n int) []byte {
	for range n {
		b = append(b, alphabet[m.rng.IntN(len(alphabet))])
	}
	return b
}

func (m *mint) base62(n int) string { return m.from(digits62, n) }
func (m *mint) base58(n int) string { return m.from(digits58, n) }
func (m *mint) hex(n int) string    { return m.from("0123456789abcdef", n) }

func (m *mint) uuid() string {
	return m.hex(8) + "-" + m.hex(4) + "-4" + m.hex(3) + "-a" + m.hex(3) + "-" + m.hex(12)
}

// chatID is an OpenAI chat completion's.
func (m *mint) chatID() string { return "chatcmpl-" + m.stamped() }

// stamped is what OpenAI's ids of completions end in: five digits of time, which is
// why recorded ids rise with it, and 24 of chance.
func (m *mint) stamped() string {
	// The recordings count seconds from fifty years of 365 days after 1970.
	t := m.now.Unix() - 50*365*24*60*60
	var stamp [5]byte
	for i := len(stamp) - 1; i >= 0; i-- {
		stamp[i] = digits62[((t%62)+62)%62]
		t /= 62
	}
	return string(stamp[:]) + m.base62(24)
}

// cfRay is Cloudflare's id of a request, through one of its places.
func (m *mint) cfRay() string { return m.hex(16) + "-SEA" }

func (m *mint) openaiID() string { return "req_" + m.hex(32) }

// anthropicID is Anthropic's id of a request.
func (m *mint) anthropicID() string { return "req_011C" + m.base58(20) }
