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
				Name: "turns", Type: schema.Count, Required: true, Least: "2", Most: "100", Example: "4",
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

func loginKey() schema.Key {
	return schema.Key{
		Name: "login", Type: schema.Map, Example: `{path: /login, json: {user: "user-{{session}}", password: "${PASSWORD}"}, token: $.access_token}`,
		Doc:   "A request before a user's first: of each session once, and without sessions once for all. Who it is made for waits for it; when it fails, it is what the request came to, and the next one tries again. A 401 later has it made once more, see renew. Tokens and cookies are in no result.",
		Into:  schema.Field(func(j *journeyDraft) any { return &j.login }),
		Rules: []schema.Rule{schema.OneAtMost("json", "text")},
		Keys: []schema.Key{
			{
				Name: "path", Type: schema.Text, Required: true, Check: checkPath, Example: "/login",
				Doc:  "Path and query, joined to the target.",
				Into: schema.Field(func(l *loginDraft) any { return &l.Request.Path }),
			},
			{
				Name: "method", Type: schema.Word, Words: []string{"GET", "POST", "PUT", "PATCH", "DELETE"},
				Doc:  "Without it POST when there is a body, else GET.",
				Into: schema.Field(func(l *loginDraft) any { return &l.Request.Method }),
			},
			{
				Name: "header", Type: schema.Texts, Example: "{X-Tenant: drill}",
				Doc:  "Headers beside the usual ones.",
				Into: schema.Field(func(l *loginDraft) any { return &l.Request.Header }),
			},
			{
				Name: "json", Type: schema.JSON, Example: `{user: "user-{{session}}", password: "${PASSWORD}"}`,
				Doc:  "A JSON body.",
				Into: schema.Field(func(l *loginDraft) any { return &l.Request.JSON }),
			},
			{
				Name: "text", Type: schema.Text,
				Doc:  "A plain body; a form with its Content-Type as header.",
				Into: schema.Field(func(l *loginDraft) any { return &l.Request.Text }),
			},
			{
				Name: "token", Type: schema.Text, Check: checkJSONPath, Example: "$.access_token",
				Doc:  "A JSONPath into the reply, to what {{token}} stands for in the journey's requests. Without it cookies are all that is had.",
				Into: schema.Field(func(l *loginDraft) any { return &l.Token }),
			},
			{
				Name: "renew", Type: schema.Duration, Least: "10s", Most: "24h", Example: "50m",
				Doc:  "After how long a user who still asks logs in once more: less than the app's tokens or cookies last. It happens beside the requests, which go by what there is until the reply has come. With or without it a 401 of the app has the same done for the requests after it, once in 10s.",
				Into: schema.Field(func(l *loginDraft) any { return &l.Renew }),
			},
		},
	}
}

func repeatKey() schema.Key {
	return schema.Key{
		Name: "repeat", Type: schema.Share, Least: "1%", Most: "90%", Example: "30%",
		Doc:  "The share that asks an earlier question again, word for word, so that caches are seen working. It is one asked 5s before at least.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.Repeat }),
	}
}

func impatienceKey() schema.Key {
	return schema.Key{
		Name: "impatience", Type: schema.Map, Example: "{after: 8s, again: 3}",
		Doc:  "Users who leave when nothing of an answer has come, and send the same again. However often, it is one request; the last try tells what came of it.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.impatience }),
		Keys: []schema.Key{
			{
				Name: "after", Type: schema.Duration, Required: true, Least: "100ms", Most: "1h", Example: "8s",
				Doc:  "How long they wait for the first word, or what progress accepts.",
				Into: schema.Field(func(i *impatienceDraft) any { return &i.After }),
			},
			{
				Name: "again", Type: schema.Count, Required: true, Least: "1", Most: "20", Example: "3",
				Doc:  "How often they send it again at most. After the last time they stay until the timeout, which counts from the first.",
				Into: schema.Field(func(i *impatienceDraft) any { return &i.Again }),
			},
		},
	}
}

func deliverKey() schema.Key {
	return schema.Key{
		Name: "deliver", Type: schema.Map, Example: `{path: "/result/{{ticket}}", ticket: $.id, every: 1s}`,
		Doc:  "How an answer is had that was put off: by GET, again and again, until it comes as a success that deferred does not match and in which answer finds text.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.deliver }),
		Keys: []schema.Key{
			{
				Name: "path", Type: schema.Text, Required: true, Check: checkPath, Example: `"/result/{{ticket}}"`,
				Doc:  "Path and query, joined to the target; it knows {{ticket}} beside what requests know.",
				Into: schema.Field(func(d *deliverDraft) any { return &d.Path }),
			},
			{
				Name: "header", Type: schema.Texts, Example: "{X-Session: \"{{session}}\"}",
				Doc:  "Headers beside the usual ones.",
				Into: schema.Field(func(d *deliverDraft) any { return &d.Header }),
			},
			{
				Name: "ticket", Type: schema.Text, Check: checkJSONPath, Example: "$.id",
				Doc:  "A JSONPath into the reply that put the answer off, to what {{ticket}} stands for.",
				Into: schema.Field(func(d *deliverDraft) any { return &d.Ticket }),
			},
			{
				Name: "every", Type: schema.Duration, Required: true, Least: "10ms", Most: "1h", Example: "1s",
				Doc:  "How long after the last reply it is asked for again.",
				Into: schema.Field(func(d *deliverDraft) any { return &d.Every }),
			},
		},
	}
}
