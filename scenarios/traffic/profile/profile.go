// Package profile has the shapes of public traces of LLM traffic: how requests come,
// and how long their prompts and answers are. A drill takes the shape and keeps its
// own rate, for no team has the traffic of Azure.
//
// [Profiles] is the table. Lengths are drawn from the quantiles of the raw traces, and
// not from log-normals fitted to them: a fit misses the medians of the table by a
// quarter and more, for the lengths of real prompts come in heaps (system prompts,
// context windows).
//
// How long an answer is to a long prompt is another matter. A single correlation does
// not tell: that of Azure's conversations is 0.07, and yet the answers to prompts of
// middle length are four times as long as those to shorter and to longer ones. So such a
// profile has its answers by stretches of prompts; in the others they are drawn apart,
// which is within 2 % of the trace's joint shares by tenths of either.
package profile

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
)

// A Profile is the shape of one trace.
type Profile struct {
	Name   string
	Doc    string // what it is of, one sentence
	Source string // where the trace is, and what of it was used

	Arrival string  // how requests follow each other: a row of pace.Arrivals
	CV      float64 // of gamma; else 0
	// Day is how the rate changes over a day, hour by hour from midnight UTC, as
	// factors of its mean; nil: it does not.
	Day     []float64
	Lengths length.Lengths // says nothing where the source does not
	// Together is the rank correlation (Spearman's) of the trace's prompts and answers.
	// It says little where they come from several uses: see Lengths.ByPrompt.
	Together float64
}

// Profiles is the table of profiles.
func Profiles() []Profile {
	const azure = "github.com/Azure/AzurePublicDataset, CC-BY: "
	return []Profile{
		{
			Name: "azure-2023-conversation", Doc: "Chat on Azure, one hour of November 2023: prompts in heaps, answers of two kinds, independent users.",
			Source:  azure + "AzureLLMInferenceTrace_conv.csv, all 19,366 requests; distances have a CV of 1.09.",
			Arrival: "poisson",
			Lengths: length.Lengths{
				In:  length.Dist{Table: []float64{2, 29, 181, 207, 387, 403, 703, 1020, 1071, 1130, 1315, 2734, 4083, 4142, 6179, 14050}},
				Out: length.Dist{Table: []float64{7, 16, 41, 54, 77, 91, 103, 129, 177, 384, 400, 424, 451, 601, 954, 1000}},
				// Prompts of about a thousand tokens are those of another use than the rest:
				// their answers are four times as long.
				ByPrompt: []length.Stretch{
					{To: 0.1, Out: length.Dist{Table: []float64{11, 12, 16, 66, 101, 122, 144, 161, 169, 182, 204, 217, 217, 296, 1000, 1000}}},
					{To: 0.42, Out: length.Dist{Table: []float64{7, 14, 42, 59, 75, 84, 89, 93, 99, 105, 117, 142, 168, 395, 456, 739}}},
					{To: 0.78, Out: length.Dist{Table: []float64{26, 45, 85, 363, 385, 394, 397, 403, 411, 420, 430, 478, 550, 652, 992, 1000}}},
					{To: 1, Out: length.Dist{Table: []float64{15, 27, 35, 40, 49, 58, 70, 83, 98, 119, 145, 183, 213, 409, 665, 918}}},
				},
			},
			Together: 0.07,
		},
		{
			Name: "azure-2023-code", Doc: "Code completion on Azure, one hour of November 2023: long prompts, short answers, violent bursts.",
			Source:  azure + "AzureLLMInferenceTrace_code.csv, all 8,819 requests; distances have a CV of 13.15.",
			Arrival: "gamma", CV: 13.15,
			Lengths: length.Lengths{
				In:  length.Dist{Table: []float64{3, 17, 75, 147, 386, 770, 1075, 1469, 1909, 2433, 3192, 5188, 7303, 7436, 7437, 7437}},
				Out: length.Dist{Table: []float64{6, 6, 6, 7, 8, 9, 11, 13, 16, 20, 29, 55, 90, 251, 825, 1899}},
			},
			Together: -0.02,
		},
		{
			Name: "mooncake-conversation", Doc: "Chat with Kimi, an hour: prompts that hold whole documents.",
			Source:  "github.com/kvcache-ai/Mooncake: FAST25-release/traces/conversation_trace.jsonl, all 12,031 requests. Its times come in steps of seconds, which says nothing of how requests follow each other: they come as those of independent users.",
			Arrival: "poisson",
			Lengths: length.Lengths{
				In:  length.Dist{Table: []float64{891, 894, 901, 964, 1662, 3263, 4993, 6909, 9570, 13196, 17869, 27367, 39550, 85400, 121301, 126195}},
				Out: length.Dist{Table: []float64{1, 3, 10, 24, 100, 213, 291, 350, 399, 447, 504, 597, 698, 1119, 2000, 2000}},
			},
			Together: 0.07,
		},
		{
			Name: "azure-2024-conversation", Doc: "The day of chat on Azure in May 2024: three peaks, as continents wake; a night at half of the day.",
			Source:  azure + "the requests a minute of Tuesday 14 May in the plot of analysis/AzureLLMInferenceDataset2024.ipynb, read off by the hour. Lengths are not in it: they stay the models' own.",
			Arrival: "poisson",
			Day: ofMean(
				2.6, 2.9, 3.2, 3.0, 2.4, 2.4, 2.7, 3.2, 3.6, 3.4, 2.9, 3.3,
				3.7, 4.3, 4.7, 4.2, 4.0, 3.8, 3.7, 3.6, 3.3, 2.7, 2.5, 2.2,
			),
		},
		{
			Name: "azure-2024-code", Doc: "The day of code completion on Azure in May 2024: office hours ten times as busy as the night.",
			Source:  azure + "as azure-2024-conversation, from the plot beside it.",
			Arrival: "poisson",
			Day: ofMean(
				1.6, 1.7, 1.7, 1.2, 1.0, 0.8, 0.6, 0.5, 0.45, 0.45, 0.5, 0.7,
				1.2, 2.2, 3.6, 4.2, 3.6, 3.9, 4.8, 5.2, 4.8, 3.6, 2.8, 2.0,
			),
		},
		{
			Name: "burstgpt", Doc: "Bursts as of BurstGPT's campus: gamma-distributed distances.",
			Source:  "BurstGPT (arXiv 2401.17644) finds gamma-distributed distances; a CV of 3 is a good burst of it. Lengths stay the models' own.",
			Arrival: "gamma", CV: 3,
		},
	}
}

// Names are those of the table.
func Names() []string {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// Find is the row of a name, and whether there is one.
func Find(name string) (Profile, bool) {
	all := Profiles()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return Profile{}, false
	}
	return all[i], true
}

// ofMean makes factors of figures: their mean is 1.
func ofMean(figures ...float64) []float64 {
	var sum float64
	for _, f := range figures {
		sum += f
	}
	for i := range figures {
		figures[i] *= float64(len(figures)) / sum
	}
	return figures
}
