package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/world"
)

// demoOptions say what to demonstrate.
type demoOptions struct {
	house     *houseOptions
	input     string // file with the request
	perSecond int    // requests, wall
	json      bool
}

func (o *demoOptions) check() error {
	if o.perSecond < 1 || o.perSecond > 2000 {
		return usagef("--requests %d: want 1 to 2000 a second", o.perSecond)
	}
	return o.house.check()
}

// runDemo demonstrates one deployment under traffic and returns an error when a promise broke.
func runDemo(ctx context.Context, term terminal, args []string) error {
	flags, houseOptions := houseFlags("demo", "127.0.0.1:0")
	options := demoOptions{house: houseOptions}
	flags.StringVar(&options.input, "input", "pipeline/state_machine_input.json", "`file` with the request")
	flags.IntVar(&options.perSecond, "requests", 200, "requests a `second` of real time")
	green := flags.String("green", "well", "how the new fleet does: well, sick or short (of capacity)")
	flags.BoolVar(&options.json, "json", false, "print the summary as JSON")
	if err := parseFlags(term, flags, args); err != nil {
		return err
	}
	if err := options.check(); err != nil {
		return err
	}
	scenario, err := scenarioNamed(*green)
	if err != nil {
		return err
	}
	input, err := os.ReadFile(options.input)
	if err != nil {
		return fmt.Errorf("read the request: %w; run this where pipeline/ is, or name a file with --input", err)
	}
	request, err := scenario.request(input)
	if err != nil {
		return fmt.Errorf("read the request in %s: %w", options.input, err)
	}
	out := &progress{term: term}
	h, w, err := openSeeded(ctx, out, *options.house)
	if err != nil {
		return err
	}
	defer h.close()
	d := demonstration{house: h, world: w, options: options, scenario: scenario, request: request, out: out}
	result, err := d.run(ctx)
	if err != nil {
		return err
	}
	write := result.writeText
	if options.json {
		write = result.writeJSON
	}
	if err := write(term.out); err != nil {
		return err
	}
	return brokenPromises(result)
}

// brokenPromises is nil when every promise held.
func brokenPromises(s *summary) error {
	broken := s.broken()
	if len(broken) == 0 {
		return nil
	}
	texts := make([]string, len(broken))
	for n, p := range broken {
		texts[n] = fmt.Sprintf("%q (%s)", p.Promise, p.Why)
	}
	return fmt.Errorf("%w: %s; \"bluegreen local\" keeps the same world up to look into it", errPromiseBroken, strings.Join(texts, ", "))
}

// demonstration is one deployment under traffic.
type demonstration struct {
	house    *house
	world    world.World
	options  demoOptions
	scenario scenario
	request  string
	out      *progress

	traffic *traffic
	who     string // answered of late
}

// run sends traffic, deploys, and sums up. The traffic goes on a little before and after.
func (d *demonstration) run(ctx context.Context) (*summary, error) {
	d.scenario.prepare(d.house, d.world)
	witness, err := startWitness(ctx, d.house, d.world.ListenerARN, d.options.perSecond)
	if err != nil {
		return nil, err
	}
	d.traffic = witness.traffic
	d.out.line("traffic: %d requests a second to %s", d.options.perSecond, d.traffic.url)
	result := &summary{Speed: d.options.house.speed}
	err = d.deploy(ctx, result)
	witness.end(result)
	d.out.show("")
	result.judge(expectation{endState: d.scenario.endState, serving: int(d.world.DesiredCapacity), blue: d.world.GroupName})
	return result, err
}

// trafficMargin is how long the traffic goes on before and after the deployment, in the clock's time.
const trafficMargin = 20 * time.Second

// deploymentLimit is how long a demonstration waits for its end, in the clock's time.
const deploymentLimit = 2 * time.Hour

// deploy starts the execution, shows what happens until it ends, and describes the end.
func (d *demonstration) deploy(ctx context.Context, result *summary) error {
	if err := d.house.clock.Sleep(ctx, trafficMargin); err != nil {
		return err
	}
	o := newObserver(d.house.config, d.world.GroupName, d.world.MachineARN)
	wall := clock.NewScaled(1)
	began := wall.Now()
	started, err := o.sfn.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &d.world.MachineARN, Input: &d.request})
	if err != nil {
		return fmt.Errorf("start the execution: %w", err)
	}
	result.ExecutionARN = *started.ExecutionArn
	changes := changeLog{clock: d.house.clock, since: *started.StartDate}
	if err := d.showUntilEnd(ctx, o, &changes, result.ExecutionARN); err != nil {
		return err
	}
	result.WallSeconds = milliseconds(wall.Now().Sub(began).Seconds())
	if err := d.house.clock.Sleep(ctx, trafficMargin); err != nil {
		return err
	}
	return o.describeEnd(ctx, result)
}

// showUntilEnd prints every change until the execution has ended.
func (d *demonstration) showUntilEnd(ctx context.Context, o observer, changes *changeLog, executionARN string) error {
	for {
		if err := changes.execution(ctx, d.out, o, executionARN); err != nil {
			return err
		}
		if err := changes.fleets(ctx, d.out, o); err != nil {
			return err
		}
		d.answered(changes)
		if ended(changes.state.Status) {
			return nil
		}
		if d.house.clock.Now().Sub(changes.since) > deploymentLimit {
			return fmt.Errorf("the execution still runs after %s, in stage %s", deploymentLimit, changes.state.Stage)
		}
		if err := d.house.clock.Sleep(ctx, followInterval); err != nil {
			return err
		}
	}
}

func ended(status sfntypes.ExecutionStatus) bool {
	return status != "" && status != sfntypes.ExecutionStatusRunning && status != sfntypes.ExecutionStatusPendingRedrive
}

// answered tells who answered of late: in the status line, and as a line when other groups answer than before.
func (d *demonstration) answered(changes *changeLog) {
	counts, _ := d.traffic.soFar()
	shares := d.traffic.shares()
	if who := strings.Join(slices.Sorted(maps.Keys(shares)), " and "); who != d.who && who != "" {
		d.who = who
		changes.say(d.out, "requests are answered by "+who)
	}
	blue, total := shares[d.world.GroupName], 0
	for _, n := range shares {
		total += n
	}
	d.out.show(fmt.Sprintf("       %d requests, %d failed; of the last %d blue answered %d, green %d", counts.Sent, counts.Failed, total, blue, total-blue))
}
