package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/asl"
	"bluegreen/internal/clock"
)

var start = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// TestGolden runs the files of testdata. Their commands:
//
//	machine                  the definition; answers "ok" or every problem of it
//	answers                  what the task attempts answer, in the order in which they are scheduled, one a line:
//	                         [after DURATION] ok JSON | echo | large BYTES | fail NAME [CAUSE] | submit-failed NAME
//	                         [CAUSE] | never
//	at                       what else happens, one a line: DURATION success TOKEN JSON | failure TOKEN NAME CAUSE |
//	                         heartbeat TOKEN | stop [NAME [CAUSE]], where TOKEN is #1 for the first token given out
//	run [seed=N] [quiet]     starts an execution with this input; answers its history and its end
//	redrive [quiet]          redrives it; answers what is new in the history
//	eval                     expressions, one a line, evaluated in Parameters with the input of the last "input" command
//	choose                   Choice rules, one a line, likewise
//	input                    the input for eval and choose
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		g := &golden{t: t, input: "{}"}
		t.Cleanup(func() {
			if g.clock != nil {
				g.clock.Close()
			}
		})
		datadriven.RunTest(t, path, g.command)
	})
}

type golden struct {
	t       *testing.T
	machine *asl.Machine
	clock   *clock.Virtual
	run     *asl.Execution
	seen    int // events that were shown
	answers []string
	steps   []string
	tokens  []string
	refused []string // steps that the execution refused
	input   string
}

func (g *golden) command(t *testing.T, d *datadriven.TestData) string {
	g.t = t
	switch d.Cmd {
	case "machine":
		var err error
		if g.machine, err = asl.Parse([]byte(d.Input)); err != nil {
			return problems(err)
		}
		return "ok"
	case "answers":
		g.answers = lines(d.Input)
	case "at":
		g.steps = lines(d.Input)
	case "input":
		g.input = d.Input
	case "run":
		return g.start(d)
	case "redrive":
		return g.redrive(d)
	case "eval":
		return g.each(d.Input, g.eval)
	case "choose":
		return g.each(d.Input, g.choose)
	default:
		d.Fatalf(t, "unknown command %s", d.Cmd)
	}
	return ""
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func problems(err error) string {
	var wrong *asl.DefinitionError
	if !errors.As(err, &wrong) {
		return err.Error()
	}
	texts := make([]string, len(wrong.Problems))
	for i, p := range wrong.Problems {
		texts[i] = p.String()
	}
	return strings.Join(texts, "\n")
}

func (g *golden) start(d *datadriven.TestData) string {
	seed := 1
	d.MaybeScanArgs(g.t, "seed", &seed)
	if g.clock != nil {
		g.clock.Close()
	}
	g.clock, g.seen, g.tokens = clock.NewVirtual(start), 0, nil
	run, err := g.machine.Start(asl.Options{
		ID:               "arn:aws:states:ap-northeast-1:000000000000:execution:machine:run",
		Name:             "run",
		Input:            []byte(d.Input),
		RoleArn:          "arn:aws:iam::000000000000:role/states",
		StateMachineID:   "arn:aws:states:ap-northeast-1:000000000000:stateMachine:machine",
		StateMachineName: "machine",
		Region:           "ap-northeast-1",
		Clock:            g.clock,
		Seed:             uint64(seed),
		Tasks:            g,
	})
	if err != nil {
		return err.Error()
	}
	g.run = run
	return g.finish(d)
}

func (g *golden) redrive(d *datadriven.TestData) string {
	if err := g.run.Redrive(); err != nil {
		return err.Error()
	}
	return g.finish(d)
}

// finish runs the execution to its end and shows what happened.
func (g *golden) finish(d *datadriven.TestData) string {
	var result asl.Result
	g.clock.Run(func() {
		for _, step := range g.steps {
			g.clock.Go(func() { g.step(step) })
		}
		result = g.run.Run()
	})
	var out strings.Builder
	history := g.run.History()
	if !d.HasArg("quiet") {
		for _, e := range history[g.seen:] {
			out.WriteString(g.show(e))
		}
	}
	g.seen = len(history)
	for _, line := range g.refused {
		out.WriteString(line + "\n")
	}
	g.steps, g.refused = nil, nil
	fmt.Fprintf(&out, "%s after %s", result.Status, result.StopTime.Sub(start))
	for _, text := range []string{result.Output, result.Error, result.Cause} {
		if text != "" {
			if len(text) > 400 {
				text = fmt.Sprintf("%d bytes", len(text))
			}
			out.WriteString(" " + g.plain(text))
		}
	}
	return out.String()
}

func (g *golden) show(e asl.Event) string {
	text := ""
	if e.Details != nil {
		data, err := json.Marshal(e.Details)
		if err != nil {
			g.t.Fatal(err)
		}
		text = strings.NewReplacer(`,"inputDetails":{"truncated":false}`, "", `,"outputDetails":{"truncated":false}`, "",
			`,"assignedVariablesDetails":{"truncated":false}`, "", `\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(data))
	}
	return strings.TrimRight(fmt.Sprintf("%-7s %2d after %-2d %s %s", e.Timestamp.Sub(start), e.ID, e.PreviousEventID, e.Type, g.plain(text)), " ") + "\n"
}

// plain writes #1 for the first task token, and so on.
func (g *golden) plain(text string) string {
	for i, token := range g.tokens {
		text = strings.ReplaceAll(text, token, "#"+strconv.Itoa(i+1))
	}
	return text
}

// step does one line of "at".
func (g *golden) step(line string) {
	words := strings.SplitN(line, " ", 4)
	at, err := time.ParseDuration(words[0])
	if err != nil {
		g.t.Errorf("%s: %v", line, err)
		return
	}
	_ = g.clock.Sleep(context.Background(), at-g.clock.Now().Sub(start))
	words = append(words[1:], "", "")
	if words[0] == "stop" {
		err = g.run.Stop(words[1], words[2])
	} else {
		i, _ := strconv.Atoi(strings.TrimPrefix(words[1], "#"))
		token := "a token that nobody gave out"
		if i > 0 && i <= len(g.tokens) {
			token = g.tokens[i-1]
		}
		switch words[0] {
		case "success":
			err = g.run.SendTaskSuccess(token, []byte(words[2]))
		case "failure":
			name, cause, _ := strings.Cut(words[2], " ")
			err = g.run.SendTaskFailure(token, name, cause)
		case "heartbeat":
			err = g.run.SendTaskHeartbeat(token)
		default:
			err = errors.New("unknown step")
		}
	}
	if err != nil {
		g.refused = append(g.refused, fmt.Sprintf("%s: %v", line, err))
	}
}

// Do answers a task as the next line of "answers" says.
func (g *golden) Do(ctx context.Context, task asl.Task) ([]byte, error) {
	if task.Token != "" {
		g.tokens = append(g.tokens, task.Token)
	}
	if len(g.answers) == 0 {
		return nil, errors.New("no answer is left")
	}
	answer := g.answers[0]
	g.answers = g.answers[1:]
	if rest, ok := strings.CutPrefix(answer, "after "); ok {
		text, rest, _ := strings.Cut(rest, " ")
		wait, err := time.ParseDuration(text)
		if err != nil {
			return nil, err
		}
		if err := g.clock.Sleep(ctx, wait); err != nil {
			return nil, err
		}
		answer = rest
	}
	word, rest, _ := strings.Cut(answer, " ")
	name, cause, _ := strings.Cut(rest, " ")
	switch word {
	case "ok":
		return []byte(rest), nil
	case "large":
		size, err := strconv.Atoi(rest)
		return []byte(`"` + strings.Repeat("x", size-2) + `"`), err
	case "echo":
		return task.Input, nil
	case "fail":
		return nil, &asl.TaskError{Failure: asl.Failure{Error: name, Cause: cause}}
	case "submit-failed":
		return nil, &asl.TaskError{Failure: asl.Failure{Error: name, Cause: cause}, Stage: asl.SubmitFailed}
	case "never":
		return nil, g.clock.NewEvent().Wait(ctx)
	}
	return nil, fmt.Errorf("unknown answer %q", answer)
}

// each shows what do makes of every line.
func (g *golden) each(input string, do func(string) string) string {
	var out strings.Builder
	for _, line := range lines(input) {
		fmt.Fprintf(&out, "%s\n", do(line))
	}
	return out.String()
}

// eval evaluates one expression.
func (g *golden) eval(expression string) string {
	result := g.once(map[string]any{"v": map[string]any{"Type": "Pass", "Parameters": map[string]any{"v.$": expression}, "OutputPath": "$.v", "End": true}})
	return expression + " = " + result
}

// choose evaluates one Choice rule.
func (g *golden) choose(rule string) string {
	var choice map[string]any
	if err := json.Unmarshal([]byte(rule), &choice); err != nil {
		return rule + ": " + err.Error()
	}
	choice["Next"] = "yes"
	result := g.once(map[string]any{
		"v":   map[string]any{"Type": "Choice", "Choices": []any{choice}, "Default": "no"},
		"yes": map[string]any{"Type": "Pass", "Result": "yes", "End": true},
		"no":  map[string]any{"Type": "Pass", "Result": "no", "End": true},
	})
	return rule + " = " + strings.Trim(result, `"`)
}

// once runs a machine that starts in state v, and gives its output or its error.
func (g *golden) once(states map[string]any) string {
	definition, err := json.Marshal(map[string]any{"StartAt": "v", "States": states})
	if err != nil {
		return err.Error()
	}
	machine, err := asl.Parse(definition)
	if err != nil {
		return problems(err)
	}
	v := clock.NewVirtual(start)
	defer v.Close()
	run, err := machine.Start(asl.Options{ID: "arn", Name: "run", Input: []byte(g.input), StateMachineName: "machine", Clock: v, Seed: 1})
	if err != nil {
		return err.Error()
	}
	var result asl.Result
	v.Run(func() { result = run.Run() })
	if result.Status == asl.StatusSucceeded {
		return result.Output
	}
	return result.Error + ": " + strings.TrimPrefix(result.Cause, "An error occurred while executing the state 'v' (entered at the event id #2). ")
}
