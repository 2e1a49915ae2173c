package findings

import (
	"fmt"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// wrongAnswers looks for answers that are not what the scenario expects, of
// providers whose words were sound.
func wrongAnswers(l *looker) (s sighting) {
	for i, v := range l.Counted {
		if v.Outcome == ledger.Wrong && l.BadWords(v) == "" {
			s.see(l, v.Line, i)
		}
	}
	s.sentence = fmt.Sprintf("%s got an answer that is not of the form it has to be", words.People(float64(s.count)))
	return s
}
