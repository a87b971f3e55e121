package deploy

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/fault"
	"bluegreen/internal/form"
	"bluegreen/internal/text"
)

// Approval is how a person is asked whether traffic may move to green.
type Approval struct {
	TimeoutSeconds int       `json:"timeout_seconds"` // in which the person has to answer
	OnTimeout      OnSilence `json:"on_timeout"`
}

// OnSilence is what becomes of a deployment that nobody has answered for in time.
type OnSilence string

// What can become of it.
const (
	SilenceAborts    OnSilence = "abort"    // it is sent back
	SilenceContinues OnSilence = "continue" // traffic moves
)

// Asking is the phase of WaitHealthy in which green could take traffic, and a person is asked whether it may.
const Asking = "asking"

// The bounds of an approval. It and bake_seconds together are bounded as bake_seconds is: an execution's history holds 25,000 events.
const (
	leastApprovalSeconds = 60
	mostApprovalSeconds  = 86_400
)

// approval are the fields of a request that say whether a person is asked. One without a time asks nobody.
func (r *Request) approval() form.Field {
	return form.Optional("approval", "A person is asked, by mail, whether traffic may move, once green could take it. The function Answer takes the answer, also by bluegreen approve and bluegreen abort. Default: nobody is asked.", form.Object{
		form.Required("timeout_seconds", "How long the person may take.", form.Whole{Into: &r.Approval.TimeoutSeconds, Min: leastApprovalSeconds, Max: mostApprovalSeconds, Unit: "seconds"}),
		form.Optional("on_timeout", "What is done when nobody has answered by then. abort: the deployment is sent back. continue: traffic moves.",
			form.OneOf[OnSilence]{Into: &r.Approval.OnTimeout, Choices: []OnSilence{SilenceAborts, SilenceContinues}}),
	})
}

// tooPatient finds waits that are too long together.
func (r *Request) tooPatient(problems *form.Problems) {
	if r.Approval.TimeoutSeconds+r.BakeSeconds > mostBakeSeconds {
		problems.Add("$.approval.timeout_seconds and $.bake_seconds are %d s together, and may be %d s: shorten one of them", r.Approval.TimeoutSeconds+r.BakeSeconds, mostBakeSeconds)
	}
}

// Said is what a person has said of a deployment. Who it was is what that person says.
type Said struct {
	By     string    `json:"by"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// String says who, when and why; nothing of nil.
func (s *Said) String() string {
	if s == nil {
		return ""
	}
	said := s.By + ", " + Moment(s.At)
	if s.Reason != "" {
		said += ": " + s.Reason
	}
	return said
}

// Clean is the same in one line each; nil of nil.
func (s *Said) Clean() *Said {
	if s == nil {
		return nil
	}
	return &Said{By: text.Line(s.By), Reason: text.Line(s.Reason), At: s.At}
}

// Moment is a time as people read it, with its zone, which is UTC.
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// Verb is what an answer says.
type Verb string

// The verbs.
const (
	Approve Verb = "approve" // traffic may move
	Abort   Verb = "abort"   // the deployment is sent back
)

// Answer is what the function Answer is called with.
type Answer struct {
	Verb      Verb   `json:"answer"`
	By        string `json:"by"`
	Execution string `json:"execution"` // ARN of the deployment that it is about
	Reason    string `json:"reason,omitempty"`
}

// Payload is the answer as the function is called with it.
func (a Answer) Payload() []byte {
	payload, err := json.Marshal(a)
	if err != nil {
		panic(err) // strings always encode
	}
	return payload
}

func (a *Answer) form() form.Object {
	return form.Object{
		form.Required("execution", "ARN of the deployment's execution.", form.Text{Into: &a.Execution, Min: 1, Max: 256}),
		form.Required("answer", "What is answered.", form.OneOf[Verb]{Into: &a.Verb, Choices: []Verb{Approve, Abort}}),
		form.Required("by", "Who answers.", form.Text{Into: &a.By, Min: 1, Max: 256}),
		form.Optional("reason", "Why; an abort needs one.", form.Text{Into: &a.Reason, Min: 1, Max: 500}),
	}
}

// ParseAnswer decodes an answer strictly. The error is a BadRequest that names every problem.
func ParseAnswer(input json.RawMessage) (Answer, error) {
	var a Answer
	problems := form.Read(input, a.form())
	if problems.Count() == 0 && a.Verb == Abort && a.Reason == "" {
		problems.Add(`$.reason is missing: the record and the report say why a deployment was aborted`)
	}
	if problems.Count() > 0 {
		return Answer{}, fault.New(fault.BadRequest, "the answer has %s: %s; it must be like %s", Counted(problems.Count(), "problem"), strings.Join(problems.Said(), "; "),
			`{"execution": "arn:aws:states:…", "answer": "abort", "by": "ann", "reason": "checkout is slow"}`)
	}
	return a, nil
}

// AnswerFunction is the name of the function that takes answers for an execution's machine: <project>-<role>-<environment>-Answer.
func AnswerFunction(execution string) string {
	return Execution{ID: execution}.Other("Answer")
}

// AnswerCommand is the command that gives an answer. Who gives it is the name that the shell knows, which pastes in; reason may be empty.
func AnswerCommand(execution string, verb Verb, reason string) string {
	const by = "BY"
	payload := Answer{Execution: execution, Verb: verb, By: by, Reason: reason}.Payload()
	option := strings.Replace(text.Option("--payload", string(payload)), `"by":"`+by+`"`, `"by":"'"$USER"'"`, 1)
	return fmt.Sprintf("aws lambda invoke %s --cli-binary-format raw-in-base64-out %s /dev/stdout", text.Option("--function-name", AnswerFunction(execution)), option)
}

// Answered is what the function Answer says of an answer that counts.
type Answered struct {
	Execution string `json:"execution"`
	Answer    Verb   `json:"answer"`
	What      string `json:"what"` // comes of it
}
