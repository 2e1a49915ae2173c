package answer_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// text is a whole answer as it goes over the wire.
func text(provider, nonce string, words int) string {
	return strings.Join(answer.Make(provider, nonce, words), " ")
}

func TestTheWordsAreFixed(t *testing.T) {
	// A log names tags and nonces, so the spelling may not drift between versions.
	want := "vutabuzidujobu zamofurirobukavisu jababadozugavi jabahadozipazo jabamadotosala labirabavubufikahu"
	if got := text("primary", answer.Nonce(7, 0), 3); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReadWhole(t *testing.T) {
	nonce := answer.Nonce(7, 41)
	whole := text("primary", nonce, 30)
	want := answer.Reading{
		Pieces: []answer.Piece{{Tag: answer.Tag("primary"), Nonce: nonce, Begins: true, Complete: true, Words: 30}},
		Nonces: []string{nonce},
	}
	words := strings.Fields(whole)
	for name, reply := range map[string]string{
		"alone":             whole,
		"with text around":  "Sure, here you are:\n\n" + whole + "\n\nAnything else?",
		"glued to text":     "answer:" + whole + "done",
		"Markdown":          "## Answer\n\n* **" + strings.Join(words, "**\n* **") + "**\n",
		"JSON":              `{"reply":"` + strings.Join(words, `\n`) + `"}`,
		"punctuation":       strings.Join(words, ", ") + ".",
		"comments between":  strings.Join(words, " (so to say) "),
		"no spaces":         strings.Join(words, ""),
		"capitals":          strings.ToUpper(whole[:1]) + whole[1:],
		"shouting":          strings.ToUpper(whole),
		"question repeated": "You asked: " + nonce + "? " + whole,
		"broken bytes":      "\xff\xc3" + whole + "\xe2\x82",
	} {
		if diff := cmp.Diff(want, answer.Read(reply)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadBroken(t *testing.T) {
	one, two := answer.Nonce(1, 1), answer.Nonce(1, 2)
	tag, other := answer.Tag("primary"), answer.Tag("secondary")
	a := answer.Make("primary", one, 8)
	b := answer.Make("secondary", one, 8)
	c := answer.Make("primary", two, 8)
	join := func(parts ...[]string) string {
		var all []string
		for _, p := range parts {
			all = append(all, p...)
		}
		return strings.Join(all, " ")
	}
	begun := answer.Piece{Tag: tag, Nonce: one, Begins: true}
	with := func(p answer.Piece, change func(*answer.Piece)) answer.Piece { change(&p); return p }
	words := func(n int) func(*answer.Piece) { return func(p *answer.Piece) { p.Words = n } }
	gap := func(n int) func(*answer.Piece) { return func(p *answer.Piece) { p.Words, p.Gap = n, true } }
	whole := func(n int) func(*answer.Piece) { return func(p *answer.Piece) { p.Words, p.Complete = n, true } }

	for _, c := range []struct {
		name   string
		reply  string
		pieces []answer.Piece
	}{
		{"nothing of ours", "We are sorry, please try again later.", nil},
		{"empty", "", nil},
		{"cut after the tag", join(a[:1]), []answer.Piece{{Tag: tag, Begins: true}}},
		{"cut after the nonce", join(a[:2]), []answer.Piece{begun}},
		{"cut after a word", join(a[:7]), []answer.Piece{with(begun, words(5))}},
		{"cut in a word", join(a[:7]) + " " + a[7][:5], []answer.Piece{with(begun, words(5))}},
		{"cut before the checksum", join(a[:10]), []answer.Piece{with(begun, words(8))}},
		{"without the beginning", join(a[4:]), []answer.Piece{{Words: 6}}},
		{"without the tag", join(a[1:]), []answer.Piece{{Words: 8}}},
		{"without the nonce", join(a[:1], a[2:]), []answer.Piece{{Tag: tag, Begins: true, Gap: true, Words: 8}}},
		{"a stretch missing", join(a[:5], a[7:]), []answer.Piece{with(begun, gap(6))}},
		{"the last words missing", join(a[:8], a[10:]), []answer.Piece{with(begun, gap(6))}},
		{"the first words missing", join(a[:2], a[4:]), []answer.Piece{with(begun, gap(6))}},
		{"a stretch repeated", join(a[:7], a[5:]), []answer.Piece{with(begun, gap(10))}},
		{"the last words repeated", join(a[:10], a[8:]), []answer.Piece{with(begun, gap(10))}},
		{"the end repeated", join(a, a[8:]), []answer.Piece{with(begun, whole(8)), {Words: 2}}},
		{"the checksum repeated", join(a, a[10:]), []answer.Piece{with(begun, whole(8)), {}}},
		{"two words swapped", join(a[:4], a[5:6], a[4:5], a[6:]), []answer.Piece{with(begun, gap(8))}},
		{"started again", join(a[:6], a), []answer.Piece{with(begun, words(4)), with(begun, whole(8))}},
		{"started again, glued mid-word", join(a[:6]) + a[6][:7] + join(a), []answer.Piece{with(begun, words(4)), with(begun, whole(8))}},
		{"another provider's instead", join(a[:6], b), []answer.Piece{
			with(begun, words(4)),
			{Tag: other, Nonce: one, Begins: true, Complete: true, Words: 8},
		}},
		{"continued by another provider", join(a[:6], b[6:]), []answer.Piece{with(begun, words(4)), {Words: 4}}},
		{"another provider's checksum", join(a[:10], b[10:]), []answer.Piece{with(begun, words(8)), {}}},
		{"another question's words", join(a[:6], c[6:8], a[8:]), []answer.Piece{with(begun, words(4)), {Words: 2}, {Words: 2}}},
		{"a checksum alone", a[10], []answer.Piece{{}}},
	} {
		if diff := cmp.Diff(c.pieces, answer.Read(c.reply).Pieces); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestALostStretchOfAThousandAndTwentyFourWordsShows(t *testing.T) {
	// Places count modulo 1024: only the checksum notices this one.
	w := answer.Make("primary", answer.Nonce(1, 1), 3000)
	reply := strings.Join(append(w[:100:100], w[100+1024:]...), " ")
	p := answer.Read(reply).Pieces
	if len(p) != 1 || !p[0].Gap || p[0].Complete {
		t.Errorf("got %+v; want one piece with a gap", p)
	}
	if p := answer.Read(strings.Join(w, " ")).Pieces; len(p) != 1 || !p[0].Complete {
		t.Errorf("the whole answer: got %+v", p)
	}
}

// TestLostBytes takes any stretch of bytes out of an answer.
func TestLostBytes(t *testing.T) {
	whole := text("primary", answer.Nonce(3, 9), 12)
	for from := range whole {
		for to := from + 1; to <= len(whole); to++ {
			reply := whole[:from] + whole[to:]
			for _, p := range answer.Read(reply).Pieces {
				if p.Complete && strings.TrimSpace(reply) != whole {
					// Only a space between two words may go unnoticed.
					if lost := whole[from:to]; lost != " " {
						t.Fatalf("without [%d,%d) %q it is still complete", from, to, lost)
					}
				}
			}
		}
	}
}

// TestSplices joins any beginning of one answer to any rest of another.
func TestSplices(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	providers := []string{"primary", "secondary", "third"}
	for range 10_000 {
		a := answer.Make(providers[rng.IntN(3)], answer.Nonce(5, rng.Uint64N(50)), rng.IntN(20))
		b := answer.Make(providers[rng.IntN(3)], answer.Nonce(5, rng.Uint64N(50)), rng.IntN(20))
		i, j := 1+rng.IntN(len(a)), rng.IntN(len(b))
		reply := strings.Join(append(a[:i:i], b[j:]...), " ")
		r := answer.Read(reply)
		if len(r.Pieces) > 1 || len(r.Pieces) == 1 && r.Pieces[0].Gap {
			continue
		}
		if i == 1 && j == 1 && a[0] == b[0] {
			continue // the other's answer, word for word
		}
		same := a[0] == b[0] && a[1] == b[1]
		if same && i == j {
			continue // the same again
		}
		if same && i == 2 && j == 1 {
			continue // the nonce twice: the app may repeat the question
		}
		t.Fatalf("the splice of %q and %q does not show: %+v", a[:i], b[j:], r)
	}
}

func TestNonces(t *testing.T) {
	seen := make(map[string]bool)
	const n = 100_000
	sorted, last := 0, ""
	for i := range uint64(n) {
		nonce := answer.Nonce(7, i*21_474) // up to 2^31
		if seen[nonce] {
			t.Fatalf("nonce %d is not new: %s", i, nonce)
		}
		seen[nonce] = true
		if nonce > last {
			sorted++
		}
		last = nonce
	}
	if sorted < n*49/100 || sorted > n*51/100 {
		t.Errorf("%d of %d nonces come after the one before: the order shows", sorted, n)
	}
	if answer.Nonce(7, 1) == answer.Nonce(8, 1) {
		t.Error("two seeds give the same nonce")
	}
}

func TestFind(t *testing.T) {
	one, two := answer.Nonce(1, 1), answer.Nonce(1, 2)
	prompt := "ticket " + two + ": hello\n" + text("primary", one, 5) + "\nand again " + two
	if diff := cmp.Diff([]string{two, one}, answer.Find(prompt)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := answer.Find("no nonce here, not even " + one[:17]); got != nil {
		t.Errorf("got %q in a text without one", got)
	}
}

func TestPlainClaimsNothing(t *testing.T) {
	words := answer.Plain(200)
	if len(words) != 200 {
		t.Errorf("got %d words; want 200", len(words))
	}
	if r := answer.Read(strings.Join(words, " ")); len(r.Pieces)+len(r.Nonces) > 0 {
		t.Errorf("plain words read as %+v", r)
	}
	if diff := cmp.Diff(answer.Plain(8), answer.Make("primary", "not-ours", 5)); diff != "" {
		t.Errorf("an answer to a stranger's nonce (-want +got):\n%s", diff)
	}
}

// TestOrdinaryTextIsNotOurs makes words of the syllables of several languages, the
// worst case there is for words of syllables.
func TestOrdinaryTextIsNotOurs(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, syllables := range map[string][]string{
		"romaji":  strings.Fields("a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa n ga gi gu ge go za ji zu ze zo da de do ba bi bu be bo pa pi pu pe po kya shu cho ryo"),
		"Italian": strings.Fields("la lo li le va vi vo ve za zi zo ta to ti te ra re ri ro na no ni ne sta stra zio gia già per con tro del ven co ca mo ma mi me bi ba bo so sa se pre in ter gi go ga ghe"),
		"English": strings.Fields("the ing tion er ly re de in un con com pre dis a ta la li lo va vi zo jo ja ju ment ness able ful ous al ic ic ity ma mi no na so si ri ra to ti be ba do di"),
	} {
		var b strings.Builder
		words := 0
		for ; words < 100_000; words++ {
			for range 1 + rng.IntN(9) {
				b.WriteString(syllables[rng.IntN(len(syllables))])
			}
			b.WriteByte(' ')
		}
		if r := answer.Read(b.String()); len(r.Pieces)+len(r.Nonces) > 0 {
			t.Errorf("%s: of %d words some read as ours: %+v", name, words, r)
		}
	}
}

// TestTheCheckIsWorthSixteenBits makes words that are ours but for the check.
func TestTheCheckIsWorthSixteenBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for first, syllables := range map[string]int{"z": 9, "j": 7} {
		const n = 1 << 19
		hits := 0
		word := make([]byte, 0, 18)
		for range n {
			word = append(word[:0], first...)
			word = append(word, "aiou"[rng.IntN(4)])
			for len(word) < 2*syllables {
				word = append(word, "bdfghjklmnprstvz"[rng.IntN(16)], "aiou"[rng.IntN(4)])
			}
			if r := answer.Read(string(word)); len(r.Pieces)+len(r.Nonces) > 0 {
				hits++
			}
		}
		// 8 are expected, and the seed is fixed.
		if hits > 24 || hits < 1 {
			t.Errorf("%s: %d of %d random words pass; want about 8", first, hits, n)
		}
	}
}

// FuzzRead: whatever the app says, a reading is consistent.
func FuzzRead(f *testing.F) {
	f.Add(text("primary", answer.Nonce(1, 2), 4))
	f.Add(text("primary", answer.Nonce(1, 2), 4)[3:] + text("secondary", answer.Nonce(1, 2), 4))
	f.Add("ja\xffjaja zizizizizizizizizi")
	f.Fuzz(func(t *testing.T, reply string) {
		words := 0
		for _, p := range answer.Read(reply).Pieces {
			words += p.Words
			if p.Complete && (!p.Begins || p.Gap || p.Nonce == "") {
				t.Errorf("complete and yet %+v", p)
			}
			if p.Begins != (p.Tag != "") {
				t.Errorf("a tag belongs to what begins: %+v", p)
			}
		}
		if words*14 > len(reply) {
			t.Errorf("%d words in %d bytes", words, len(reply))
		}
	})
}

// FuzzCut: an answer cut anywhere is not complete.
func FuzzCut(f *testing.F) {
	f.Add(uint64(1), uint64(2), 5, 40)
	f.Add(uint64(9), uint64(0), 0, 31)
	f.Fuzz(func(t *testing.T, seed, n uint64, words, at int) {
		if words < 0 || words > 5000 {
			return
		}
		whole := text("primary", answer.Nonce(seed, n), words)
		if at < 0 || at >= len(whole) {
			return
		}
		for _, part := range []string{whole[:at], whole[at+1:]} {
			for _, p := range answer.Read(part).Pieces {
				if p.Complete {
					t.Errorf("%q is complete", part)
				}
			}
		}
	})
}

func BenchmarkMake(b *testing.B) {
	nonce := answer.Nonce(1, 1)
	b.ReportAllocs()
	for b.Loop() {
		answer.Make("primary", nonce, 60)
	}
}

// BenchmarkRead has a reply, and a text that looks like ours at every letter.
func BenchmarkRead(b *testing.B) {
	for name, reply := range map[string]string{
		"reply":   text("primary", answer.Nonce(1, 1), 60),
		"hostile": strings.Repeat("z", 1<<20),
		"nearly":  strings.Repeat("ja", 1<<19),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(reply)))
			for b.Loop() {
				answer.Read(reply)
			}
		})
	}
}

func TestNthIsNonceTheOtherWayRound(t *testing.T) {
	for _, seed := range []uint64{0, 1, 7, 1 << 63} {
		for _, n := range []uint64{0, 1, 2, 1 << 17, 1<<24 - 1, 3<<24 | 77, 1<<34 - 1} {
			nonce := answer.Nonce(seed, n)
			if got, ok := answer.Nth(seed, nonce); !ok || got != n {
				t.Errorf("seed %d: %q is of request %d, %v; want %d", seed, nonce, got, ok, n)
			}
		}
	}
	for _, none := range []string{"", "zebra", answer.Nonce(7, 1) + "x", answer.Tag("primary"), answer.Nonce(7, 1)[:17] + "x"} {
		if n, ok := answer.Nth(7, none); ok {
			t.Errorf("%q is of request %d", none, n)
		}
	}
}
