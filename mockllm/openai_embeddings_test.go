package mockllm_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const embeddings = "/v1/embeddings"

// embedded is an answer with embeddings. Those in base64 are decoded.
type embedded struct {
	Data  []vector
	Model string
	Usage struct {
		Prompt int `json:"prompt_tokens"`
		Total  int `json:"total_tokens"`
	}
}

type vector struct {
	Index     int
	Embedding any
}

// numbers are those of an embedding in either encoding.
func (v vector) numbers(t *testing.T) (all []float64) {
	t.Helper()
	if s, ok := v.Embedding.(string); ok {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		for len(b) > 0 {
			all = append(all, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
			b = b[4:]
		}
		return all
	}
	for _, n := range v.Embedding.([]any) {
		all = append(all, n.(float64))
	}
	return all
}

func embed(t *testing.T, s *mockllm.Server, body string) embedded {
	t.Helper()
	c := do(s, request(t.Context(), "POST", embeddings, body))
	if c.status != 200 {
		t.Fatalf("%s: got %d %s", body, c.status, c.body())
	}
	var e embedded
	unmarshal(t, []byte(c.body()), &e)
	return e
}

// dot is how near two vectors of unit length are.
func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// TestWire8 is row 8 of the checklist, byte by byte: embeddings in base64, as the SDKs
// ask for them, and as numbers.
func TestWire8(t *testing.T) {
	for name, body := range map[string]string{
		"openai_embeddings_base64": `{"model":"text-embedding-ada-002","input":"Tell me a joke","encoding_format":"base64"}`,
		"openai_embeddings_float":  `{"model":"text-embedding-3-small","input":["Tell me a joke",[40,1541,757]],"dimensions":4}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			golden(t, name, do(server(t, "openai", short(), nil), request(t.Context(), "POST", embeddings, body)).dump())
		})
	}
}

// TestEmbeddings: whichever server makes them and however they are written, they are
// of unit length and the same for the same model and text.
func TestEmbeddings(t *testing.T) {
	s, other := server(t, "openai", pace.Instant(), nil), server(t, "openai", pace.Instant(), nil)
	const body = `{"model":"text-embedding-3-small","input":["a","b","a",[1,2]]`
	floats, b64 := embed(t, s, body+`}`), embed(t, other, body+`,"encoding_format":"base64"}`)
	for i := range floats.Data {
		f, b := floats.Data[i].numbers(t), b64.Data[i].numbers(t)
		if len(f) != 1536 || math.Abs(dot(f, f)-1) > 1e-6 {
			t.Errorf("%d numbers, of length² %v", len(f), dot(f, f))
		}
		for k := range f {
			if float32(f[k]) != float32(b[k]) {
				t.Fatalf("number %d of %d is %v and in base64 %v", k, i, f[k], b[k])
			}
		}
		if floats.Data[i].Index != i {
			t.Errorf("the %d. has index %d", i, floats.Data[i].Index)
		}
	}
	a, b, again := floats.Data[0].numbers(t), floats.Data[1].numbers(t), floats.Data[2].numbers(t)
	if !slices.Equal(a, again) || slices.Equal(a, b) {
		t.Error("the same text is not the same, or another is")
	}
	if floats.Usage.Prompt != 1+1+1+2 || floats.Usage.Total != 5 {
		t.Errorf("usage is %+v", floats.Usage)
	}
	large := embed(t, s, `{"model":"text-embedding-3-large","input":"a"}`).Data[0].numbers(t)
	if len(large) != 3072 || slices.Equal(a, large[:1536]) {
		t.Errorf("the large model has %d numbers", len(large))
	}
}

// TestEmbeddingsAreNearWhereTextsAre: a search by them finds the text that shares words
// with the question, also among short vectors, which are the beginnings of the long ones.
func TestEmbeddingsAreNearWhereTextsAre(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	texts := `["How do I reset my password?","To reset a password, open Settings and choose Password.","Invoices are sent on the first day of the month.","Our office is closed on public holidays."]`
	var long [][]float64
	for _, n := range []int{1536, 256} {
		got := embed(t, s, fmt.Sprintf(`{"model":"text-embedding-3-small","dimensions":%d,"input":%s}`, n, texts))
		question := got.Data[0].numbers(t)
		fits := dot(question, got.Data[1].numbers(t))
		for _, other := range got.Data[2:] {
			if near := dot(question, other.numbers(t)); near+0.1 > fits {
				t.Errorf("of %d numbers: the answer is %.2f near, another text %.2f", n, fits, near)
			}
		}
		long = append(long, question)
	}
	head := long[0][:256]
	if ratio := dot(head, long[1]) / math.Sqrt(dot(head, head)); math.Abs(ratio-1) > 1e-6 {
		t.Errorf("the short vector is %v near to the beginning of the long one", ratio)
	}
}

// TestEmbeddingsTakeTheirTime, all of them at once.
func TestEmbeddingsTakeTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := do(server(t, "openai", short(), nil), request(t.Context(), "POST", embeddings, `{"model":"m","input":["a","b"]}`))
		if got, want := c.writes[0].at, 374*time.Millisecond; got != want {
			t.Errorf("came after %v; want %v", got, want)
		}
	})
}

func TestEmbeddingRefusals(t *testing.T) {
	for body, want := range map[string]string{
		`{"input":"x"}`:                                                 "you must provide a model parameter",
		`{"model":"m"}`:                                                 "Missing required parameter: 'input'.",
		`{"model":"m","input":""}`:                                      "'$.input' is invalid",
		`{"model":"m","input":[]}`:                                      "'$.input' is invalid",
		`{"model":"m","input":["x",""]}`:                                "'$.input' is invalid",
		`{"model":"m","input":{"x":1}}`:                                 "'$.input' is invalid",
		`{"model":"m","input":[1.5]}`:                                   "'$.input' is invalid",
		`{"model":"m","input":"x","encoding_format":"hex"}`:             "Invalid value: 'hex'. Supported values are: 'float' and 'base64'.",
		`{"model":"m","input":"x","dimensions":9999}`:                   "Expected a value <= 1536, but got 9999 instead.",
		`{"model":"text-embedding-ada-002","input":"x","dimensions":9}`: "This model does not support specifying dimensions.",
		`{"model":"m","input":"` + strings.Repeat("x", 40_000) + `"}`:   "This model's maximum context length is 8192 tokens, however you requested 10000 tokens",
		`{"model":"m","input":["` + strings.Repeat(strings.Repeat("x", 30_000)+`","`, 50) + `x"]}`: "max 300000 tokens per request",
		`{"model":"m","input":["x"` + strings.Repeat(`,"x"`, 2048) + `]}`:                          "'$.input' is invalid",
	} {
		got := do(server(t, "openai", pace.Instant(), nil), request(t.Context(), "POST", embeddings, body))
		if got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("%.60s: got %d %s; want %s", body, got.status, got.body(), want)
		}
	}
}
