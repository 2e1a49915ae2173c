package bot

import (
	"bufio"
	"io"
	"iter"
	"strings"
)

// maxLine bounds one line of a provider's stream.
const maxLine = 1 << 20

// events yields the data of each server-sent event of a stream, and at the end
// the error that cut it off, if one did. Comments and event names are passed
// over: both vendors repeat the name in the data. An event that the stream's end
// tore apart is dropped, as the standard asks.
func events(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		var data []string
		for lines.Scan() {
			line := lines.Text()
			if value, ok := strings.CutPrefix(line, "data:"); ok {
				data = append(data, strings.TrimPrefix(value, " "))
			}
			if line != "" || data == nil {
				continue
			}
			if !yield([]byte(strings.Join(data, "\n")), nil) {
				return
			}
			data = nil
		}
		if err := lines.Err(); err != nil {
			yield(nil, err)
		}
	}
}
