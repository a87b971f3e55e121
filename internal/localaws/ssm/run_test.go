package ssm_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/localaws/account"
	localssm "bluegreen/internal/localaws/ssm"
)

func takes(d time.Duration) localssm.Behaviour {
	return localssm.Behaviour{Duration: account.Constant(d), Output: "done\n"}
}

func TestCommandRunsAndKeepsItsOutput(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() { w.commands.SetBehaviour("", takes(30*time.Second)) })
		command := w.send("systemctl stop worker", []string{id})
		w.sleep(5 * time.Second)
		w.is(command, id, "InProgress", "InProgress", -1)
		w.ends(command, "InProgress", "InProgress")
		w.sleep(30 * time.Second)
		w.is(command, id, "Success", "Success", 0)
		got := w.get(command, id)
		if *got.StandardOutputContent != "done\n" || *got.ExecutionElapsedTime != "PT30S" || *got.ExecutionStartDateTime == "" {
			t.Errorf("output %q after %q, begun %q", *got.StandardOutputContent, *got.ExecutionElapsedTime, *got.ExecutionStartDateTime)
		}
		w.ends(command, "Success", "Success")
	})
}

func TestCommandIsNotFoundRightAfterItWasSent(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		command := w.send("true", []string{id})
		_, err := w.client.GetCommandInvocation(t.Context(), &sdk.GetCommandInvocationInput{CommandId: &command, InstanceId: &id})
		w.refused(err, "InvocationDoesNotExist", "")
		list, err := w.client.ListCommandInvocations(t.Context(), &sdk.ListCommandInvocationsInput{CommandId: &command})
		w.must(err)
		if len(list.CommandInvocations) != 0 {
			t.Errorf("%d invocations are listed at once", len(list.CommandInvocations))
		}
		w.sleep(3 * time.Second)
		w.get(command, id)
	})
}

func TestScriptThatFailsFailsTheCommand(t *testing.T) {
	meet(t, func(w *world) {
		ids := w.online(2)
		w.locked(func() { w.commands.SetBehaviour(ids[0], localssm.Behaviour{Exit: 3, Errors: "no such service\n"}) })
		command := w.send("systemctl stop worker", ids)
		w.sleep(10 * time.Second)
		w.is(command, ids[0], "Failed", "Failed", 3)
		w.is(command, ids[1], "Success", "Success", 0)
		if got := *w.get(command, ids[0]).StandardErrorContent; got != "no such service\nfailed to run commands: exit status 3" {
			t.Errorf("stderr %q", got)
		}
		w.ends(command, "Failed", "Failed")
	})
}

func TestScriptThatHangsTimesOut(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() { w.commands.SetBehaviour(id, localssm.Behaviour{Hang: true}) })
		command := w.send("sleep infinity", []string{id}, within("60"))
		w.sleep(50 * time.Second)
		w.is(command, id, "InProgress", "InProgress", -1)
		w.sleep(20 * time.Second)
		w.is(command, id, "TimedOut", "ExecutionTimedOut", 137)
		w.ends(command, "TimedOut", "ExecutionTimedOut")
	})
}

func TestCancelKillsWhatRuns(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() { w.commands.SetBehaviour(id, localssm.Behaviour{Hang: true}) })
		command := w.send("sleep infinity", []string{id})
		w.sleep(5 * time.Second)
		_, err := w.client.CancelCommand(t.Context(), &sdk.CancelCommandInput{CommandId: &command})
		w.must(err)
		w.is(command, id, "Cancelling", "Cancelling", -1)
		w.ends(command, "Cancelling", "Cancelling")
		w.sleep(10 * time.Second)
		w.is(command, id, "Cancelled", "Cancelled", 137)
		w.ends(command, "Cancelled", "Cancelled")
		_, err = w.client.CancelCommand(t.Context(), &sdk.CancelCommandInput{CommandId: aws.String("00000000-0000-0000-0000-000000000000")})
		w.refused(err, "InvalidCommandId", "")
	})
}

func TestTwoCallsRunTheScriptTwice(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.send("stop", []string{id})
		w.send("stop", []string{id})
		w.sleep(10 * time.Second)
		var runs []localssm.Run
		w.locked(func() { runs = w.commands.Ran(id) })
		if len(runs) != 2 || runs[0].Guarded || runs[1].Guarded {
			t.Errorf("runs: %+v", runs)
		}
	})
}

func TestGuardedScriptWorksOnce(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		b := takes(40 * time.Second)
		b.Exit = 2
		w.locked(func() { w.commands.SetBehaviour("", b) })
		script := "# bluegreen-guard:drain\nstop"
		during := []string{w.send(script, []string{id}), w.send(script, []string{id})}
		w.sleep(20 * time.Second)
		w.is(during[1], id, "InProgress", "InProgress", -1)
		w.sleep(30 * time.Second)
		after := w.send(script, []string{id})
		w.sleep(5 * time.Second)
		for _, command := range append(during, after) {
			w.is(command, id, "Failed", "Failed", 2)
		}
		worked := 0
		var runs []localssm.Run
		w.locked(func() { runs = w.commands.Ran(id) })
		for _, run := range runs {
			if !run.Guarded {
				worked++
			}
		}
		if len(runs) != 3 || worked != 1 {
			t.Errorf("%d of %d runs worked: %+v", worked, len(runs), runs)
		}
	})
}

func TestBehaviourMayDependOnTheDisk(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() {
			w.commands.SetBehaviour("", localssm.Behaviour{Decide: func(script string, disk map[string]string) localssm.Behaviour {
				earlier := disk["last"]
				disk["last"] = script
				return localssm.Behaviour{Output: earlier}
			}})
		})
		w.send("first", []string{id})
		w.sleep(5 * time.Second)
		second := w.send("second", []string{id})
		w.sleep(5 * time.Second)
		if got := *w.get(second, id).StandardOutputContent; got != "first" {
			t.Errorf("the disk held %q", got)
		}
	})
}

func TestErrorsStopWhatWasNotSentYet(t *testing.T) {
	meet(t, func(w *world) {
		ids := w.online(3)
		w.locked(func() { w.commands.SetBehaviour(ids[0], localssm.Behaviour{Exit: 1}) })
		command := w.send("stop", ids, func(in *sdk.SendCommandInput) { in.MaxConcurrency = aws.String("1") })
		w.sleep(20 * time.Second)
		w.is(command, ids[0], "Failed", "Failed", 1)
		w.is(command, ids[1], "Failed", "Terminated", -1)
		w.is(command, ids[2], "Failed", "Terminated", -1)
		w.ends(command, "Failed", "Failed")
		patient := w.send("stop", ids, func(in *sdk.SendCommandInput) {
			in.MaxConcurrency, in.MaxErrors = aws.String("34%"), aws.String("1")
		})
		w.sleep(30 * time.Second)
		w.is(patient, ids[2], "Success", "Success", 0)
		w.ends(patient, "Failed", "Incomplete")
	})
}
