package builder

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/account"
	localssm "bluegreen/internal/localaws/ssm"
)

// send has an instance run a script, which may take so many seconds.
func (w *world) send(instance, comment, script string, seconds int) string {
	w.Helper()
	return *must(w, w.ssm.SendCommand, &ssm.SendCommandInput{
		DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{instance}, Comment: &comment,
		Parameters: map[string][]string{"commands": {script}, "executionTimeout": {strconv.Itoa(seconds)}},
	}).Command.CommandId
}

func TestSeen(t *testing.T) {
	type sent struct {
		comment, script string
		elsewhere       bool // on another instance
	}
	const mine = "bluegreen build 2"
	one := func(script string) sent { return sent{comment: mine, script: script} }
	second := account.Constant(time.Second)
	behaviours := map[string]localssm.Behaviour{"well": {Duration: second}, "badly": {Duration: second, Exit: 3}, "on": {Hang: true}, "slowly": {Hang: true}}
	seconds := map[string]int{"well": 3600, "badly": 3600, "on": 3600, "slowly": 30} // that a script may take
	for name, test := range map[string]struct {
		sent []sent
		want string
	}{
		"nothing":                        {nil, "not sent"},
		"another command's":              {[]sent{{comment: "bluegreen build 21", script: "well"}, {comment: "bluegreen build drain", script: "badly"}}, "not sent"},
		"somebody else's":                {[]sent{{comment: "2", script: "well"}, {script: "on"}}, "not sent"},
		"on another builder":             {[]sent{{comment: mine, script: "well", elsewhere: true}}, "not sent"},
		"one that runs":                  {[]sent{one("on")}, "1 runs (InProgress)"},
		"one that went well":             {[]sent{one("well")}, "1 succeeded (Success)"},
		"one that failed":                {[]sent{one("badly")}, "1 ended (Failed)"},
		"one that took too long":         {[]sent{one("slowly")}, "1 ended (ExecutionTimedOut)"},
		"sent twice, both failed":        {[]sent{one("slowly"), one("badly")}, "2 ended (Failed)"},
		"sent twice, the second runs":    {[]sent{one("badly"), one("on")}, "2 runs (InProgress)"},
		"sent twice, the first runs":     {[]sent{one("on"), one("badly")}, "1 runs (InProgress)"},
		"sent twice, the second is well": {[]sent{one("badly"), one("well")}, "2 succeeded (Success)"},
		"sent twice, the first is well":  {[]sent{one("well"), one("badly")}, "1 succeeded (Success)"},
		"well, and one that still runs":  {[]sent{one("well"), one("on")}, "1 succeeded (Success)"},
		"behind more than a page":        {append([]sent{one("well")}, slices.Repeat([]sent{{comment: "bluegreen build 3", script: "well"}}, 60)...), "1 succeeded (Success)"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, ledger.Creating, &ledger.Building{Attempt: 1}, func(w *world) {
				w.behave(behaviours)
				builder, other := w.instance(execution, "a"), w.instance(execution, "b")
				number := map[string]int{}
				for i, s := range test.sent {
					on := builder
					if s.elsewhere {
						on = other
					}
					number[w.send(on, s.comment, s.script, seconds[s.script])] = i + 1
					w.sleep(5 * time.Second)
				}
				w.sleep(time.Minute)
				ran, err := w.maker.seen(context.Background(), builder, "2")
				got := "not sent"
				switch {
				case err != nil:
					t.Fatal(err)
				case ran.Succeeded && ran.Ended:
					got = fmt.Sprintf("%d succeeded (%s)", number[ran.command], ran.Details)
				case ran.Ended:
					got = fmt.Sprintf("%d ended (%s)", number[ran.command], ran.Details)
				case ran.Sent:
					got = fmt.Sprintf("%d runs (%s)", number[ran.command], ran.Details)
				}
				if got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestOutput(t *testing.T) {
	long := strings.Repeat("é", deploy.OutputKept)
	for name, test := range map[string]struct {
		run  localssm.Behaviour
		want string // characters that it wrote, code
	}{
		"nothing":                         {localssm.Behaviour{}, ` 0 in 2s`},
		"of the wrapper":                  {localssm.Behaviour{Output: "first\nlast\n", Errors: "last\n"}, `last 0 in 2s`},
		"without the wrapper's":           {localssm.Behaviour{Output: " first\nlast\n"}, "first\nlast 0 in 2s"},
		"of one that failed":              {localssm.Behaviour{Exit: 3, Output: "no such host\n", Errors: "no such host\n"}, `no such host 3 in 2s`},
		"of one that failed and was mute": {localssm.Behaviour{Exit: 3}, ` 3 in 2s`},
		"of one that failed unwrapped":    {localssm.Behaviour{Exit: 3, Output: "no such host\n"}, `no such host 3 in 2s`},
		"as much as is kept":              {localssm.Behaviour{Errors: long}, long + " 0 in 2s"},
		"more than is kept":               {localssm.Behaviour{Errors: "x" + long}, "…" + long + " 0 in 2s"},
		"of one that is cut short":        {localssm.Behaviour{Hang: true, Errors: "half\n"}, `half 137 in 30s`},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, ledger.Creating, &ledger.Building{Attempt: 1}, func(w *world) {
				test.run.Duration = account.Constant(2 * time.Second)
				w.behave(map[string]localssm.Behaviour{"it": test.run})
				builder := w.instance(execution, "a")
				command := w.send(builder, "bluegreen build 2", "it", 30)
				w.sleep(time.Minute)
				ran, err := w.maker.output(context.Background(), builder, Ran{command: command})
				if got := fmt.Sprintf("%s %d in %s", ran.Output, ran.Code, ran.Took); err != nil || got != test.want {
					t.Errorf("got  %q, %v\nwant %q", got, err, test.want)
				}
			})
		})
	}
}
