package measure

import "github.com/seed-76a9de92/brownout/scorecard/record"

// parRow is a metric that the best of all clients has a value of.
type parRow struct {
	metric string
	of     func(record.Par) *record.Seconds // nil: availability, which is no time
}

// parRows is the table of metrics with par.
func parRows() []parRow {
	return []parRow{
		{"availability", nil},
		{"ttft_p50", func(p record.Par) *record.Seconds { return p.TTFTP50 }},
		{"ttft_p95", func(p record.Par) *record.Seconds { return p.TTFTP95 }},
		{"latency_p50", func(p record.Par) *record.Seconds { return p.LatencyP50 }},
		{"latency_p95", func(p record.Par) *record.Seconds { return p.LatencyP95 }},
		{"failover_time", func(p record.Par) *record.Seconds { return p.FailoverTime }},
	}
}

// HasPar says whether a bar on the metric may be held against par.
func HasPar(metric string) bool {
	for _, row := range parRows() {
		if row.metric == metric {
			return true
		}
	}
	return false
}

// ParOf is par of a metric on a phase, nil where there is none.
func ParOf(s *record.Setup, metric, phase, journey string) *float64 {
	for _, p := range s.Par {
		if p.Phase != phase || p.Journey != journey || p.N == 0 {
			continue
		}
		for _, row := range parRows() {
			if row.metric == metric {
				return row.value(p)
			}
		}
	}
	return nil
}

func (r parRow) value(p record.Par) *float64 {
	if r.of == nil {
		return &p.Availability
	}
	span := r.of(p)
	if span == nil {
		return nil
	}
	v := span.Float()
	return &v
}

// ParIn is the availability that was to be had in a stretch, by how much of each
// phase lies in it; 1 where nobody knows.
func ParIn(s *record.Setup, from, to record.Seconds) float64 {
	var sum, weights float64
	for _, phase := range s.Phases {
		overlap := (min(to, phase.End) - max(from, phase.Start)).Float()
		p := ParOf(s, "availability", phase.Name, "")
		if overlap <= 0 || p == nil {
			continue
		}
		sum += overlap * *p
		weights += overlap
	}
	if weights == 0 {
		return 1
	}
	return sum / weights
}
