package mockllm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// A mock in anybody's test: the app under test gets the URL, and what it answers is
// held against what the mock said.
func Example() {
	mock, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai", Others: pace.Instant()}, mockllm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	srv := httptest.NewServer(mock)
	defer srv.Close()

	nonce := answer.Nonce(1, 1) // in the question, to know the answer by
	body := `{"model":"gpt-4o","messages":[{"role":"user","content":"Where is my parcel? ` + nonce + `"}]}`
	req, err := http.NewRequest("POST", mockllm.BaseURL("openai", srv.URL)+"/chat/completions", strings.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("Authorization", "Bearer any")
	resp, err := srv.Client().Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var completion struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.NewDecoder(resp.Body).Decode(&completion); err != nil {
		fmt.Println(err)
		return
	}

	piece := answer.Read(completion.Choices[0].Message.Content).Pieces[0]
	fmt.Println(resp.Status, piece.Complete, piece.Tag == answer.Tag("primary"), piece.Nonce == nonce)
	// Output: 200 OK true true true
}
