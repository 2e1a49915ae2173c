package faults

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// A stock is one of toxiproxy's own toxics, in the words of a scenario.
type stock struct {
	name   string
	slows  bool // it makes what comes late and leaves it whole
	params []stockParam
	// random is a parameter whose luck is toxiproxy's own, and its bound.
	random, bound string
}

// A stockParam is an attribute of a stock toxic.
type stockParam struct {
	name     string
	unit     time.Duration // in which toxiproxy counts; 0: it is a count
	optional bool
}

// stocks is the table of toxiproxy's toxics.
func stocks() []stock {
	return []stock{
		{name: "latency", slows: true, params: []stockParam{{name: "latency", unit: time.Millisecond}}},
		{name: "bandwidth", slows: true, params: []stockParam{{name: "rate"}}},
		{name: "slow_close", slows: true, params: []stockParam{{name: "delay", unit: time.Millisecond}}},
		{name: "timeout", params: []stockParam{{name: "timeout", unit: time.Millisecond}}},
		{name: "slicer", slows: true, random: "size_variation", bound: "average_size", params: []stockParam{
			{name: "average_size"},
			{name: "size_variation", optional: true},
			{name: "delay", unit: time.Microsecond, optional: true},
		}},
		{name: "limit_data", params: []stockParam{{name: "bytes"}}},
		{name: "reset_peer", params: []stockParam{{name: "timeout", unit: time.Millisecond}}},
	}
}

// stockNames are the names of all of them.
func stockNames() []string {
	var names []string
	for _, s := range stocks() {
		names = append(names, s.name)
	}
	return names
}

// stockOf is the toxic that a fault names.
func stockOf(p Params) (stock, bool) {
	name := setting[string](p, "name")
	i := slices.IndexFunc(stocks(), func(s stock) bool { return s.name == name })
	if i < 0 {
		return stock{}, false
	}
	return stocks()[i], true
}

// stockEffect words the toxic for toxiproxy.
func stockEffect(p Params) Effect {
	s, ok := stockOf(p)
	if !ok {
		return Effect{}
	}
	attributes := map[string]int64{}
	for _, param := range s.params {
		switch v := p[param.name].(type) {
		case time.Duration:
			attributes[param.name] = int64(v / param.unit)
		case int:
			attributes[param.name] = int64(v)
		}
	}
	words, err := json.Marshal(map[string]any{"type": s.name, "stream": "downstream", "attributes": attributes})
	if err != nil {
		panic(err) // of strings and numbers alone it is impossible
	}
	return Effect{Stock: string(words)}
}

// stock checks the parameters of a toxic against its row.
func (c *checker) stock(k Kind, given Params) {
	s, ok := stockOf(given)
	if !ok {
		return // the name is refused already
	}
	var known []string
	for _, p := range s.params {
		known = append(known, p.name)
		v, is := given[p.name]
		d, _ := v.(time.Duration)
		switch {
		case !is && !p.optional:
			c.add(p.name, "missing; the toxic %s needs it", s.name)
		case p.unit > 0 && d%p.unit != 0:
			c.add(p.name, "%v is finer than the toxic counts; allowed are multiples of %v", d, p.unit)
		}
	}
	for _, p := range k.Params {
		if _, is := given[p.Name]; is && p.Name != "name" && p.Refused == "" && !slices.Contains(known, p.Name) {
			c.add(p.Name, "the toxic %s takes no %s; allowed: %s", s.name, p.Name, strings.Join(known, ", "))
		}
	}
	// Beyond its bound toxiproxy cuts outside of what it has, and ends the process.
	if random, bound := setting[int](given, s.random), setting[int](given, s.bound); random > 0 && random >= bound {
		c.add(s.random, "%d; allowed is less than %s, %d", random, s.bound, bound)
	}
}

// stockParams are the parameters of all toxics, each once.
func stockParams() []Param {
	count := func(name, doc string, least int) Param {
		return Param{Name: name, Type: Count, Least: least, Doc: doc}
	}
	span := func(name, doc string) Param { return Param{Name: name, Type: Duration, Doc: doc} }
	unseeded := func(name string) Param {
		return Param{Name: name, Refused: "toxiproxy draws for it, and no seed decides how: two runs would not be alike; leave it out"}
	}
	return []Param{
		{Name: "name", Type: Word, Required: true, Allowed: stockNames(), Doc: "Which toxic."},
		span("latency", "Of latency: by how much what the provider sends is late."),
		count("rate", "Of bandwidth: kilobytes a second.", 1),
		span("delay", "Of slow_close: by how much the end is late. Of slicer: the pause after each slice."),
		span("timeout", "Of timeout: after how long the connection is closed, 0s for never; nothing comes through meanwhile. Of reset_peer: how long after the provider's first byte the connection is reset."),
		count("average_size", "Of slicer: bytes in a slice.", 1),
		count("size_variation", "Of slicer: by how many bytes slices differ from that, by toxiproxy's own luck; less than average_size.", 0),
		count("bytes", "Of limit_data: how many bytes come through on a connection.", 1),
		unseeded("jitter"),
		unseeded("toxicity"),
	}
}
