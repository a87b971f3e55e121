package builder

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/faults"
	localssm "bluegreen/internal/localaws/ssm"
)

// Whatever a death has left of a build is ended and removed, in an order: the builder, once it has drained, then its image.
func TestUndo(t *testing.T) {
	const (
		noBuilder = "no builder is shown; it is looked at once more when no call for one can be under way"
		noImage   = "no image of the builder is shown; it is looked at once more when no call for one can be under way"
		ending    = "the builder BUILDER is being ended"
		removing  = "image " + imageName + " is being removed"
		done      = ""
	)
	const others = execution + "-of-before"
	token := deploy.BuilderToken(execution, 2)
	builder := func(w *world) { w.instance(execution, token) }
	image := func(w *world) { w.imageOf(w.builder(), imageName, execution); w.sleep(2 * time.Minute) }
	known := func(w *world) { w.relock(func(lock *ledger.Lock) { lock.Build.Instance = w.builder() }) }
	ended := func(w *world) {
		must(w, w.ec2.TerminateInstances, &ec2.TerminateInstancesInput{InstanceIds: []string{w.builder()}})
		w.sleep(time.Minute)
	}
	late := func(w *world) { w.since = w.clock.Now(); w.sleep(2 * time.Minute) }
	drains := func(how localssm.Behaviour) func(*world) {
		return func(w *world) {
			w.do(func() { w.aws.Commands.SetBehaviour("", how) })
			w.relock(func(lock *ledger.Lock) {
				lock.Deployment.Drain = deploy.DrainPolicy{Command: []string{"leave"}, TimeoutSeconds: 60}
			})
		}
	}
	for name, test := range map[string]struct {
		given []func(*world)
		want  []string // what is waited for, each thing once
		left  []string
	}{
		"nothing was asked for": {
			[]func(*world){func(w *world) { w.relock(func(lock *ledger.Lock) { lock.Build = nil }) }}, []string{done}, nil,
		},
		"a launch that nobody sees":         {nil, []string{noBuilder, done}, nil},
		"nobody sees it, and it is late":    {[]func(*world){late}, []string{done}, nil},
		"a launch that nobody has heard of": {[]func(*world){builder}, []string{ending, noImage, done}, nil},
		"a builder":                         {[]func(*world){builder, known}, []string{ending, noImage, done}, nil},
		"a builder, late":                   {[]func(*world){builder, known, late}, []string{ending, done}, nil},
		"a builder and its image":           {[]func(*world){builder, known, image}, []string{ending, removing, noImage, done}, nil},
		"a builder that others have ended":  {[]func(*world){builder, known, image, ended, late}, []string{removing, done}, nil},
		"a builder that drains": {
			[]func(*world){builder, known, late, drains(localssm.Behaviour{Duration: account.Constant(30 * time.Second)})}, []string{ending, done}, nil,
		},
		"a builder that never drains": {
			[]func(*world){builder, known, late, drains(localssm.Behaviour{Hang: true})}, []string{ending, done}, nil,
		},
		"an image of that name that others made": {
			[]func(*world){builder, known, func(w *world) { w.imageOf(w.builder(), imageName, others) }},
			[]string{ending, noImage, done}, []string{"image " + imageName, "snapshot of " + imageName},
		},
		"a builder that may not be ended": {
			[]func(*world){builder, known, func(w *world) {
				w.fault(faults.Rule{Kind: faults.Deny, Service: "ec2", Operation: "TerminateInstances"})
			}},
			[]string{"UnauthorizedOperation"}, nil,
		},
		"at another stage": {
			[]func(*world){builder, known, func(w *world) { w.relock(func(lock *ledger.Lock) { lock.Stage = ledger.Restoring }) }},
			[]string{string(fault.Conflict)}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, ledger.Removing, &ledger.Building{Attempt: 2}, func(w *world) {
				for _, f := range test.given {
					f(w)
				}
				got := w.undoes()
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if diff := cmp.Diff(test.left, w.left()); diff != "" {
					t.Errorf("left: -want +got:\n%s", diff)
				}
				stands := w.builder() != "" && w.state(w.builder()) == "running"
				if wrong := got[len(got)-1] != done; stands != wrong {
					t.Errorf("the builder runs: %t", stands)
				}
			})
		})
	}
}

// A late call of an earlier attempt may launch an instance after the builder: it ends with it, forward and back.
func TestEveryAttemptsInstanceEnds(t *testing.T) {
	for name, test := range map[string]struct {
		stage ledger.Stage
		end   func(*world) (done bool, err error)
	}{
		"forward": {ledger.Creating, func(w *world) (bool, error) { return w.maker.End(context.Background(), w.step()) }},
		"back": {ledger.Removing, func(w *world) (bool, error) {
			waits, err := w.maker.Undo(context.Background(), w.step(), w.clock.Now().Add(-time.Hour))
			return waits == "", err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, test.stage, &ledger.Building{Attempt: 2}, func(w *world) {
				id := w.instance(execution, deploy.BuilderToken(execution, 2))
				late := w.instance(execution, deploy.BuilderToken(execution, 1))
				others := w.instance(execution+"-of-before", deploy.BuilderToken(execution+"-of-before", 1))
				w.relock(func(lock *ledger.Lock) { lock.Build.Instance = id })
				for range 100 {
					if done, err := test.end(w); done || err != nil {
						break
					}
					w.sleep(5 * time.Second)
				}
				w.sleep(time.Minute)
				if got := w.state(id) + ", " + w.state(late) + ", " + w.state(others); got != "terminated, terminated, running" {
					t.Errorf("they are %s", got)
				}
			})
		})
	}
}

// A drain runs once on a builder, which waits for its end, be that bad, as long as it may take and no longer.
func TestDrain(t *testing.T) {
	half := account.Constant(30 * time.Second)
	for name, test := range map[string]struct {
		command []string
		agent   bool
		how     localssm.Behaviour
		want    string // how long it takes, in half minutes, what is warned of, how many scripts ran
	}{
		"no command":       {nil, true, localssm.Behaviour{}, "at once; 0 ran"},
		"well":             {[]string{"leave"}, true, localssm.Behaviour{Duration: half}, "30s; 1 ran"},
		"badly":            {[]string{"leave"}, true, localssm.Behaviour{Duration: half, Exit: 3}, "30s, drain.command did not succeed on the builder BUILDER (Failed); 1 ran"},
		"never":            {[]string{"leave"}, true, localssm.Behaviour{Hang: true}, "1m0s, drain.command did not succeed on the builder BUILDER (ExecutionTimedOut); 1 ran"},
		"without an agent": {[]string{"leave"}, false, localssm.Behaviour{}, "at once; 0 ran"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, ledger.Creating, &ledger.Building{Attempt: 1}, func(w *world) {
				w.do(func() { w.aws.Commands.SetBehaviour("", test.how) })
				id := w.instance(execution, "a")
				if !test.agent {
					w.do(func() { w.aws.Commands.LoseAgent(id) })
					w.sleep(15 * time.Minute)
				}
				w.relock(func(lock *ledger.Lock) {
					lock.Deployment.Drain = deploy.DrainPolicy{Command: test.command, TimeoutSeconds: 60}
				})
				if got := w.drains(id); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			})
		})
	}
}

// drains calls Drain until it is over, some minutes at most.
func (w *world) drains(id string) string {
	w.Helper()
	began := w.clock.Now()
	for {
		s := w.step()
		over, err := w.maker.Drain(context.Background(), s, id, BeforeImage, ledger.Creating)
		if err != nil || w.clock.Now().Sub(began) > 10*time.Minute {
			w.Fatalf("it is not over: %v", err)
		}
		if !over {
			w.sleep(5 * time.Second)
			continue
		}
		said := w.clock.Now().Sub(began).Truncate(30 * time.Second).String()
		if said == "0s" {
			said = "at once"
		}
		for _, warning := range s.Deployment.Warnings {
			said += ", " + strings.ReplaceAll(warning, id, "BUILDER")
		}
		var runs []localssm.Run
		w.do(func() { runs = w.aws.Commands.Ran(id) })
		for _, run := range runs {
			if !strings.Contains(run.Script, "leave") {
				said += ", of another script"
			}
		}
		return fmt.Sprintf("%s; %d ran", said, len(runs))
	}
}

// builder is the instance of the account; there is one at most.
func (w *world) builder() string {
	w.Helper()
	for _, reservation := range must(w, w.ec2.DescribeInstances, &ec2.DescribeInstancesInput{}).Reservations {
		return aws.ToString(reservation.Instances[0].InstanceId)
	}
	return ""
}

// undoes calls Undo until it is done or goes wrong, for some minutes at most, and says what it waits for, each thing once.
func (w *world) undoes() (waits []string) {
	since := w.since
	if since.IsZero() {
		since = w.clock.Now()
	}
	for range 100 {
		wait, err := w.maker.Undo(context.Background(), w.step(), since)
		if err != nil {
			return append(waits, code(err))
		}
		if id := w.builder(); id != "" {
			wait = strings.ReplaceAll(wait, id, "BUILDER")
		}
		if n := len(waits); n == 0 || waits[n-1] != wait {
			waits = append(waits, wait)
		}
		if wait == "" {
			return waits
		}
		w.sleep(5 * time.Second)
	}
	return waits
}
