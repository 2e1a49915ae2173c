package mockllm

// appendIndented lays out JSON as json.Indent does, in a fraction of the time: it is
// known to be valid and to have no space between its values.
func appendIndented(to, doc []byte, indent string) []byte {
	depth := 0
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; c {
		case '"':
			end := i + stringEnd(doc[i:])
			to = append(to, doc[i:end]...)
			i = end - 1
		case '{', '[':
			to = append(to, c)
			if next := doc[i+1]; next == '}' || next == ']' {
				to = append(to, next)
				i++
				continue
			}
			depth++
			to = appendLine(to, indent, depth)
		case '}', ']':
			depth--
			to = append(appendLine(to, indent, depth), c)
		case ',':
			to = appendLine(append(to, c), indent, depth)
		case ':':
			to = append(to, ": "...)
		default: // a number, true, false or null
			end := i + valueEnd(doc[i:])
			to = append(to, doc[i:end]...)
			i = end - 1
		}
	}
	return to
}

// appendLine begins a line so deep.
func appendLine(to []byte, indent string, depth int) []byte {
	to = append(to, '\n')
	for range depth {
		to = append(to, indent...)
	}
	return to
}

// appendSpaced lays out such JSON with the spaces of the pretty kind, but on one line.
func appendSpaced(to, doc []byte) []byte {
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; c {
		case '"':
			end := i + stringEnd(doc[i:])
			to = append(to, doc[i:end]...)
			i = end - 1
		case ':':
			to = append(to, ": "...)
		default:
			to = append(to, c)
		}
	}
	return to
}
