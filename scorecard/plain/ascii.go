package plain

import "strings"

// ASCII writes what reports are made of for terminals that know no other signs: each
// of theirs has a stand-in, what stands for a level a darker one for a higher. Any
// other rune, of a name or of what an app said, becomes a question mark.
func ASCII(s string) string {
	var b strings.Builder
	stands := stands()
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		stand, ok := stands[r]
		if !ok {
			stand = "?"
		}
		b.WriteString(stand)
	}
	return b.String()
}

// stands is the table of stand-ins.
func stands() map[rune]string {
	return map[rune]string{
		'✓': "+", '✗': "x", '■': "#", '≥': ">=", '≤': "<=", '×': "x", '→': "->", '←': "<-", '−': "-",
		'·': "-", '–': "-", '—': "-", '…': "~", '\u00a0': " ", '“': `"`, '”': `"`, '‘': "'", '’': "'",
		'│': "|", '█': "#", '░': ".",
		'▁': ".", '▂': ":", '▃': "-", '▄': "=", '▅': "+", '▆': "*", '▇': "%",
	}
}
