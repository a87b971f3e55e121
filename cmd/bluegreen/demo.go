package main

import (
	"context"
	"fmt"
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
	input     string  // file with the request
	perSecond int     // requests, wall
	perMinute float64 // jobs, the clock's
	json      bool
}

func (o *demoOptions) check() error {
	if o.perSecond < 1 || o.perSecond > 2000 {
		return usagef("--requests %d: want 1 to 2000 a second", o.perSecond)
	}
	if !(o.perMinute > 0 && o.perMinute <= 600) {
		return usagef("--jobs %g: want more than 0, and at most 600 a minute", o.perMinute)
	}
	return o.house.check()
}

// runDemo demonstrates one deployment under traffic and returns an error when a promise broke.
func runDemo(ctx context.Context, term terminal, args []string) error {
	flags, houseOptions := houseFlags("demo", "127.0.0.1:0")
	options := demoOptions{house: houseOptions}
	flags.StringVar(&options.input, "input", "", "`file` with the request (default the fleet's own, below pipeline)")
	flags.IntVar(&options.perSecond, "requests", 200, "requests a `second` of real time, for a web fleet")
	flags.Float64Var(&options.perMinute, "jobs", 12, "jobs a `minute` of the local AWS, for a fleet of workers")
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
	file, input, err := readRequest(options.input, options.house.fleet)
	if err != nil {
		return err
	}
	request, err := scenario.request(input)
	if err != nil {
		return fmt.Errorf("read the request in %s: %w", file, err)
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

	load load
}

// load is what a fleet has to do while it is replaced, and the watch over it.
type load interface {
	// show tells how it goes: in the status line, and in a line when something has changed.
	show(context.Context, *progress, *changeLog) error
	// end stops it, waits for what is under way, and puts what was seen into a summary.
	end(context.Context, *summary) error
}

// begin gives the fleet something to do.
func (d *demonstration) begin(ctx context.Context) error {
	if d.house.workshop != nil {
		d.load = startJobs(ctx, d.house, d.options.perMinute, d.options.house.seed)
		d.out.line("jobs: %g a minute, of 5 to 40 s, to %s", d.options.perMinute, d.house.workshop.queueURL)
		return nil
	}
	witness, err := startWitness(ctx, d.house, d.world, d.options.perSecond)
	if err != nil {
		return err
	}
	d.load = witness
	d.out.line("traffic: %d requests a second to %s, and slow ones besides", d.options.perSecond, witness.traffic.url)
	return nil
}

// run gives the fleet its load, deploys, and sums up. The load goes on a little before and after.
func (d *demonstration) run(ctx context.Context) (*summary, error) {
	d.scenario.prepare(d.house, d.world)
	if err := d.begin(ctx); err != nil {
		return nil, err
	}
	result := &summary{Speed: d.options.house.speed}
	err := d.deploy(ctx, result)
	if ending := d.load.end(ctx, result); err == nil {
		err = ending
	}
	d.out.show("")
	result.judge(expectation{
		endState: d.scenario.endState, serving: int(d.world.DesiredCapacity), blue: d.world.GroupName, balanced: d.world.ListenerARN != "",
	})
	return result, err
}

// margin is how long the load goes on before and after the deployment, in the clock's time.
const margin = 20 * time.Second

// deploymentLimit is how long a demonstration waits for its end, in the clock's time.
const deploymentLimit = 2 * time.Hour

// deploy starts the execution, shows what happens until it ends, and describes the end.
func (d *demonstration) deploy(ctx context.Context, result *summary) error {
	if err := d.house.clock.Sleep(ctx, margin); err != nil {
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
	if err := d.house.clock.Sleep(ctx, margin); err != nil {
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
		changes.mail(d.out, d.house)
		if err := d.load.show(ctx, d.out, changes); err != nil {
			return err
		}
		if ended(changes.states[executionARN].Status) {
			return nil
		}
		if d.house.clock.Now().Sub(changes.since) > deploymentLimit {
			return fmt.Errorf("the execution still runs after %s, in stage %s", deploymentLimit, changes.states[executionARN].Stage)
		}
		if err := d.house.clock.Sleep(ctx, followInterval); err != nil {
			return err
		}
	}
}

func ended(status sfntypes.ExecutionStatus) bool {
	return status != "" && status != sfntypes.ExecutionStatusRunning && status != sfntypes.ExecutionStatusPendingRedrive
}
