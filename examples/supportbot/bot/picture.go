package bot

import (
	"encoding/base64"
	"errors"
	"strings"
)

// A picture is what a user attached to a message.
type picture struct{ kind, data string } // the kind as image/png, the data in base64

// readPicture takes a data URL apart.
func readPicture(url string) (picture, error) {
	kind, data, ok := strings.Cut(strings.TrimPrefix(url, "data:"), ";base64,")
	if _, err := base64.StdEncoding.DecodeString(data); !ok || err != nil || data == "" || !strings.HasPrefix(kind, "image/") {
		return picture{}, errors.New(`"image" must be a picture as data:image/…;base64,…`)
	}
	return picture{kind, data}, nil
}

// forOpenAI is a message with the picture, if there is one.
func (p picture) forOpenAI(text string) any {
	if p.data == "" {
		return text
	}
	url := "data:" + p.kind + ";base64," + p.data
	return []any{
		map[string]any{"type": "text", "text": text},
		map[string]any{"type": "image_url", "image_url": map[string]any{"url": url}},
	}
}

// forAnthropic is the same in the other vendor's words.
func (p picture) forAnthropic(text string) any {
	if p.data == "" {
		return text
	}
	source := map[string]any{"type": "base64", "media_type": p.kind, "data": p.data}
	return []any{
		map[string]any{"type": "image", "source": source},
		map[string]any{"type": "text", "text": text},
	}
}
