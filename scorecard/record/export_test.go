package record

// UsualLine reads a line that stands as the writer writes it, and no other.
func UsualLine(raw []byte) (Line, bool) { return newLineParser().usual(raw) }
