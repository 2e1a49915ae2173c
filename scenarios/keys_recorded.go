package scenarios

import (
	"strconv"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/profile"
)

// How much like recorded traffic a journey is.

func journeyProfileKey() schema.Key {
	return schema.Key{
		Name: "profile", Type: schema.Word, Words: profile.Names(), Example: "azure-2023-conversation",
		Doc:  "The shape of a public trace, at the journey's own rate: how requests follow each other, how their rate changes over a day (which the whole drill then is), how long prompts and answers are. The traffic's arrival and shape, and lengths, beat it. brownout explain profile.NAME tells of each.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.profile }),
	}
}

func lengthsKey() schema.Key {
	return schema.Key{
		Name: "lengths", Type: schema.Map, Example: "{input: {p50: 1000, p99: 4000}, output: {p50: 130, p99: 600}}",
		Rules: []schema.Rule{schema.OneAtLeast("input", "output")},
		Doc:   "How long prompts and their answers are in tokens, as the mocks count them: log-normally distributed, and the same for a request whoever answers it.",
		Into:  schema.Field(func(j *journeyDraft) any { return &j.lengths }),
		Keys: []schema.Key{
			percentilesKey("input", "{p50: 1000, p99: 4000}", "What {{prompt}} stands for: its question is followed by so many words. What the app adds comes on top. One of less than about 15 tokens is as short as it can be. Without it, prompts are single questions.",
				func(l *lengthsDraft) any { return &l.input }),
			percentilesKey("output", "{p50: 130, p99: 600}", "Answers, in place of the models' own tokens; a request's own maximum makes them shorter. Attempts that do not carry the nonce get an answer of the model's own length.",
				func(l *lengthsDraft) any { return &l.output }),
		},
	}
}

func percentilesKey(name, example, doc string, into func(*lengthsDraft) any) schema.Key {
	return schema.Key{
		Name: name, Type: schema.Map, Example: example, Doc: doc, Into: schema.Field(into),
		Keys: []schema.Key{
			{
				Name: "p50", Type: schema.Number, Required: true, Example: "100", Least: "1", Most: "100000",
				Doc:  "The median.",
				Into: schema.Field(func(p *percentilesDraft) any { return &p.p50 }),
			},
			{
				Name: "p99", Type: schema.Number, Example: "400", Least: "1", Most: "100000",
				Doc:  "The 99th percentile; without it all are alike.",
				Into: schema.Field(func(p *percentilesDraft) any { return &p.p99 }),
			},
		},
	}
}

// Bounds of [Options.Speedup].
const (
	LeastSpeedup = 0.01
	MostSpeedup  = 100
)

func speedupKey() schema.Key {
	return schema.Key{
		Name: "speedup", Type: schema.Number, Example: "2",
		Least: strconv.FormatFloat(LeastSpeedup, 'g', -1, 64), Most: strconv.Itoa(MostSpeedup),
		Doc:  "How many times as fast the trace is replayed: with 2 its requests come in half of the time, twice as many a second; with 0.5 in twice the time. Without it, as it was recorded. Prompts and answers stay as long as they were.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.speedup }),
	}
}

func traceKey() schema.Key {
	return schema.Key{
		Name: "trace", Type: schema.Text, Example: "traffic.ndjson",
		Doc:  "A file of recorded traffic to replay in place of a rate: when requests came, and how long prompts and answers were. NDJSON as Mooncake's traces, {\"timestamp\": ms, \"input_length\": tokens, \"output_length\": tokens} a line, and \"journey\" where it is replayed by several; or the CSV of Azure's traces or of BurstGPT. Its first request is due when the drill begins, lines that are out of order are put in order, and what comes after the drill's end is left out. It is looked for beside the file that names it; a result keeps a copy of what was understood of it, under a name that is made of its content.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.trace }),
	}
}
