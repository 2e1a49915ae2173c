package faults

import "time"

// Kinds is the table of all faults, one row each.
func Kinds() []Kind {
	// The first place is the default. What ends a body needs one that has begun.
	inBody := []string{AtToken, AtFirstToken, AtShare, AtFinish, AtTerminator}
	anywhere := append([]string{AtToken, AtHeaders}, inBody[1:]...)

	return []Kind{
		{
			Name: "rate_limit", Family: "http", act: rateLimit,
			Doc: "The provider answers 429.",
			Params: []Param{{
				Name: "retry_after", Type: RetryAfter, Default: Wait{For: 5 * time.Second, Form: "seconds"},
				Doc: "What the client is told to wait, and in which form.",
			}},
		},
		{
			Name: "server_error", Family: "http", act: serverError,
			Doc: "The provider answers 5xx at once.",
			Params: []Param{{
				Name: "status", Type: Status, Allowed: []string{"500", "502", "503"}, Default: 500,
				Doc: "The status of the answer.",
			}},
		},
		{
			Name: "overloaded", Family: "http", act: overloaded,
			Doc: "The provider answers that it is overloaded.",
			Params: []Param{{
				Name: "status", Type: Status, Allowed: []string{"503", "529"},
				Doc: "The status of the answer; left out, the dialect's own: 529 for anthropic, 503 for others.",
			}},
		},
		{
			Name: "gateway_timeout", Family: "http", act: gatewayTimeout,
			Doc: "The provider's gateway holds the request and then gives it up.",
			Params: []Param{
				{
					Name: "hold", Type: Duration, Default: 30 * time.Second,
					Doc: "How long the request is held before the answer.",
				},
				{
					Name: "status", Type: Status, Allowed: []string{"504", "524"}, Default: 504,
					Doc: "The status of the answer.",
				},
			},
		},
		{
			Name: "unauthorized", Family: "http", act: unauthorized,
			Doc: "The provider answers 401 to a valid key: the login loop.",
		},
		{
			Name: "slow", Family: "time", act: slow,
			Doc: "The provider answers well but slowly: the brownout proper.",
			Params: []Param{{
				Name: "factor", Type: Factor, Required: true,
				Doc: "By how much the time to the first token and the gaps between tokens grow.",
			}},
		},
		{
			Name: "hang", Family: "time", act: hang,
			Doc: "The provider accepts the request and never answers.",
		},
		{
			Name: "stall", Family: "stream", Places: anywhere, act: landing(stall),
			Doc: "The answer falls silent and the connection stays open.",
		},
		{
			Name: "truncate", Family: "stream", Places: inBody, act: landing(nil),
			Doc: "The answer ends early, as if it were whole: no finish, no terminator, a clean end.",
		},
		{
			Name: "cut", Family: "stream", Places: anywhere, Resets: true, act: landing(cut),
			Doc: "The connection is reset in the middle of the answer.",
		},
		{
			Name: "stream_error", Family: "stream", Places: inBody, StreamOnly: true, act: landing(streamError),
			Doc: "The stream ends with the provider's own error event.",
		},
		{
			Name: "refuse", Family: "transport", WholeOnly: true,
			Doc: "New connections are refused and open ones closed.",
		},
		{
			Name: "latency", Family: "transport",
			Doc: "What the provider sends arrives late.",
			Params: []Param{{
				Name: "delay", Type: Duration, Required: true,
				Doc: "By how much it is late.",
			}},
		},
		{
			Name: "blackhole", Family: "transport",
			Doc: "Connections stay open and nothing comes through.",
		},
	}
}

// kindOf finds a row by its name.
func kindOf(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// place is where a fault of the kind lands that says a, with the kind's default.
func (k Kind) place(a At) At {
	if a.Place == "" && len(k.Places) > 0 {
		return At{Place: k.Places[0], Token: 12}
	}
	return a
}
