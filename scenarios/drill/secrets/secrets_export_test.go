package secrets

// Bounds of what a Writer holds back, in bytes.
const (
	MaxLine = maxLine
	MaxHeld = maxHeld
)

// Held is how many bytes of whole lines are held back.
func (w *Writer) Held() int { return w.size }

// Suspect says whether a text is searched for what stands where a secret does.
func Suspect(text string) bool { return suspect(text) }

// Found says whether such a search finds anything.
func Found(text string) bool { return credential.MatchString(text) || login.MatchString(text) }
