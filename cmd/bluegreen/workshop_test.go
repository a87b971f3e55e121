package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// The instances of a workers' fleet run this very program: here that is the test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == workerProgram {
		os.Exit(run(context.Background(), terminal{out: os.Stdout, err: os.Stderr}, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// inWorkshop puts up a local AWS with a fleet of workers, but no state machine.
func inWorkshop(t *testing.T) (*house, world.World) {
	t.Helper()
	h, err := openHouse(houseOptions{address: "127.0.0.1:0", speed: 60, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	plan := world.DefaultPlan()
	shapeWorkers(&plan)
	h.workshop = must[*workshop](t)(openWorkshop(t.Context(), h, plan))
	return h, must[world.World](t)(world.Seeder{Config: h.config, Clock: h.clock}.Seed(t.Context(), plan))
}

// sendJobs sends n jobs of 30 s and returns their ids.
func sendJobs(t *testing.T, h *house, n int) (ids []string) {
	t.Helper()
	queue := sqs.NewFromConfig(h.config)
	for range n {
		sent := must[*sqs.SendMessageOutput](t)(queue.SendMessage(t.Context(), &sqs.SendMessageInput{
			QueueUrl: &h.workshop.queueURL, MessageBody: aws.String(`{"seconds": 30}`),
		}))
		ids = append(ids, *sent.MessageId)
	}
	return ids
}

// untilJobs waits until the jobs are as wanted.
func untilJobs(t *testing.T, h *house, sent []string, what string, wanted func(jobCounts) bool) jobCounts {
	t.Helper()
	for range 600 {
		counts := must[jobCounts](t)(h.workshop.count(h, sent))
		if wanted(counts) {
			return counts
		}
		if err := h.clock.Sleep(t.Context(), followInterval/3); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("it never came to this: %s", what)
	return jobCounts{}
}

func TestFleetIsInServiceOnceItsWorkersAre(t *testing.T) {
	h, w := inWorkshop(t)
	if n := h.workshop.atWork(h); n != int(w.DesiredCapacity) {
		t.Errorf("%d workers take jobs, want %d", n, w.DesiredCapacity)
	}
}

func TestDrainedWorkerFinishesItsJobAndTakesNoMore(t *testing.T) {
	h, w := inWorkshop(t)
	sent := sendJobs(t, h, 8)
	untilJobs(t, h, sent, "all work", func(c jobCounts) bool { return c.UnderWay == 4 })
	drained := h.plane.Working()[:3]
	commands := ssm.NewFromConfig(h.config)
	request, err := os.ReadFile(filepath.Join("..", "..", "pipeline", "examples", "workers.json"))
	if err != nil {
		t.Fatal(err)
	}
	parsed := must[deploy.Request](t)(deploy.ParseRequest(request))
	parsed.Drain.Hook = drainHook
	var command *ssm.SendCommandOutput
	until(t, h, w.GroupName, "the agents take commands", func(view) bool {
		command, err = commands.SendCommand(t.Context(), &ssm.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: drained,
			Parameters: map[string][]string{"commands": {parsed.Drain.Script("")}, "executionTimeout": {"600"}},
		})
		return err == nil
	})
	for _, id := range drained {
		until(t, h, w.GroupName, "the drain has ended", func(view) bool {
			got, err := commands.GetCommandInvocation(t.Context(), &ssm.GetCommandInvocationInput{CommandId: command.Command.CommandId, InstanceId: &id})
			return err == nil && got.Status == ssmtypes.CommandInvocationStatusSuccess
		})
	}
	if working := h.plane.Working(); len(working) != 1 || h.workshop.atWork(h) != 1 {
		t.Errorf("%v still work, %d of them take jobs; want one", working, h.workshop.atWork(h))
	}
	counts := untilJobs(t, h, sent, "all jobs are done", func(c jobCounts) bool { return c.done() == 8 })
	if want := (jobCounts{Sent: 8, Once: 8}); counts != want {
		t.Errorf("got %+v, want %+v", counts, want)
	}
}

func TestJobOfATerminatedWorkerIsSeenToBeCutShort(t *testing.T) {
	h, _ := inWorkshop(t)
	sent := sendJobs(t, h, 4)
	untilJobs(t, h, sent, "all work", func(c jobCounts) bool { return c.UnderWay == 4 })
	must[*ec2.TerminateInstancesOutput](t)(ec2.NewFromConfig(h.config).TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: h.plane.Working()[:1]}))
	counts := untilJobs(t, h, sent, "the others have done their jobs", func(c jobCounts) bool { return c.done() >= 3 })
	if counts.CutShort != 1 || counts.Again != 0 {
		t.Errorf("got %+v, want one job cut short", counts)
	}
	counts = untilJobs(t, h, sent, "somebody else has done the job", func(c jobCounts) bool { return c.Lost == 0 })
	if want := (jobCounts{Sent: 4, Once: 4, CutShort: 1}); counts != want {
		t.Errorf("got %+v, want %+v", counts, want)
	}
}

// buildFunctions leaves every function in a directory, as make build does.
func buildFunctions(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range statemachine.Deployed() {
		build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-s -w", "-o", filepath.Join(dir, f.Package(), "bootstrap"), "./lambdas/"+f.Package()+"/bootstrap")
		build.Dir = filepath.Join("..", "..")
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build the function of %s: %v\n%s", f.State, err, output)
		}
	}
	return dir
}

// TestWorkersAreReplaced plays the whole demonstration: functions and workers are processes, drains are shells.
func TestWorkersAreReplaced(t *testing.T) {
	out, errText, code := say("demo", "--fleet", "workers", "--speed", "40", "--json", "--functions", buildFunctions(t),
		"--input", filepath.Join("..", "..", "pipeline", "examples", "workers.json"))
	if code != 0 {
		t.Fatalf("code %d\n%s\n%s", code, errText, out)
	}
	var seen summary
	if err := json.Unmarshal([]byte(out), &seen); err != nil {
		t.Fatal(err)
	}
	if j := seen.Jobs; seen.EndState != "Succeeded" || j.Sent < 10 || j.Once != j.Sent || j.CutShort != 0 || seen.LowestServing != 4 {
		t.Errorf("%s, %+v, %d workers at least", seen.EndState, j, seen.LowestServing)
	}
}
