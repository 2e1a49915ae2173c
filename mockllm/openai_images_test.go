package mockllm_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const images = "/v1/images/generations"

// pictures is what tests look at of an answer with images.
type pictures struct {
	Data []struct {
		B64     string `json:"b64_json"`
		URL     string
		Revised string `json:"revised_prompt"`
	}
	Size  string
	Usage *struct {
		Output int `json:"output_tokens"`
	}
}

func TestImagesWire(t *testing.T) {
	prompt := `"prompt":"ticket ` + answer.Nonce(7, 1) + `: a cat"}`
	for name, body := range map[string]string{
		"openai_images_gpt":  `{"model":"gpt-image-1",` + prompt,
		"openai_images_dall": `{"model":"dall-e-3","response_format":"b64_json",` + prompt,
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			golden(t, name, do(server(t, "openai", short(), nil), request(t.Context(), "POST", images, body)).dump())
		})
	}
}

// TestImages: each is a PNG of its own, and where the provider repeats the prompt in
// its words, these are the verifiable answer.
func TestImages(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for _, c := range []struct {
		model, more string
		n           int
		url         bool
	}{
		{"gpt-image-1", ``, 1, false},
		{"gpt-image-1", `,"n":3,"size":"1536x1024"`, 3, false},
		{"dall-e-2", `,"n":2`, 2, true},
		{"dall-e-3", `,"response_format":"b64_json"`, 1, false},
	} {
		got := do(server(t, "openai", shortInstant(), nil), request(t.Context(), "POST", images, `{"model":"`+c.model+`","prompt":"`+nonce+`"`+c.more+`}`))
		var all pictures
		unmarshal(t, []byte(got.body()), &all)
		seen := map[string]bool{}
		for _, p := range all.Data {
			b64 := p.B64
			if c.url {
				b64 = strings.TrimPrefix(p.URL, "data:image/png;base64,")
			}
			file, err := base64.StdEncoding.DecodeString(b64)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := png.Decode(bytes.NewReader(file)); err != nil {
				t.Errorf("%s: %v", c.model, err)
			}
			seen[b64] = true
			if (c.model == "dall-e-3") != wholeAnswer(p.Revised, nonce) {
				t.Errorf("%s: the prompt became %q", c.model, p.Revised)
			}
		}
		if len(seen) != c.n {
			t.Errorf("%s: %d different images; want %d", c.model, len(seen), c.n)
		}
		if strings.HasPrefix(c.model, "gpt") && (all.Usage.Output != 272*c.n || all.Size == "auto") {
			t.Errorf("%s: %+v", c.model, all)
		}
	}
}

func TestImageRefusals(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":"gpt-image-1"}`:                "Missing required parameter: 'prompt'.",
		`{"prompt":7}`:                           "Invalid type for 'prompt'",
		`{"prompt":"x","n":11}`:                  "Expected a value <= 10, but got 11 instead.",
		`{"prompt":"x","size":7}`:                "Invalid type for 'size'",
		`{"prompt":"x","response_format":"png"}`: "Invalid value: 'png'. Supported values are: 'url' and 'b64_json'.",
		`{"model":"gpt-image-1","prompt":"x","response_format":"b64_json"}`: "Unknown parameter: 'response_format'.",
	} {
		got := do(server(t, "openai", pace.Instant(), nil), request(t.Context(), "POST", images, body))
		if got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("%s: got %d %s; want %s", body, got.status, got.body(), want)
		}
	}
}
