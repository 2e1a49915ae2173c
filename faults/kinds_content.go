package faults

// contents are good answers of bad words. The mock makes them.
func contents() []Kind {
	silence := "Silence: to an SDK the answer is as good as any."
	row := func(name, doc, wire, incidents, client string) Kind {
		return Kind{
			Name: name, Family: "content", act: content, NeedsMock: true,
			Doc: doc, Wire: wire, Incidents: incidents, Client: client, SDKs: silence,
			Example: "{provider: primary, kind: " + name + ", share: 10%}",
		}
	}
	rows := []Kind{
		row("gibberish", "The answer is word salad.",
			"200, with a finish; words that mean nothing.",
			"OpenAI 2024-02-20: nonsense for seven hours, a kernel bug.",
			"Has a check of its own for answers that matter, and an alarm on what users say."),
		row("wrong_language", "Words of another script come into the answer.",
			"200, with a finish; every fourth word is Thai or Chinese.",
			"Anthropic, August 2025: Thai and Chinese letters in English answers.",
			"Checks the script of what it shows."),
		row("refusal", "The model refuses to answer.",
			"200, with a finish; \"I'm sorry, but I can't help with that.\"",
			"Safety settings that were turned too far.",
			"Knows a refusal when it sees one and asks another model."),
		row("short", "The answer is a few words long.",
			"200, with a finish; the shortest answer there is.",
			"Models that turn lazy under load.",
			"Has an idea how long an answer should be."),
		row("repeat", "The answer says the same over and over.",
			"200, with a finish; one word to the end.",
			"Loops; LiteLLM gives up after 100 of the same.",
			"Notices a loop and stops paying for it."),
		row("broken_json", "A document that was asked for is not valid JSON.",
			"200, with a finish; the text lacks its end. Answers that are texts are left alone.",
			"Corruption bugs; JSON modes that are modes in name only.",
			"Validates, and asks once more."),
		row("broken_tool_call", "The arguments of a tool call are not valid JSON.",
			"200, with a finish; the arguments lack their end. Where they are no text but JSON themselves they are lost: anthropic's whole messages have none, gemini has no call. Answers without calls are left alone.",
			"Anthropic, August 2025: syntax errors in code and calls.",
			"Validates arguments before it acts on them, and tells the model what is wrong."),
		row("weaker_model", "Another, weaker model answers and says that it is the one asked for.",
			"200; the name of the model is right, the answer is half as long and claims nothing.",
			"Anthropic, August 2025: requests routed to other servers, 0.8% and then 16%, always the same users.",
			"Measures quality by itself; no status will say it."),
	}
	for i := range rows {
		if rows[i].Name == "weaker_model" {
			rows[i].Example = "{provider: primary, kind: weaker_model, share: 16%, sticky: user}"
		}
		if rows[i].Name == "broken_tool_call" {
			rows[i].Example = "{provider: primary, kind: broken_tool_call, share: 20%, match: {has_tools: true}}"
		}
	}
	return rows
}
