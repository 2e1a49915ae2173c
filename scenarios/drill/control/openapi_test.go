package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control/webhook"
)

// The document has the routes of the table and no others.
func TestOpenAPIHasEveryRoute(t *testing.T) {
	server, err := control.New(control.Options{Routes: []control.Route{{
		Method: "POST", Path: "/v1/other", Name: "other", Doc: "Another's.",
		Do: func(*control.Call) (any, error) { return nil, nil },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ OperationID, Description string }
	}
	raw, err := json.Marshal(server.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	var got, want, ids []string
	for path, operations := range document.Paths {
		for method, o := range operations {
			got = append(got, strings.ToUpper(method)+" "+path)
			ids = append(ids, o.OperationID)
			if o.Description == "" || slices.Index(ids, o.OperationID) != len(ids)-1 {
				t.Errorf("%s %s is %q: %q", method, path, o.OperationID, o.Description)
			}
		}
	}
	for _, r := range server.Routes() {
		want = append(want, r.Method+" "+r.Path)
	}
	for _, r := range webhook.Receivers() {
		want = append(want, "POST /v1/hooks/{token}/"+r.Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || document.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s, operations (-table +document):\n%s", document.OpenAPI, diff)
	}
}

// Two routes for one thing are a mistake.
func TestRoutesAreDifferent(t *testing.T) {
	_, err := control.New(control.Options{Routes: []control.Route{{Method: "GET", Path: "/v1/state"}}})
	if err == nil {
		t.Error("two routes for one path")
	}
}

// fitter checks values against the parts of the document that pointers lead to.
func fitter(l *leader) func(pointer string, body []byte) {
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(l.call("GET", "/v1/openapi.json", "").body)))
	if err != nil {
		l.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("openapi.json", document); err != nil {
		l.Fatal(err)
	}
	return func(pointer string, body []byte) {
		l.Helper()
		schema, err := compiler.Compile("openapi.json#" + pointer)
		if err != nil {
			l.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			l.Errorf("%s: %v\n%s", pointer, err, body)
		}
	}
}

// What is answered is what the document says, and so is what is refused.
func TestAnswersFitTheirSchemas(t *testing.T) {
	led(t, func(l *leader) {
		fits := fitter(l)
		bodies := map[string]string{
			"jump": `{"phase": "surge"}`, "extend": `{"for": "1s"}`, "close": `{"key": "surge/primary/server_error"}`,
			"open": `{"provider": "secondary", "kind": "hang"}`, "mark": `{"kind": "note", "at": 0}`, "stop": `{}`,
		}
		time.Sleep(time.Second)
		for _, r := range l.server.Routes() {
			if slices.Contains([]string{"stop", "questions", "requests"}, r.Name) {
				continue // it ends here; the others are for fixtures
			}
			if r.Name == "close" {
				l.wants(http.StatusOK, l.call("POST", "/v1/phases/jump", `{"phase": "surge"}`))
				bodies["close"] = fmt.Sprintf(`{"key": %q}`, l.state("GET", "/v1/state", "").Open[0].Key)
			}
			at := "/paths/" + strings.ReplaceAll(r.Path, "/", "~1") + "/" + strings.ToLower(r.Method)
			if body := bodies[r.Name]; body != "" {
				fits(at+"/requestBody/content/application~1json/schema", []byte(body))
			}
			a := l.call(r.Method, r.Path, bodies[r.Name])
			l.wants(http.StatusOK, a)
			fits(at+"/responses/200/content/application~1json/schema", a.body)
		}
		fits("/components/schemas/Problem", l.call("POST", "/v1/phases/jump", `{"phase": "x"}`).body)
	})
}

// What fixtures say and hear fits, too.
func TestReportsFitTheirSchemas(t *testing.T) {
	tested(t, false, func(f *fixture) {
		fits := fitter(f.leader)
		time.Sleep(time.Second)
		const json = "content/application~1json/schema"
		ask := `{"count": 2, "session": "ann"}`
		fits("/paths/~1v1~1questions/post/requestBody/"+json, []byte(ask))
		fits("/paths/~1v1~1questions/post/responses/200/"+json, f.call("POST", "/v1/questions", ask).body)
		report := `[{"sent": 0.1, "ended": 0.2, "ttft_s": 0.05, "status": 200, "text": "hello"}]`
		fits("/paths/~1v1~1requests/post/requestBody/"+json, []byte(report))
		fits("/paths/~1v1~1requests/post/requestBody/content/application~1x-ndjson/schema", []byte(report[1:len(report)-1]))
		fits("/paths/~1v1~1requests/post/responses/200/"+json, f.call("POST", "/v1/requests", report).body)
	})
}
