package record_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// fill sets every field of a struct to something, half of the time to nothing.
// A type it does not know, such as that of a new field, fails the test.
func fill(t testing.TB, luck *rand.Rand, v reflect.Value) {
	t.Helper()
	if luck.IntN(2) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, luck, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, luck, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), luck.IntN(4), 4))
		for i := range v.Len() {
			fill(t, luck, v.Index(i))
		}
	case reflect.String:
		v.SetString([]string{
			"primary", "of babababa", `{"error":"<b>&amp;</b>"}`, "tab\tquote\"slash\\nul\x00bell\a", "naïve — ☂ \u2028 \U0001F602",
			"\xff\xfe broken \xc3", "\x7f", "\ufffd",
		}[luck.IntN(8)])
	case reflect.Bool:
		v.SetBool(luck.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{
			1, -1, 7, 200, 499, 500, 999_999, 1_234_567_890, -1_500_000_000, 30e9, 3599_999_999_500, luck.Int64(), -luck.Int64(),
			luck.Int64N(1e14), math.MaxInt64, math.MinInt64,
		}[luck.IntN(16)])
	case reflect.Float64:
		v.SetFloat(luck.NormFloat64())
	default:
		t.Fatalf("nothing to fill a %v with", v.Type())
	}
}

// someLine is a line of one of the kinds that have a layout, full of odd values.
func someLine(t testing.TB, luck *rand.Rand) record.Line {
	t.Helper()
	l := record.Line{T: record.Seconds(luck.Int64N(1e13))}
	switch luck.IntN(5) {
	case 0, 1:
		l.Kind, l.User = "user", new(record.User)
		fill(t, luck, reflect.ValueOf(l.User).Elem())
	case 2, 3:
		l.Kind, l.Attempt = "attempt", new(record.Attempt)
		fill(t, luck, reflect.ValueOf(l.Attempt).Elem())
	default:
		l.Kind, l.Conn = "conn", new(record.Conn)
		fill(t, luck, reflect.ValueOf(l.Conn).Elem())
	}
	return l
}

// The writer's bytes are those of encoding/json, whatever a line holds.
func TestWriterBytes(t *testing.T) {
	luck := rand.New(rand.NewPCG(7, 8))
	for range 5_000 {
		l := someLine(t, luck)
		want, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.TrimSuffix(written(t, []record.Line{l}), []byte("\n")); !bytes.Equal(got, want) {
			t.Fatalf("wrote\n%s\nwant\n%s", got, want)
		}
	}
}

// sameLine complains if a line is read otherwise than encoding/json reads it, and
// reports whether it was read by layout.
func sameLine(t testing.TB, raw []byte) bool {
	t.Helper()
	got, usual := record.UsualLine(raw)
	if !usual {
		return false
	}
	var want record.Line
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatalf("read what encoding/json does not: %v\n%q", err, raw)
	}
	if !reflect.DeepEqual(want, got) { // which is a hundred times as quick as to tell how
		diff := cmp.Diff(want, got)
		t.Fatalf("%q (-encoding/json +by layout)\n%s", raw, diff)
	}
	return true
}

// Whatever is read by layout is read as encoding/json reads it: lines as they are
// written, and the same with a byte or two changed, lost or doubled.
func TestReadByLayout(t *testing.T) {
	luck := rand.New(rand.NewPCG(9, 10))
	const letters = "{}[]\",:\\.0123456789eE+-tnul \t\x00\x7f\x80\xc3\xa9"
	whole, changed := 0, 0
	for range 1_500 {
		raw := bytes.TrimSuffix(written(t, []record.Line{someLine(t, luck)}), []byte("\n"))
		if sameLine(t, raw) {
			whole++
		}
		for range 10 {
			other := slices.Clone(raw)
			for range 1 + luck.IntN(2) {
				at := luck.IntN(len(other))
				switch luck.IntN(3) {
				case 0:
					other[at] = letters[luck.IntN(len(letters))]
				case 1:
					other = slices.Delete(other, at, at+1)
				case 2:
					other = slices.Insert(other, at, letters[luck.IntN(len(letters))])
				}
			}
			if sameLine(t, other) {
				changed++
			}
		}
	}
	if whole < 500 || changed < 500 {
		t.Errorf("only %d lines were read by layout, and %d that were changed", whole, changed)
	}
}

// A drill's own lines are read by layout, all of the kinds that have one.
func TestUsualLines(t *testing.T) {
	for raw := range bytes.Lines(golden(t)) {
		raw = bytes.TrimSuffix(raw, []byte("\n"))
		many := bytes.Contains(raw, []byte(`"kind":"user"`)) || bytes.Contains(raw, []byte(`"kind":"attempt"`))
		if sameLine(t, raw) != many {
			t.Fatalf("read by layout: %v, want %v\n%s", !many, many, raw)
		}
	}
}

func FuzzReadByLayout(f *testing.F) {
	luck := rand.New(rand.NewPCG(11, 12))
	for range 20 {
		f.Add(bytes.TrimSuffix(written(f, []record.Line{someLine(f, luck)}), []byte("\n")))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { sameLine(t, raw) })
}

func BenchmarkWriter(b *testing.B) {
	lines := goldenLines(b)
	w := record.NewWriter(io.Discard)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if err := w.Write(lines[i%len(lines)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkRead(b *testing.B) {
	lines := goldenLines(b)
	log := golden(b)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range record.Read(bytes.NewReader(log)) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(lines)), "ns/line")
}
