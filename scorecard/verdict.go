package scorecard

import "fmt"

// Verdict is what a bar, or the whole drill, came to. The zero value is
// Inconclusive: whatever was not judged has not passed.
type Verdict int

// The four verdicts.
const (
	Inconclusive Verdict = iota
	Pass
	Fail
	Aborted
)

var verdictNames = [...]string{"inconclusive", "pass", "fail", "aborted"}

func (v Verdict) String() string {
	if v < 0 || int(v) >= len(verdictNames) {
		return fmt.Sprintf("Verdict(%d)", int(v))
	}
	return verdictNames[v]
}

// MarshalText writes the verdict's word.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a verdict's word.
func (v *Verdict) UnmarshalText(b []byte) error {
	for i, name := range verdictNames {
		if name == string(b) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q", b)
}
