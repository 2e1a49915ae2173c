package faults

import "time"

// loads are less of a provider than there was: what goes wrong then is caused, and
// retries make it worse.
func loads() []Kind {
	portion := func(name, doc string, required bool) Param {
		return Param{Name: name, Type: Portion, Required: required, Doc: doc}
	}
	return []Kind{
		{
			Name: "capacity", Family: "load", WholeOnly: true, NeedsMock: true,
			Doc:       "The provider does less at a time: queues grow, answers slow down, what does not fit is refused.",
			Wire:      "Slower answers, then the provider's overload error, as many of either as the traffic causes.",
			Incidents: "OpenAI 2026-02-03: retries kept the provider down. Azure 2026-01-27: restarts gave short relief.",
			Client:    "Sends less, at once and by itself; retries with a budget.",
			SDKs:      "Two retries each: up to three times the load.",
			Example:   "{provider: primary, kind: capacity, concurrency: 25%, queue: 50%}",
			Params: []Param{
				portion("concurrency", "The share of the requests answered at a time that is left.", true),
				portion("queue", "The share of the places in the queue that is left.", false),
			},
		},
		{
			Name: "limits", Family: "load", WholeOnly: true, NeedsMock: true,
			Doc:       "The provider lowers its rate limits.",
			Wire:      "The provider's own limiter at work: truthful headers, 429 for what exceeds it.",
			Incidents: "Vertex 2026-02-27; every peak hour of a plan without guarantees.",
			Client:    "Reads the limit headers and slows down before it is refused.",
			SDKs:      "Retry twice, as told by the headers.",
			Example:   "{provider: primary, kind: limits, requests: 20%}",
			Params: []Param{
				portion("requests", "The share of the requests a minute that is left.", true),
				portion("tokens", "The share of the tokens a minute that is left.", false),
			},
		},
	}
}

// transports are what goes wrong with connections. DNS is not among them: a
// provider's name is the app's to resolve, and mocks have none.
func transports() []Kind {
	return []Kind{
		{
			Name: "refuse", Family: "transport", WholeOnly: true,
			effect:    func(Params) Effect { return Effect{Refuse: true} },
			Doc:       "New connections are refused and open ones closed.",
			Wire:      "A TCP reset in answer to SYN; open connections end.",
			Incidents: "OpenAI 2022-08-19: load balancer down, half of it back an hour later.",
			Client:    "Fails over at once: nothing is as quick to know.",
			SDKs:      "openai and anthropic: APIConnectionError after two retries, within 1.4 s. google-genai: \"fetch failed\" at once.",
			Example:   "{provider: primary, kind: refuse, cycle: {bad: 10s, ok: 20s}}",
		},
		{
			Name: "reset", Family: "transport", Resets: true, act: reset,
			Doc:       "The connection is reset when the request has come, before any byte of an answer.",
			Wire:      "A TCP reset in place of the head.",
			Incidents: "Backends that crash on the request.",
			Client:    "Retries elsewhere; knows that the request may have been worked on.",
			SDKs:      "APIConnectionError after two retries; google-genai \"fetch failed\".",
			Example:   "{provider: primary, kind: reset, share: 30%}",
		},
		{
			Name: "latency", Family: "transport", Slows: true,
			effect:    func(p Params) Effect { return Effect{Late: setting[time.Duration](p, "delay")} },
			Doc:       "What the provider sends arrives late.",
			Wire:      "The same bytes, each later by the delay.",
			Incidents: "Azure Front Door 2025-10-29; any detour.",
			Client:    "Is not bothered below its own timeouts.",
			SDKs:      "Wait.",
			Example:   "{provider: primary, kind: latency, delay: 800ms}",
			Params: []Param{{
				Name: "delay", Type: Duration, Required: true,
				Doc: "By how much it is late.",
			}},
		},
		{
			Name: "blackhole", Family: "transport", Endless: true,
			effect:    func(Params) Effect { return Effect{Silent: true} },
			Doc:       "Connections stay open and nothing comes through.",
			Wire:      "Nothing, in both directions; a connection that lost something is dead for good.",
			Incidents: "OpenAI 2025-06-10: servers lost their network after an update.",
			Client:    "Has timeouts, and drops pooled connections that went silent.",
			SDKs:      "600 s, three times; google-genai for ever.",
			Example:   "{provider: primary, kind: blackhole, share: 50%}",
		},
		{
			Name: "bandwidth", Family: "transport", Slows: true,
			effect:    func(p Params) Effect { return Effect{Rate: setting[int](p, "bytes_per_second")} },
			Doc:       "What the provider sends comes through at a trickle.",
			Wire:      "The same bytes, so many a second and no more.",
			Incidents: "Links that are full.",
			Client:    "Watches progress, not the connection.",
			SDKs:      "Wait.",
			Example:   "{provider: primary, kind: bandwidth, bytes_per_second: 2000}",
			Params: []Param{{
				Name: "bytes_per_second", Type: Count, Required: true, Least: 1,
				Doc: "How many bytes come through in a second.",
			}},
		},
		{
			Name: "slow_close", Family: "transport", Slows: true,
			effect:    func(p Params) Effect { return Effect{LateClose: setting[time.Duration](p, "delay")} },
			Doc:       "Connections that the provider closes stay open for a while.",
			Wire:      "The answer as it is; the end of the connection later by the delay.",
			Incidents: "Middleboxes; it shows whoever waits for the end of a connection.",
			Client:    "Is done when the answer is.",
			SDKs:      "Done at the end of the body, which does not need the connection's.",
			Example:   "{provider: primary, kind: slow_close, delay: 10s}",
			Params: []Param{{
				Name: "delay", Type: Duration, Required: true,
				Doc: "By how much the end is late.",
			}},
		},
		{
			Name: "limit_data", Family: "transport", Breaks: true,
			effect:    func(p Params) Effect { return Effect{Limit: setting[int](p, "bytes")} },
			Doc:       "Connections are closed after so many bytes from the provider.",
			Wire:      "The first bytes of what the provider sends, then the end of the connection.",
			Incidents: "Proxies with a limit on the size of answers.",
			Client:    "As for an abort.",
			SDKs:      "RemoteProtocolError, \"terminated\".",
			Example:   "{provider: primary, kind: limit_data, bytes: 4000}",
			Params: []Param{{
				Name: "bytes", Type: Count, Required: true, Least: 1,
				Doc: "How many bytes come through on a connection.",
			}},
		},
		{
			Name: "toxic", Family: "transport", WholeOnly: true, Sockets: true,
			effect:    stockEffect,
			Doc:       "A toxic of toxiproxy's own, by its name and with its own parameters. Connections that are open when it comes or goes are closed.",
			Wire:      "What the toxic does to what the provider sends; with reset_peer a TCP reset.",
			Incidents: "None in particular: for drills that exist for toxiproxy already.",
			Client:    "As for the fault that the toxic makes.",
			SDKs:      "As for the fault that the toxic makes; reset_peer: APIConnectionError after two retries.",
			Example:   "{provider: primary, kind: toxic, name: slicer, average_size: 64, size_variation: 32, delay: 1ms}",
			Params:    stockParams(),
		},
	}
}
