package mockllm

// appendIndented lays out JSON as json.Indent does, in a fraction of the time: it is
// known to be valid and to have no space between its values.
func appendIndented(to, doc []byte, indent string) []byte {
	depth := 0
	line := func() {
		to = append(to, '\n')
		for range depth {
			to = append(to, indent...)
		}
	}
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
			line()
		case '}', ']':
			depth--
			line()
			to = append(to, c)
		case ',':
			to = append(to, c)
			line()
		case ':':
			to = append(to, ": "...)
		default:
			to = append(to, c)
		}
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
