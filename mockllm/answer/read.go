package answer

// Read finds the pieces of answers in a reply, wherever they stand in it. It takes
// time and memory in proportion to the text.
func Read(text string) Reading {
	var r reader
	for w := range words(text) {
		switch w.class {
		case tagClass:
			r.tag(w)
		case nonceClass:
			r.nonce(w)
		case wordClass:
			r.word(w)
		case sumClass:
			r.checksum(w)
		}
	}
	return Reading{Pieces: r.pieces, Nonces: r.nonces.list}
}

// reader holds the pieces found so far. The last one is open until its checksum.
type reader struct {
	pieces []Piece
	nonces nonces
	open   bool
	begun  word     // the open piece's tag, while its nonce is due
	id     identity // 0: the open piece does not begin, or came without its nonce
	keyed  bool     // key is known
	key    uint64
	next   uint64 // place of the word that is due
}

// last is the open piece.
func (r *reader) last() *Piece { return &r.pieces[len(r.pieces)-1] }

// start opens a piece.
func (r *reader) start(p Piece) {
	r.pieces = append(r.pieces, p)
	r.open, r.begun, r.id, r.keyed, r.next = true, word{}, 0, false, 0
}

// belongs says whether a word with this key can be of the open piece.
func (r *reader) belongs(key uint64) bool { return r.open && (!r.keyed || r.key == key) }

func (r *reader) tag(w word) {
	r.start(Piece{Tag: w.String(), Begins: true})
	r.begun = w
}

// nonce names the piece whose tag came just before. Any other is only noted: the
// app repeats the question, say.
func (r *reader) nonce(w word) {
	r.nonces.add(w)
	if r.begun == (word{}) {
		return
	}
	r.last().Nonce = w.String()
	r.id = identityOf(r.begun, w)
	r.key, r.keyed = r.id.key(), true
	r.begun = word{}
}

func (r *reader) word(w word) {
	place, key := w.payload>>keyBits, w.payload&(1<<keyBits-1)
	switch {
	case !r.belongs(key):
		r.start(Piece{})
		r.next = place
	case !r.keyed: // a tag whose nonce is lost
		r.last().Gap = true
	}
	r.begun, r.key, r.keyed = word{}, key, true
	p := r.last()
	p.Gap = p.Gap || place != r.next
	p.Words++
	r.next = (place + 1) & placeMask
}

func (r *reader) checksum(w word) {
	key := w.payload >> (placeBits + sealBits)
	count := w.payload >> sealBits & placeMask
	seal := w.payload & (1<<sealBits - 1)
	if !r.belongs(key) {
		r.start(Piece{})
		r.open = false
		return
	}
	p := r.last()
	sealed := r.id != 0 && seal == r.id.seal(p.Words)
	switch {
	case count != r.next, p.Begins && !sealed:
		p.Gap = true
	default:
		p.Complete = sealed && !p.Gap
	}
	r.open, r.begun = false, word{}
}
