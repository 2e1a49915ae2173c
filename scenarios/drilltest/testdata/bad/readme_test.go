package bad_test

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/drilltest"
)

func TestSurvivesABrownout(t *testing.T) {
	drilltest.Run(t, "brownout.drill.yaml", func(env drilltest.Env) http.Handler {
		return newApp(env.URL("primary"), env.Key("primary"), env.Client()) // your app
	}).MustPass(t)
}

// newApp is the smallest app there is: it hands every request on to the model.
func newApp(model, key string, client *http.Client) http.Handler {
	u, err := url.Parse(model)
	if err != nil {
		panic(err)
	}
	return &httputil.ReverseProxy{Transport: client.Transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(u)
		r.Out.Header.Set("Authorization", "Bearer "+key)
	}}
}
