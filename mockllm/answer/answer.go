// Package answer makes text that proves where it came from, and reads the proof
// in whatever an app makes of it.
//
// A request carries a nonce, one word that no other request of the drill has. The
// answer of a mock provider to it is
//
//	tag nonce word word … word checksum
//
// in lower-case ASCII words of consonant–vowel syllables, with single spaces
// between: JSON escaping, Markdown, chunking and tokenisers leave them alone. The
// tag names the provider, each numbered word tells its place and which answer it
// belongs to, and the checksum how many words there were. So a reply shows whether
// an answer came whole, broke off, lost or repeated a stretch, was pieced together
// from two, or was made for somebody else's question.
//
// Start with [Make] on the provider's side and [Read] on the user's:
//
//	nonce := answer.Nonce(7, 0)
//	reply := "Sure! " + strings.Join(answer.Make("primary", nonce, 40), " ")
//	r := answer.Read(reply)
//	whole := len(r.Pieces) == 1 && r.Pieces[0].Complete // true
//
// # What is certain, and how far
//
// Every word ends in 16 check bits and begins with the consonant of its kind, so
// that ordinary text is not read as ours: even of random syllables in our letters
// and of our length, one in a million passes.
//
// An answer that lost anything is never Complete, and one that has anything of ours
// besides is not alone: there is a second piece. A splice of answers to different
// questions, or of different providers, gives more than one piece as soon as a whole
// numbered word, checksum or tag of each is left. One pair of answers in 4,096 has the
// same key and is told apart by the places and the checksum alone; that fails for one
// in 16 million. What cannot be seen: a splice that is word for word what one of the
// two would have been (two attempts of one request at one provider, joined at the
// same place), and a part without one whole word.
package answer

// A Reading is what the verifiable text in a reply proves.
type Reading struct {
	Pieces []Piece
	// Nonces are all nonces seen, in order, without repeats: of the pieces, and of
	// a question that the app repeats.
	Nonces []string
}

// A Piece is a stretch of one answer, as the reply holds it. Text of the app's own
// before it, after it and between its words is no part of it and does it no harm.
type Piece struct {
	Tag      string // the answering provider's word, "" when the piece does not begin at the beginning
	Nonce    string // the nonce the answer was made for, "" as above, or when the reply broke off before it
	Begins   bool   // it begins as an answer begins: with a tag
	Complete bool   // every word in its place up to the closing checksum
	Gap      bool   // a stretch is missing or repeated
	Words    int    // numbered words held
}
