package faults

// A Target is a word of the language by which a fault chooses when it is there and
// whom it hits.
type Target struct {
	Name    string
	Doc     string // one sentence
	Example string // one fault of a scenario, as a line of its YAML
}

// Targets is the table of these words, with an example of each. Which of them a
// kind takes, [Kind.Wide], [Kind.WholeOnly] and [Kind.Places] say.
func Targets() []Target {
	return []Target{
		{
			"share", "A share of the matching requests that no earlier fault took; from and to are linear over the window.",
			"{provider: primary, kind: server_error, share: {from: 25%, to: 8%}}",
		},
		{
			"ramp", "The share rises from 0 first.",
			"{provider: primary, kind: rate_limit, share: 40%, ramp: 10s}",
		},
		{
			"after", "It begins so long after its phase.",
			"{provider: primary, kind: hang, after: 10s}",
		},
		{
			"until", "It ends so long after its phase began.",
			"{provider: primary, kind: hang, after: 5s, until: 15s}",
		},
		{
			"cycle", "It comes and goes: what an edge does whose bad configuration is being rolled out.",
			"{provider: primary, kind: bad_gateway, cycle: {bad: 5s, ok: 5s}}",
		},
		{
			"first", "Only the first attempts of each user request: the retry succeeds, if there is one.",
			"{provider: primary, kind: server_error, first: 1}",
		},
		{
			"sticky", "Whoever is hit once is hit each time: a key, a session or a user that was routed to a bad server.",
			"{provider: primary, kind: weaker_model, share: 16%, sticky: user}",
		},
		{
			"draw", "Providers behind one edge fail together, for the same user at the same attempt; each is the usual.",
			"{provider: [primary, secondary], kind: bad_gateway, share: 30%, draw: shared}",
		},
		{
			"at", "Where in the answer it lands: headers, first_token, {token: 12}, {share: 50%}, finish or terminator.",
			"{provider: primary, kind: stall, at: {share: 50%}}",
		},
		{
			"match.model", "The model asked for; of a service of tools, the tool.",
			"{provider: primary, kind: not_found, match: {model: gpt-4o}}",
		},
		{
			"match.endpoint", "What is asked of the provider; without it everything that puts a model to work.",
			"{provider: primary, kind: server_error, match: {endpoint: embeddings}}",
		},
		{
			"match.stream", "Whether a stream is asked for.",
			"{provider: primary, kind: truncate, match: {stream: true}}",
		},
		{
			"match.min_prompt_tokens", "Prompts that are so long at least.",
			"{provider: primary, kind: context_length, match: {min_prompt_tokens: 4000}}",
		},
		{
			"match.has_tools", "Whether tools are offered.",
			"{provider: primary, kind: broken_tool_call, match: {has_tools: true}}",
		},
		{
			"match.has_attachment", "Whether there is an image, a sound or a file in it.",
			"{provider: primary, kind: content_filter, match: {has_attachment: true}}",
		},
		{
			"match.api_key", "The API key.",
			"{provider: primary, kind: quota_exhausted, match: {api_key: sk-team-a}}",
		},
		{
			"match.region", "The region of the provider, of several that the fault names.",
			"{provider: [primary, secondary], kind: server_error, match: {region: us-east}}",
		},
		{
			"match.service_tier", "The tier of service asked for.",
			"{provider: primary, kind: overloaded, match: {service_tier: flex}}",
		},
		{
			"match.user", "The end user that the request names: user, safety_identifier or metadata.user_id.",
			"{provider: primary, kind: gibberish, match: {user: user-17}}",
		},
		{
			"match.session", "One user's session, as {{session}} says it: of a journey with sessions, its name and a number from 0.",
			"{provider: primary, kind: server_error, match: {session: chat-3}}",
		},
	}
}
