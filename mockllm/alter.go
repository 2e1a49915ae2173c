package mockllm

import (
	"bytes"
	"regexp"
)

// Where the wire formats say how an answer ended, and what it cost. In texts of
// answers quotes are escaped, so that none of these is found there.
var (
	finishNull  = regexp.MustCompile(`"(finish_reason|stop_reason)"(\s*:\s*)"[^"]*"`)
	finishGone  = regexp.MustCompile(`,\s*"finishReason"\s*:\s*"[^"]*"`)
	ofResponse  = regexp.MustCompile(`^\s*\{\s*"id"\s*:\s*"resp_`)
	ended       = regexp.MustCompile(`"type"\s*:\s*"response\.(completed|incomplete)"`)
	ranOut      = regexp.MustCompile(`"(finish_reason|stop_reason|finishReason|reason)"(\s*:\s*)"(length|max_tokens|MAX_TOKENS|max_output_tokens)"`)
	usage       = regexp.MustCompile(`"(?:usage|usageMetadata)"\s*:\s*\{`)
	usageNumber = regexp.MustCompile(`(:\s*)\d+`)
	completedAt = regexp.MustCompile(`("completed_at"\s*:\s*)\d+`)
	statusDone  = regexp.MustCompile(`"status"(\s*:\s*)"(?:completed|incomplete)"`)
)

// Alter gives an event, or the whole body of an answer, as it is with a failure of
// class no_finish (it does not say why it ended), bad_usage (the bill is missing,
// negative or huge, as the variant says) or early_finish (where it ran out of
// tokens and the variant is content_filter, the filter ended it). Nothing: the
// event is left out. What else comes is given back as it is.
func (s *Server) Alter(_ Request, part []byte, f Failure) []byte {
	switch f.Class {
	case "no_finish":
		return withoutFinish(part)
	case "bad_usage":
		return badlyBilled(part, f.Variant)
	case "early_finish":
		if f.Variant == "content_filter" {
			return ranOut.ReplaceAllFunc(part, filtered)
		}
	}
	return part
}

func withoutFinish(part []byte) []byte {
	switch {
	case ended.Match(part):
		return nil // it is all that the event is for
	case ofResponse.Match(part):
		if at := statusDone.FindIndex(part); at != nil {
			part = bytes.Join([][]byte{part[:at[0]], []byte(`"status": "in_progress"`), part[at[1]:]}, nil)
			return completedAt.ReplaceAll(part, []byte("${1}null"))
		}
	}
	part = finishNull.ReplaceAll(part, []byte(`"$1"${2}null`))
	return finishGone.ReplaceAll(part, nil)
}

// filtered says of an answer that ran out that the content filter ended it.
func filtered(reason []byte) []byte {
	for ranOut, filter := range map[string]string{
		`"max_output_tokens"`: `"content_filter"`, `"max_tokens"`: `"refusal"`, `"MAX_TOKENS"`: `"SAFETY"`, `"length"`: `"content_filter"`,
	} {
		if head, ok := bytes.CutSuffix(reason, []byte(ranOut)); ok {
			return append(bytes.Clone(head), filter...)
		}
	}
	return reason
}

// badlyBilled spoils every bill in a part.
func badlyBilled(part []byte, how string) []byte {
	var out []byte
	for {
		at := usage.FindIndex(part)
		if at == nil {
			return append(out, part...)
		}
		open := at[1] - 1
		end := open + objectEnd(part[open:])
		bill := part[open:end]
		switch how {
		case "negative":
			bill = usageNumber.ReplaceAll(bill, []byte("${1}-1"))
		case "huge":
			bill = usageNumber.ReplaceAll(bill, []byte("${1}999999999999"))
		default:
			bill = []byte("null")
		}
		out = append(append(out, part[:open]...), bill...)
		part = part[end:]
	}
}

// objectEnd is the length of the JSON object at the beginning of a text, of whose
// strings none has a brace.
func objectEnd(text []byte) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}
