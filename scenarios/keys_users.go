package scenarios

import "github.com/seed-76a9de92/brownout/scenarios/schema"

// What the users of a journey do beyond single requests.

func sessionsKey() schema.Key {
	return schema.Key{
		Name: "sessions", Type: schema.Map, Example: "{turns: 4, think: 2s}",
		Doc:  "The requests are the turns of users' sessions; {{session}} and {{turn}} say which. Without it each is its own. The rate is that of the turns.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.sessions }),
		Keys: []schema.Key{
			{
				Name: "turns", Type: schema.Count, Required: true, Least: "2", Most: "1000", Example: "4",
				Doc:  "How many a session has. Those that the drill begins with are shorter, so that not all end together.",
				Into: schema.Field(func(s *sessionsDraft) any { return &s.Turns }),
			},
			{
				Name: "think", Type: schema.Duration, Required: true, Least: "10ms", Most: "1h", Example: "2s",
				Doc:  "The least time from one turn to the next, from due to due: whatever the app takes to answer, it is not asked less.",
				Into: schema.Field(func(s *sessionsDraft) any { return &s.Think }),
			},
		},
	}
}
