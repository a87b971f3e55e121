// Package report writes down what a deployment did, for people who were not there: one page that needs nothing else, and a picture of the
// way that it took. All of it is read through the API, so that a report of AWS and one of a model of it are the same.
package report

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/xray"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deployments"
	"bluegreen/internal/graph"
	"bluegreen/internal/notice"
	"bluegreen/internal/observe"
	"bluegreen/internal/trace"
)

// Report is what is known of a deployment.
type Report struct {
	deployments.Deployment
	At       time.Time  // when it was read
	Until    time.Time  // its end; of one that runs, when it was read
	Link     string     // to its page in the console; empty: there is none
	NoReturn *time.Time // when it passed the point of no return; nil: it did not
	Path     []string   // its states in the order of their visits, Choices and Waits left out
	Answers  []Answer   // who takes requests, from when on
	Fleets   []Fleet
	Traffic  []Traffic
	Mails    []Mail
	Calls    []Call
	AWS      []trace.Operation // the functions' calls, as X-Ray saw them
	Unread   []string          // what could not be read, and why: a part of it may be missing
}

// Answer is who takes requests from a moment on.
type Answer struct {
	From        time.Time
	Blue, Green bool
	Draining    string // the fleet that ends what it has begun; empty: none does
}

// Fleet is a group, and how many of its instances were in which state when.
type Fleet struct {
	Name   string
	Counts []Count
}

// Count is how many instances a group has from a moment on.
type Count struct {
	From                            time.Time
	Pending, InService, Terminating int
}

// Traffic is what a load balancer counted, minute by minute.
type Traffic struct {
	Balancer string
	Minutes  []Minute
}

// Minute is one that had requests.
type Minute struct {
	At               time.Time
	Requests, Failed float64 // Failed: a 5XX of the load balancer's or a target's
}

// Mail is what people were told.
type Mail struct {
	At            time.Time
	Subject, Text string
}

// Call is what a state called.
type Call struct {
	State         string
	Calls, Failed int
}

// margin is how much of the time before and after a deployment is shown.
const margin = time.Minute

// Read reads all of a deployment that d is of; now is when. What cannot be read is left out, and Unread says so.
func Read(ctx context.Context, cfg aws.Config, d deployments.Deployment, now time.Time) (Report, error) {
	r := Report{Deployment: d, At: now, Until: d.Began.Add(time.Duration(d.Seconds) * time.Second), Link: notice.ConsoleLink(d.Execution)}
	machines := sfn.NewFromConfig(cfg)
	events, err := observe.History(ctx, machines, d.Execution)
	if err != nil {
		return r, err
	}
	r.follow(events, d.Execution)
	groups := autoscaling.NewFromConfig(cfg)
	r.try("the groups' activities", r.readFleets(ctx, groups))
	r.try("what the load balancers counted", r.readTraffic(ctx, groups, balancer.New(cfg), cloudwatch.NewFromConfig(cfg)))
	traced, err := trace.Of(ctx, machines, xray.NewFromConfig(cfg), d.Execution)
	if r.try("the functions' calls", err); err == nil {
		r.AWS = traced.Operations()
	}
	return r, ctx.Err()
}

// try notes what could not be read.
func (r *Report) try(what string, err error) {
	if err != nil {
		r.Unread = append(r.Unread, fmt.Sprintf("%s: %s", what, err))
	}
}

// Visits are the states that the deployment visited, for a picture.
func (r Report) Visits() graph.Visits {
	visits := make(graph.Visits)
	for _, s := range r.Stages {
		text := length(s.Seconds)
		visits[s.Name] = graph.Visit{
			Times: s.Visits, Text: text, Failed: s.Failed || s.Name == r.Stage && r.State == deployments.Stranded,
			Now: r.State == deployments.Running && s.Name == r.Stage,
		}
	}
	for n, state := range r.Path {
		v := visits[state]
		v.Times = max(1, v.Times)
		if n+1 < len(r.Path) {
			v.To = append(v.To, r.Path[n+1])
		}
		visits[state] = v
	}
	return visits
}

// length is a number of seconds as people say it.
func length(seconds float64) string {
	d := time.Duration(seconds+0.5) * time.Second
	switch {
	case seconds < 1:
		return "<1s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
