package mockllm

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
)

// openaiImages reads a request for images.
func openaiImages(c *call) (func(*exchange), *Reply) {
	o, bad := openaiBody(c)
	ask := openaiImagesCall{n: 1, size: "auto", quality: "auto", format: "png", background: "auto"}
	if bad == nil {
		bad = openaiWant(o, "model", "a string", &c.req.Model)
		openaiDefault(c, "dall-e-2")
	}
	if bad == nil {
		bad = ask.options(o, c.req.Model)
	}
	if bad == nil {
		bad = ask.read(o, c.req)
	}
	if bad != nil {
		return bad.refuse(c)
	}
	return ask.serve, nil
}

// openaiImagesCall is images to be made.
type openaiImagesCall struct {
	n                                 int
	size, quality, format, background string
	url                               bool // the caller wants a URL rather than the image
}

// dallE says whether a model is of the generation that could answer with URLs.
func dallE(model string) bool { return model == "" || strings.HasPrefix(model, "dall-e") }

func (ask *openaiImagesCall) options(o object, model string) *openaiError {
	as := "b64_json"
	if dallE(model) {
		as = "url"
	} else if o.given("response_format") {
		return openaiInvalid("response_format", "unknown_parameter", "Unknown parameter: 'response_format'.")
	}
	for _, s := range []struct {
		key string
		to  *string
	}{
		{"size", &ask.size},
		{"quality", &ask.quality},
		{"output_format", &ask.format},
		{"background", &ask.background},
		{"response_format", &as},
	} {
		if bad := openaiWant(o, s.key, "a string", s.to); bad != nil {
			return bad
		}
	}
	ask.url = as == "url"
	if bad := openaiOneOf("response_format", as, "url", "b64_json"); bad != nil {
		return bad
	}
	return openaiCount(o, "n", [2]int{1, 10}, &ask.n)
}

func (ask *openaiImagesCall) read(o object, req *Request) *openaiError {
	prompt := ""
	if bad := openaiWant(o, "prompt", "a string", &prompt); bad != nil {
		return bad
	}
	if prompt == "" {
		return openaiMissing("prompt")
	}
	var talk conversation
	talk.add("user", []string{prompt})
	talk.put(req)
	return nil
}

// openaiImage is one image in an answer.
type openaiImage struct {
	B64     string `json:"b64_json,omitempty"`
	Revised string `json:"revised_prompt,omitempty"`
	URL     string `json:"url,omitempty"`
}

// openaiImagesUsage is the bill of images.
type openaiImagesUsage struct {
	Input        int `json:"input_tokens"`
	InputDetails struct {
		Image int `json:"image_tokens"`
		Text  int `json:"text_tokens"`
	} `json:"input_tokens_details"`
	Output int `json:"output_tokens"`
	Total  int `json:"total_tokens"`
}

// openaiImagesDoc is the answer with images.
type openaiImagesDoc struct {
	Created    int64              `json:"created"`
	Background string             `json:"background,omitempty"`
	Data       []openaiImage      `json:"data"`
	Format     string             `json:"output_format,omitempty"`
	Quality    string             `json:"quality,omitempty"`
	Size       string             `json:"size,omitempty"`
	Usage      *openaiImagesUsage `json:"usage,omitempty"`
}

// serve answers with images, when a text of the model would have been done. Where
// the provider tells how it understood the prompt, that is the verifiable answer. A
// URL is one that holds the image.
func (ask openaiImagesCall) serve(x *exchange) {
	d := x.draft(&wanted{})
	if !x.pause(x.first() + x.gaps(d.tokens())) {
		return
	}
	doc := openaiImagesDoc{Created: x.now.Unix()}
	for i := range ask.n {
		b64 := base64.StdEncoding.EncodeToString(tinyPNG(x.req.Prompt, i))
		one := openaiImage{B64: b64}
		if ask.url {
			one = openaiImage{URL: "data:image/png;base64," + b64}
		}
		if x.req.Model == "dall-e-3" {
			one.Revised = d.text.String()
		}
		doc.Data = append(doc.Data, one)
	}
	if !dallE(x.req.Model) {
		u := &openaiImagesUsage{Input: x.served.TokensIn, Output: 272 * ask.n}
		u.InputDetails.Text, u.Total = u.Input, u.Input+u.Output
		doc.Background, doc.Format, doc.Usage = openaiChosen(ask.background, "opaque"), ask.format, u
		doc.Quality, doc.Size = openaiChosen(ask.quality, "low"), openaiChosen(ask.size, "1024x1024")
	}
	x.told(openaiEngine(x.head(), x.mint, x.account, x.elapsed())).with("Content-Type", "application/json")
	x.document(doc, "  ", "\n")
}

// openaiChosen is a setting, or what the provider chooses where it is left to it.
func openaiChosen(s, auto string) string {
	if s == "auto" {
		return auto
	}
	return s
}

// tinyPNG is an image of four pixels that belongs to a prompt.
func tinyPNG(prompt string, n int) []byte {
	rng := draw.Rand(uint64(n), "image", prompt)
	img := image.NewRGBA(image.Rect(0, 0, 2, 2))
	for i := range 4 {
		img.Set(i%2, i/2, color.RGBA{uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), 255})
	}
	var b bytes.Buffer
	// Not compressed, so that no release of Go writes it otherwise.
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	_ = encoder.Encode(&b, img) // a buffer takes anything
	return b.Bytes()
}
