package search

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/clock"
	"bluegreen/internal/rehearsal/scenario"
)

// Played is how a case went.
type Played struct {
	Text    string // the scenario, with what it answered
	Ends    string // end states of its executions, in the order of their start
	Failure string // what is wrong; empty: nothing
}

// stuckAfter is the real time after which a rehearsal counts as one that never ends.
const stuckAfter = 3 * time.Minute

// Play plays the case as the scenario that it is. A panic, and a rehearsal that does not end, are failures like a
// broken promise is.
func (c Case) Play() Played {
	done := make(chan Played, 1)
	timer := clock.NewScaled(1).AfterFunc(stuckAfter, func() {
		select {
		case done <- Played{Text: c.text(nil), Failure: fmt.Sprintf("it does not end: it still computes after %s", stuckAfter)}:
		default:
		}
	})
	defer timer.Stop()
	go func() {
		played, _ := c.play(false)
		select {
		case done <- played:
		default:
		}
	}()
	return <-done
}

// Digest plays the case and returns a digest of every event of every execution and of every call that anybody made.
func (c Case) Digest() (string, error) {
	played, digest := c.play(true)
	if digest == "" {
		return "", fmt.Errorf("seed %d: %s", c.Seed, played.Failure)
	}
	return digest, nil
}

func (c Case) play(wantDigest bool) (played Played, digest string) {
	var script scenario.Script
	var answers []string
	defer func() {
		// What panicked may hold locks: its world is left as it is.
		if cause := recover(); cause != nil {
			played = Played{Text: c.text(answers), Failure: fmt.Sprintf("panic: %v", cause)}
		}
	}()
	for i, command := range c.commands() {
		name, args, err := datadriven.ParseLine(command.line())
		if err == nil {
			var answer string
			answer, err = script.Play(&datadriven.TestData{Cmd: name, CmdArgs: args, Input: command.Input})
			answers = append(answers, answer)
		}
		if err != nil {
			script.Close()
			return Played{Text: c.text(answers), Failure: fmt.Sprintf("command %d, %s: %v", i+1, command.line(), err)}, ""
		}
	}
	if wantDigest {
		digest = digestOf(&script)
	}
	script.Close()
	last := answers[len(answers)-1]
	return Played{Text: c.text(answers), Ends: endsOf(last), Failure: firstBroken(last)}, digest
}

// text is the scenario as a file of testdata.
func (c Case) text(answers []string) string {
	var b strings.Builder
	for i, command := range c.commands() {
		b.WriteString(command.line() + "\n")
		if command.Input != "" {
			b.WriteString(command.Input + "\n")
		}
		b.WriteString("----\n")
		if i < len(answers) {
			b.WriteString(answers[i])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func firstBroken(answer string) string {
	for line := range strings.Lines(answer) {
		if broken, ok := strings.CutPrefix(line, "BROKEN "); ok {
			return strings.TrimSpace(broken)
		}
	}
	return ""
}

var endLine = regexp.MustCompile(`(?m)^([a-z0-9-]+): ([A-Za-z]+)`)

// endsOf are the end states in the answer of converge.
func endsOf(answer string) string {
	var ends []string
	for _, match := range endLine.FindAllStringSubmatch(answer, -1) {
		end := match[2]
		if strings.HasPrefix(match[1], "a-person") {
			end = "recovered " + end
		}
		ends = append(ends, end)
	}
	return strings.Join(ends, ", ")
}

var varying = regexp.MustCompile(`i-[0-9a-f]+|-v\d+|\d+`)

// kind is a failure without what varies between runs: two failures of one kind count as the same one.
func kind(failure string) string {
	kept := varying.ReplaceAllString(failure, "N")
	if len(kept) > 80 {
		kept = kept[:80]
	}
	return kept
}

// digestOf hashes the histories of all executions and the log of calls.
func digestOf(script *scenario.Script) string {
	sum, r := sha256.New(), script.Rehearsal()
	r.Run(func(ctx context.Context) {
		for _, arn := range script.Executions() {
			pages := sfn.NewGetExecutionHistoryPaginator(r.Machines, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				if err != nil {
					fmt.Fprint(sum, err)
					return
				}
				write(sum, page.Events)
			}
		}
	})
	write(sum, r.AWS.Faults.Calls())
	return hex.EncodeToString(sum.Sum(nil))
}

func write(sum hash.Hash, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // events and records are plain data
	}
	sum.Write(text)
}
