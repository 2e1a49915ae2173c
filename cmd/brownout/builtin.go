package main

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// builtin is the example support bot in this process: a real HTTP server with
// real HTTP clients, which learns where the mocks are from its environment as
// any app does.
func builtin(style string) drill.App {
	return drill.Handler("builtin:"+style, func(place drill.Place) (http.Handler, func(), error) {
		env := map[string]string{}
		for _, v := range place.Env {
			name, value, _ := strings.Cut(v, "=")
			env[name] = value
		}
		config := bot.FromEnv(func(name string) string { return env[name] })
		config.Style = style
		config.Dial, config.Roots = place.Net.Dial, place.Roots
		config.Log = slog.New(slog.NewTextHandler(place.Log, nil))
		app, err := bot.New(config)
		if err != nil {
			return nil, nil, err
		}
		return app, app.Close, nil
	})
}
