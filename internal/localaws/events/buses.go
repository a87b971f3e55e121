// Package events is a model of Amazon EventBridge: the default event bus of an account, its rules, and the delivery of
// events to state machines, functions, queues and topics: late, and as reliable as Settings say.
//
// An event that no rule matches costs nothing and draws nothing from the account's seed, so a world without rules is the
// same with this package as without.
package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"bluegreen/internal/localaws/account"
	locallambda "bluegreen/internal/localaws/lambda"
	localsns "bluegreen/internal/localaws/sns"
	localstates "bluegreen/internal/localaws/states"
)

// Queues are the queues that rules send events to. Send is called with the account's lock held.
type Queues interface {
	Send(queueARN, body string) error
}

// Pipelines are the pipelines that rules start. StartByEvent is called with the account's lock held.
type Pipelines interface {
	StartByEvent(pipelineARN, ruleARN string) error
}

// Buses are the event buses of one account: its default bus. Permissions of targets are not looked at.
type Buses struct {
	account   *account.Account
	settings  Settings
	machines  *localstates.Machines
	functions *locallambda.Functions
	topics    *localsns.Topics
	queues    Queues
	pipelines Pipelines // nil: rules have no pipelines as targets

	rules map[string]*rule
	lose  func(detailType string) bool
	fault func(targetARN string) error
}

// New returns an account's default bus, without rules. It emits the events of the account's executions; other services
// emit through Source. Without queues (nil) rules have no queues as targets.
func New(acct *account.Account, machines *localstates.Machines, functions *locallambda.Functions, topics *localsns.Topics,
	queues Queues, settings Settings) *Buses {
	b := &Buses{
		account: acct, settings: settings, machines: machines, functions: functions, topics: topics, queues: queues,
		rules: make(map[string]*rule),
		lose:  func(string) bool { return false },
		fault: func(string) error { return nil },
	}
	b.watchExecutions()
	return b
}

// SetPipelines lets rules have these pipelines as targets. It is called with the lock held.
func (b *Buses) SetPipelines(pipelines Pipelines) { b.pipelines = pipelines }

// Lose makes events that lose reports true for never reach any rule, as events of AWS's services may (aws-facts A6). lose
// is called with the lock held, once for each event for which there is a rule. Lose itself is called with the lock held.
func (b *Buses) Lose(lose func(detailType string) bool) { b.lose = lose }

// SetFaults sets a plan that is asked, with the lock held, before each attempt to deliver to a target; its error is the
// attempt's. A *wire.Error of status 500 or above is tried again. SetFaults is called with the lock held.
func (b *Buses) SetFaults(plan func(targetARN string) error) { b.fault = plan }

// Source returns what a service of AWS emits its events by, such as "aws.ec2". The function is called with the lock held.
func (b *Buses) Source(source string) func(detailType string, resources []string, detail any) {
	return func(detailType string, resources []string, detail any) {
		if len(b.rules) == 0 {
			return
		}
		text := encode(detail)
		b.accept(&event{
			Version: "0", DetailType: detailType, Source: source, Account: b.account.ID, Region: b.account.Region,
			Time: b.account.Now().UTC().Format(timeFormat), Resources: resources, Detail: text,
		})
	}
}

// event is what targets get, in AWS's envelope.
type event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

const timeFormat = "2006-01-02T15:04:05Z"

func (e *event) text() []byte {
	if e.Resources == nil {
		e.Resources = []string{}
	}
	return encode(e)
}

// encode writes JSON as AWS does: without the escapes that Go makes for HTML. The value must have a JSON form.
func encode(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("events: %T has no JSON form: %v", value, err)) // a mistake in the program
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// accept sends an event to the targets of the rules that match it. The event gets its id only once there is a rule for
// it; a pattern on the id is refused (PutRule).
func (b *Buses) accept(e *event) {
	matching := b.matching(e)
	if len(matching) == 0 || b.lose(e.DetailType) {
		return
	}
	if e.ID == "" {
		e.ID = b.account.UUID()
	}
	text := e.text()
	for _, r := range matching {
		for _, t := range r.targets {
			b.send(&delivery{buses: b, event: e, text: text, rule: r.name, ruleARN: r.arn, target: t, accepted: b.account.Now()})
		}
	}
}

func (b *Buses) matching(e *event) []*rule {
	var matching []*rule
	var document map[string]any
	for _, r := range b.sorted() {
		if !r.enabled || len(r.targets) == 0 {
			continue
		}
		if document == nil {
			var err error
			if document, err = decode(e.text()); err != nil {
				panic(err) // it was encoded just now
			}
		}
		if r.pattern.matches(document) {
			matching = append(matching, r)
		}
	}
	return matching
}

// send begins a delivery, unless it gets lost; twice, if it is duplicated.
func (b *Buses) send(d *delivery) {
	if b.happens(b.settings.LossProbability) {
		return
	}
	b.begin(d)
	if b.happens(b.settings.DuplicateProbability) {
		again := *d
		b.begin(&again)
	}
}

func (b *Buses) happens(probability float64) bool {
	return probability > 0 && b.account.Float() < probability
}

func (b *Buses) begin(d *delivery) {
	d.id = b.account.UUID()
	b.account.Clock.AfterFunc(b.account.Draw(b.settings.Delay), d.attempt)
}

// age is how long ago a delivery's event was accepted.
func (d *delivery) age() time.Duration { return d.buses.account.Now().Sub(d.accepted) }
