package mockllm

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
)

// caller reads what a request says about whom it is for, and how it is to be
// served. The APIs have several fields for it; bodies without any are not read.
func caller(body []byte) (user, tier string) {
	if !slices.ContainsFunc([]string{`"user"`, `"user_id"`, `"safety_identifier"`, `"service_tier"`}, func(key string) bool { return hasKey(body, key) }) {
		return "", ""
	}
	var says struct {
		User     text `json:"user"`
		SafetyID text `json:"safety_identifier"`
		Metadata struct {
			UserID text `json:"user_id"`
		} `json:"metadata"`
		Tier text `json:"service_tier"`
	}
	if json.Unmarshal(body, &says) != nil {
		return "", ""
	}
	return string(cmp.Or(says.SafetyID, says.User, says.Metadata.UserID)), string(says.Tier)
}

// hasKey says whether a key of this name, in its quotes, stands in JSON. Most bodies have
// "user" for a value.
func hasKey(body []byte, name string) bool {
	for {
		at := bytes.Index(body, []byte(name))
		if at < 0 {
			return false
		}
		body = body[at+len(name):]
		if after := space(body); len(after) > 0 && after[0] == ':' {
			return true
		}
	}
}

// text is a string, and "" in place of whatever else stands there.
type text string

// UnmarshalJSON takes what is no string for none.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	}
	return nil
}
