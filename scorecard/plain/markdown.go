package plain

import (
	"fmt"
	"strings"
)

// Markdown escapes s so that GitHub shows it as it is: no markup, HTML, table cell,
// mention, issue link or address comes of it.
func Markdown(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune("&<>", r):
			fmt.Fprintf(&b, "&#%d;", r)
		case strings.ContainsRune("@#", r) || r == ':' && strings.HasPrefix(s[i:], "://"):
			// A comment breaks what GitHub would make a link of, and is not seen. A
			// backslash would not: mentions are found after it is gone.
			b.WriteRune(r)
			b.WriteString("<!-- -->")
		case strings.ContainsRune("\\`*_[]|~$", r) || i == 0 && strings.ContainsRune("+-", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www<!-- -->.")
}
