package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cockroachdb/datadriven"
)

// keepAnswer remembers what a call was answered, for later ones to name parts of.
func (s *Script) keepAnswer(name string, answer any) error {
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	var members any
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	s.answers[name] = members
	return nil
}

var answerWord = regexp.MustCompile(`ANSWER\(([^)]*)\)`)

// answered puts strings of earlier answers in place of ANSWER(<name>.<path>): members by name, items by number.
func (s *Script) answered(text string) (string, error) {
	var failed error
	return answerWord.ReplaceAllStringFunc(text, func(word string) string {
		path := answerWord.FindStringSubmatch(word)[1]
		var at any = s.answers
		for _, step := range strings.Split(path, ".") {
			switch value := at.(type) {
			case map[string]any:
				at = value[step]
			case []any:
				at = nil
				if n, err := strconv.Atoi(step); err == nil && n >= 0 && n < len(value) {
					at = value[n]
				}
			}
		}
		found, is := at.(string)
		if !is {
			failed = fmt.Errorf("no earlier answer has a string at %s", path)
		}
		return found
	}), failed
}

// refuseLogs has a bucket refuse load balancers' logs: refuse-logs bucket= [for=].
func (s *Script) refuseLogs(_ context.Context, d *datadriven.TestData) (string, error) {
	length, err := lasting(d)
	if err != nil {
		return "", err
	}
	bucket := argument(d, "bucket", "")
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	s.r.AWS.RefuseLogs(bucket, true)
	if length > 0 {
		s.r.AWS.Account.After(length, func() { s.r.AWS.RefuseLogs(bucket, false) })
	}
	return "", nil
}
