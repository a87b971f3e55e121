package dataplane_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/localaws/dataplane"
	localec2 "bluegreen/internal/localaws/ec2"
)

// program has every instance run a script as its program.
func (f *fixture) program(script string) {
	f.plane.SetProgram(dataplane.Program{Name: "worker", Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"JOB=order"}})
}

// read is the text of a file on an instance's disk; empty while there is none.
func (f *fixture) read(id, name string) string {
	f.t.Helper()
	folder, err := f.plane.Folder(id)
	f.must(err)
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		f.t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func TestProgramRunsFromBootToEnd(t *testing.T) {
	f := newFixture(t)
	f.program("echo $INSTANCE_ID has an $JOB; sleep 600 & echo $! > child; wait")
	id := f.launchAnswering(1)[0]
	f.until("the program has begun", func() bool { return f.read(id, "child") != "" })
	if got, want := f.read(id, "worker.log"), id+" has an order"; got != want {
		t.Errorf("it wrote %q, want %q", got, want)
	}
	if working := f.plane.Working(); !slices.Equal(working, []string{id}) {
		t.Errorf("it runs on %v", working)
	}
	var processes []int
	for _, file := range []string{"worker.pid", "child"} {
		pid, err := strconv.Atoi(f.read(id, file))
		f.must(err)
		processes = append(processes, pid)
	}
	folder, err := f.plane.Folder(id)
	f.must(err)
	f.change(func(c *localec2.Compute) { c.Terminate(id) })
	f.until("its processes and its folder are gone", func() bool {
		_, err := os.Stat(folder)
		return errors.Is(err, os.ErrNotExist) && !slices.ContainsFunc(processes, runs)
	})
	if working := f.plane.Working(); len(working) > 0 {
		t.Errorf("it still runs on %v", working)
	}
}

// runs reports whether a process is there and has not ended.
func runs(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(status), ") Z ")
}

func TestProgramThatEndsIsNotStartedAgain(t *testing.T) {
	f := newFixture(t)
	f.program("echo begun >> begun; until [ -e stop ]; do sleep 0.01; done")
	id := f.launchAnswering(1)[0]
	f.until("the program has begun", func() bool { return f.read(id, "begun") != "" })
	folder, err := f.plane.Folder(id)
	f.must(err)
	f.must(os.WriteFile(filepath.Join(folder, "stop"), nil, 0o600))
	f.until("the program has ended", func() bool { return len(f.plane.Working()) == 0 })
	if pid := f.read(id, "worker.pid"); pid != "" {
		t.Errorf("worker.pid is still there: %s", pid)
	}
	f.change(func(c *localec2.Compute) { c.Sicken(id); c.Heal(id) })
	if working, begun := f.plane.Working(), f.read(id, "begun"); len(working) > 0 || begun != "begun" {
		t.Errorf("it runs on %v, and began: %q", working, begun)
	}
}

func TestProgramThatCannotStartSaysWhy(t *testing.T) {
	f := newFixture(t)
	f.plane.SetProgram(dataplane.Program{Name: "worker", Path: "/no/such/program"})
	id := f.launchAnswering(1)[0]
	if log, pid := f.read(id, "worker.log"), f.read(id, "worker.pid"); !strings.Contains(log, "no such file") || pid != "" || len(f.plane.Working()) > 0 {
		t.Errorf("log %q, pid %q", log, pid)
	}
}

// A builder of a fleet of workers takes no jobs unless its user data starts a worker.
func TestAnInstanceOfNoGroupRunsTheProgramByItsUserData(t *testing.T) {
	f := newFixture(t)
	f.program("sleep 600")
	idle := f.builder(f.image)
	out, err := f.ec2.RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: &f.image, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), UserData: aws.String("IyEvYmluL3NoCg=="),
	})
	f.must(err)
	busy := *out.Instances[0].InstanceId
	f.until("the other works", func() bool { return slices.Contains(f.plane.Working(), busy) })
	if slices.Contains(f.plane.Working(), idle) {
		t.Error("the one without user data works, too")
	}
}
