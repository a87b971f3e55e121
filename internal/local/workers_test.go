package local

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/spf13/pflag"

	"bluegreen/internal/deploy"
	"bluegreen/internal/jobs"
	"bluegreen/internal/localaws/world"
)

// The instances of a workers' fleet run this very program: here that is the test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == jobs.Program {
		os.Exit(work(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// work runs a worker and returns the exit code.
func work(args []string) int {
	var options jobs.Options
	flags := pflag.NewFlagSet(jobs.Program, pflag.ContinueOnError)
	options.Flags(flags)
	err := flags.Parse(args)
	if err == nil {
		err = jobs.NewWorker(Config(options.Endpoint, options.Region), options, os.Getenv("INSTANCE_ID"), os.Stdout).Run(context.Background())
	}
	if err != nil {
		return 1
	}
	return 0
}

// withWorkers puts up a local AWS with a fleet of workers, but no state machine.
func withWorkers(t *testing.T) *Environment {
	t.Helper()
	e, plan := open(t, 60), world.DefaultPlan()
	shapeWorkers(&plan)
	e.Workers = must[*Workers](t)(openWorkers(t.Context(), e, plan))
	e.World = must[world.World](t)(world.Seeder{Config: e.Config, Clock: e.Clock}.Seed(t.Context(), plan))
	return e
}

// sendJobs sends n jobs of 30 s and returns their ids.
func sendJobs(t *testing.T, e *Environment, n int) (ids []string) {
	t.Helper()
	for range n {
		ids = append(ids, must[string](t)(e.Workers.Queue.Send(t.Context(), 30*time.Second)))
	}
	return ids
}

// untilJobs waits until the jobs are as wanted.
func untilJobs(t *testing.T, e *Environment, sent []string, what string, wanted func(jobs.Counts) bool) jobs.Counts {
	t.Helper()
	var counts jobs.Counts
	until(t, e, what, func() bool {
		counts = must[jobs.Counts](t)(e.Workers.Count(sent))
		return wanted(counts)
	})
	return counts
}

// until looks every second of the clock, until it is as wanted.
func until(t *testing.T, e *Environment, what string, wanted func() bool) {
	t.Helper()
	for range 600 {
		if wanted() {
			return
		}
		if err := e.Clock.Sleep(t.Context(), time.Second); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("it never came to this: %s", what)
}

func TestFleetIsInServiceOnceItsWorkersAre(t *testing.T) {
	e := withWorkers(t)
	if n := e.Workers.AtWork(); n != int(e.World.DesiredCapacity) {
		t.Errorf("%d workers take jobs, want %d", n, e.World.DesiredCapacity)
	}
}

func TestDrainedWorkerFinishesItsJobAndTakesNoMore(t *testing.T) {
	e := withWorkers(t)
	sent := sendJobs(t, e, 8)
	untilJobs(t, e, sent, "all work", func(c jobs.Counts) bool { return c.UnderWay == 4 })
	drained := e.Plane.Working()[:3]
	commands := ssm.NewFromConfig(e.Config)
	request, err := os.ReadFile(filepath.Join("..", "..", "pipeline", "examples", "workers.json"))
	if err != nil {
		t.Fatal(err)
	}
	parsed := must[deploy.Request](t)(deploy.ParseRequest(request))
	parsed.Drain.Hook = drainHook
	var command *ssm.SendCommandOutput
	until(t, e, "the agents take commands", func() bool {
		command, err = commands.SendCommand(t.Context(), &ssm.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: drained,
			Parameters: map[string][]string{"commands": {parsed.Drain.Script("")}, "executionTimeout": {"600"}},
		})
		return err == nil
	})
	for _, id := range drained {
		until(t, e, "the drain has ended", func() bool {
			got, err := commands.GetCommandInvocation(t.Context(), &ssm.GetCommandInvocationInput{CommandId: command.Command.CommandId, InstanceId: &id})
			return err == nil && got.Status == ssmtypes.CommandInvocationStatusSuccess
		})
	}
	if working := e.Plane.Working(); len(working) != 1 || e.Workers.AtWork() != 1 {
		t.Errorf("%v still work, %d of them take jobs; want one", working, e.Workers.AtWork())
	}
	counts := untilJobs(t, e, sent, "all jobs are done", func(c jobs.Counts) bool { return c.Done() == 8 })
	if want := (jobs.Counts{Sent: 8, Once: 8}); counts != want {
		t.Errorf("got %+v, want %+v", counts, want)
	}
}

func TestJobOfATerminatedWorkerIsSeenToBeCutShort(t *testing.T) {
	e := withWorkers(t)
	sent := sendJobs(t, e, 4)
	untilJobs(t, e, sent, "all work", func(c jobs.Counts) bool { return c.UnderWay == 4 })
	must[*ec2.TerminateInstancesOutput](t)(ec2.NewFromConfig(e.Config).TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: e.Plane.Working()[:1]}))
	counts := untilJobs(t, e, sent, "the others have done their jobs", func(c jobs.Counts) bool { return c.Done() >= 3 })
	if counts.CutShort != 1 || counts.Again != 0 {
		t.Errorf("got %+v, want one job cut short", counts)
	}
	counts = untilJobs(t, e, sent, "somebody else has done the job", func(c jobs.Counts) bool { return c.Lost == 0 })
	if want := (jobs.Counts{Sent: 4, Once: 4, CutShort: 1}); counts != want {
		t.Errorf("got %+v, want %+v", counts, want)
	}
}
