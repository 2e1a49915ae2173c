package shape

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// matching makes a string that matches a pattern and has at least so many
// characters; false when it cannot.
func matching(re *regexp.Regexp, least, nth int) (string, bool) {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return "", false
	}
	// What can be repeated is, until the string is long enough.
	for more := 0; more <= maxChars; more = 2*more + 1 {
		p := printer{more: more, nth: nth}
		p.print(tree)
		t := p.out.String()
		if utf8.RuneCountInString(t) >= least && re.MatchString(t) {
			return t, true
		}
	}
	return "", false
}

// printer writes a string that a pattern's tree describes.
type printer struct {
	out  strings.Builder
	more int // times that things are repeated beyond need
	nth  int // letter of the classes
}

func (p *printer) print(re *syntax.Regexp) {
	if p.out.Len() > maxChars {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		p.out.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		p.out.WriteRune(letter(re.Rune, p.nth))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		p.out.WriteByte('a' + byte(p.nth%26))
	case syntax.OpAlternate:
		p.print(re.Sub[p.nth%len(re.Sub)])
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			p.print(sub)
		}
	case syntax.OpStar:
		p.repeat(re.Sub[0], p.more)
	case syntax.OpPlus:
		p.repeat(re.Sub[0], max(p.more, 1))
	case syntax.OpQuest:
		p.repeat(re.Sub[0], min(p.more, 1))
	case syntax.OpRepeat:
		n := re.Min + p.more
		if re.Max >= 0 {
			n = min(n, re.Max)
		}
		p.repeat(re.Sub[0], n)
	}
}

func (p *printer) repeat(re *syntax.Regexp, n int) {
	for range n {
		p.print(re)
		if p.out.Len() > maxChars {
			return
		}
	}
}

// letter is one of a class, given as pairs of first and last: of those that are easy
// to read if there are any.
func letter(class []rune, nth int) rune {
	var easy []rune
	for _, r := range "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. " {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= r && r <= class[i+1] {
				easy = append(easy, r)
			}
		}
	}
	switch {
	case len(easy) > 0:
		return easy[nth%len(easy)]
	case len(class) > 0:
		return class[0]
	}
	return 'a'
}
