package bot_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// An answer that is nonsense is not handed on: the other provider is asked.
func TestNonsense(t *testing.T) {
	tests := []struct {
		name, text string
		sense      bool
	}{
		{"prose", "Your parcel left our house on Monday and should be with you by the end of the week. " +
			"If it is not there on Saturday, please write to us again and we will ask the carrier where it is. " +
			"You can also follow it yourself with the link in the mail that we sent you on Monday.", true},
		{"a few words", "no no no no no", true},
		{"accents", "Señor Müller à Curaçao", true},
		{"word salad", "the of sky seven banana under the of if glass north the blue of salt if whose the river of toward if nine the of parade if", false},
		{"a loop", "We are glad to help you with your parcel parcel parcel parcel parcel parcel parcel parcel parcel parcel parcel parcel parcel", false},
		{"another script", "Your parcel ขอบคุณ left on Monday", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, "resilient")
				text, err := json.Marshal(tt.text)
				if err != nil {
					t.Fatal(err)
				}
				r.openai.do(fails(200, fmt.Sprintf(`{"choices":[{"message":{"content":%s},"finish_reason":"stop"}]}`, text)))
				if got := r.api(); (got.body != apiAnthropic) != tt.sense || r.openai.count() != 1 {
					t.Errorf("got %d %s", got.status, got.body)
				}
				r.openai.do(func(w http.ResponseWriter, _ *http.Request) {
					send(w, fmt.Sprintf(`data: {"choices":[{"index":0,"delta":{"content":%s},"finish_reason":"stop"}]}`, text), "data: [DONE]")
				})
				if got := r.chat(); strings.HasSuffix(got.body, chatReset+chatAnthropic) == tt.sense {
					t.Errorf("got the stream\n%s", got.body)
				}
			})
		})
	}
}
