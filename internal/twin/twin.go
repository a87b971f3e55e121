// Package twin makes the twin of each load balancer that blue takes traffic from: a balancer of green's own, with the same listeners, rules,
// certificates and settings, which forwards to target groups like blue's. Preflight, making, readiness
// and drift compare the same copies (docs/twin.md).
package twin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/awserror"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// Kind is a kind of load balancer.
type Kind string

// The kinds of which a twin can be made.
const (
	Application Kind = "application"
	Network     Kind = "network"
	Classic     Kind = "classic"
)

// Balancer is a load balancer with all that hangs on it, as AWS describes it.
type Balancer struct {
	Kind    Kind
	ID      string // its ARN; of a Classic one its name
	Name    string
	DNSName string
	ZoneID  string          // of the hosted zone that an alias of it names
	Sources []deploy.Source // what of it a group is attached to: its target groups, or a Classic one itself

	whole whole
}

// whole is a balancer of one of the two APIs.
type whole interface {
	// traits are what a copy has of it, by name, in words. Two balancers are alike where their traits are.
	traits() map[string]string
	// things are what a deployment makes for its twin: originals of balancers and target groups.
	things() []ledger.Made
	state() state
	protected() bool
}

// Reserved is how many capacity units AWS holds ready for a balancer, and for its twin then too; 0: it grows with its requests.
func (b Balancer) Reserved() int {
	if c, ok := b.whole.(*current); ok {
		return int(c.reserved)
	}
	return 0
}

// state is how far a balancer has come.
type state struct {
	waits  string    // why it cannot take traffic yet; empty: it can
	failed string    // why it never will
	until  time.Time // from when on its name is known to be in the DNS; zero: its state says so
}

// Twin is the copy of one of blue's balancers.
type Twin struct {
	Balancer
	Of string // ID of blue's
}

// api is one of the two APIs of Elastic Load Balancing.
type api interface {
	// behind reads the balancers that sources of its type belong to.
	behind(ctx context.Context, sources []deploy.Source) ([]Balancer, error)
	// findings say what rules out a twin of one of them; quotas, what rules out twins of all.
	findings(ctx context.Context, b Balancer, blue deploy.Fleet) ([]string, error)
	quotas(ctx context.Context, balancers []Balancer) ([]string, error)
	// find reads the twin of blue's, as far as it is made and this deployment's; nil: nothing of it is.
	find(ctx context.Context, l *look, blue Balancer) (*Balancer, error)
	// make makes what is missing of it.
	make(ctx context.Context, l *look, blue Balancer, twin *Balancer) error
	// protect has it protected against deletion.
	protect(ctx context.Context, l *look, twin Balancer) error
	// unmake deletes what has these names and is the lineage's.
	unmake(ctx context.Context, l *look, made []ledger.Made) error
}

// Twins reads, makes and removes them in an account.
type Twins struct {
	current currentAPI
	classic classicAPI
	front   front
}

// New is for an account.
func New(cfg aws.Config) Twins {
	return Twins{newCurrent(cfg), newClassic(cfg), newFront(cfg)}
}

func (t Twins) apis() []api { return []api{t.current, t.classic} }

// of is the API that a balancer belongs to.
func (t Twins) of(b Balancer) api {
	if b.Kind == Classic {
		return t.classic
	}
	return t.current
}

// look is one call's work on twins.
type look struct {
	deploy.Deployment
	fence ledger.Fence
	names names
	now   time.Time
	left  int    // writes that it may still make
	logs  string // what the bucket said that refuses logs
}

// writesAtOnce is how many writes one look makes at most, so that a function with 60 s has time for them.
const writesAtOnce = 40

// later is what a look leaves to the next one.
type later string

func (l later) Error() string { return string(l) }

// refusedLogs notes that the bucket took no logs of a twin: nothing was written.
func (l *look) refusedLogs(err error) {
	l.logs = awserror.Text(err)
	l.left++
}

// write is step.Write for as many calls as a look may make.
func write[C, In, Out, Options any](ctx context.Context, l *look, w step.Writes[C], call func(C, context.Context, *In, ...func(*Options)) (*Out, error), in *In) (*Out, error) {
	if l.left == 0 {
		return nil, later("more is to be made than one call can")
	}
	l.left--
	return step.Write(ctx, w, l.fence, call, in)
}

// Read reads the balancers that a fleet takes traffic from, by what it is attached to. Target groups that no balancer uses have none.
func (t Twins) Read(ctx context.Context, sources []deploy.Source) ([]Balancer, error) {
	var all []Balancer
	for _, a := range t.apis() {
		found, err := a.behind(ctx, sources)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Making is what the twins of blue's balancers consist of, by names that follow from blue's and the deployment's number. The record has it
// before Make is called.
func Making(blue []Balancer, d deploy.Deployment) []ledger.Made {
	names := namesOf(blue, d)
	var made []ledger.Made
	for _, b := range blue {
		for _, thing := range b.whole.things() {
			made = append(made, ledger.Made{What: thing.What, Name: names[thing]})
		}
	}
	return made
}

// Made is what a look has come to.
type Made struct {
	Missing string // what is still to be made, in words: look again; empty: everything stands
	// LogsRefused is what AWS said where the bucket takes no logs of a twin: its policy may be on its way, for minutes (aws-facts I3). Empty: it
	// takes them, or it is too early to tell.
	LogsRefused string
}

// Make makes what is missing of the twins of blue's balancers, at a stage. Making again is making once: what an earlier call made is found by
// its name, and is gone on with if it bears the deployment's tag. What has the name and is somebody else's is a fault.
func (t Twins) Make(ctx context.Context, s *step.Step, stage ledger.Stage, blue []Balancer) (Made, error) {
	l := newLook(s, blue, stage)
	var made Made
	for _, b := range blue {
		twin, err := t.of(b).find(ctx, l, b)
		if err == nil {
			err = t.of(b).make(ctx, l, b, twin)
		}
		var missing later
		if errors.As(err, &missing) { // the others are begun all the same: each takes minutes
			made.Missing = cmp.Or(made.Missing, fmt.Sprintf("the twin of load balancer %s: %s", b.Name, string(missing)))
			continue
		}
		if err != nil {
			return made, fmt.Errorf("making the twin of load balancer %s: %w", b.Name, err)
		}
	}
	made.LogsRefused = l.logs
	if l.left < writesAtOnce { // AWS may not show yet what it has done, which would look as if somebody had undone it
		made.Missing = cmp.Or(made.Missing, "what was made a moment ago is to be seen")
	}
	return made, nil
}

func newLook(s *step.Step, blue []Balancer, stages ...ledger.Stage) *look {
	return &look{Deployment: *s.Deployment, fence: s.Holder.At(stages...), names: namesOf(blue, *s.Deployment), now: s.Now(), left: writesAtOnce}
}

// Standing is how the twins stand beside blue's balancers.
type Standing struct {
	Twins []Twin // those that are there, in the order of blue's
	// Waits says what they still need before they can take traffic; empty: they can.
	Waits string
	// Until is from when on the names of Classic ones are known to be in the DNS, which no state says; Make finds them missing until then. Zero:
	// there is none.
	Until time.Time
	// Failed says why one never will; empty: none has failed.
	Failed string
	// Differences are what a twin has otherwise than blue's balancer has it now, a sentence each.
	Differences []string
}

// Ready reports whether the standing twins can take blue's traffic.
func (s Standing) Ready() bool { return s.Waits == "" && s.Failed == "" && len(s.Differences) == 0 }

// Stand reads how the twins of a deployment stand. It writes nothing.
func (t Twins) Stand(ctx context.Context, d deploy.Deployment, blue []Balancer) (Standing, error) {
	var standing Standing
	l := &look{Deployment: d, names: namesOf(blue, d)}
	for _, b := range blue {
		twin, err := t.of(b).find(ctx, l, b)
		var missing later
		if errors.As(err, &missing) {
			standing.wait(b, state{waits: string(missing)})
			continue
		}
		if err != nil {
			return standing, fmt.Errorf("reading the twin of load balancer %s: %w", b.Name, err)
		}
		if twin == nil {
			standing.wait(b, state{waits: "it is not made yet"})
			continue
		}
		standing.Twins = append(standing.Twins, Twin{*twin, b.ID})
		standing.wait(b, twin.whole.state())
		for _, difference := range differences(b, *twin) {
			standing.Differences = append(standing.Differences, fmt.Sprintf("load balancer %s, the twin of %s: %s", twin.Name, b.Name, difference))
		}
	}
	return standing, nil
}

func (s *Standing) wait(b Balancer, is state) {
	if is.failed != "" && s.Failed == "" {
		s.Failed = fmt.Sprintf("the twin of load balancer %s failed: %s", b.Name, is.failed)
	}
	if is.waits != "" && s.Waits == "" {
		s.Waits = fmt.Sprintf("the twin of load balancer %s: %s", b.Name, is.waits)
	}
	if is.until.After(s.Until) {
		s.Until = is.until
	}
}

// Protect has the twins protected against deletion where blue's balancers are, once nothing takes them away any more.
func (t Twins) Protect(ctx context.Context, s *step.Step, blue []Balancer, twins []Twin, stages ...ledger.Stage) error {
	l := newLook(s, blue, stages...)
	for _, twin := range twins {
		at := slices.IndexFunc(blue, func(b Balancer) bool { return b.ID == twin.Of })
		if at < 0 || !blue[at].whole.protected() || twin.whole.protected() {
			continue
		}
		if err := t.of(twin.Balancer).protect(ctx, l, twin.Balancer); err != nil {
			return fmt.Errorf("protecting load balancer %s: %w", twin.Name, err)
		}
	}
	return nil
}

// Unmake deletes what deployments of the lineage have made under these names, balancers before their target groups; their protection is lifted
// first. It reports what is left to the next look, in words; empty: nothing of it is there any more. What somebody else has made under such a
// name stays. The groups have been detached before, and nobody sends requests there any more: it looks at neither.
func (t Twins) Unmake(ctx context.Context, s *step.Step, made []ledger.Made, stages ...ledger.Stage) (left string, err error) {
	l := newLook(s, nil, stages...)
	for _, a := range t.apis() {
		err := a.unmake(ctx, l, made)
		var still later
		if errors.As(err, &still) {
			left = cmp.Or(left, string(still))
			continue
		}
		if err != nil {
			return "", err
		}
	}
	return left, nil
}

// ours is the fault of something that has the name of what is to be made, and that this deployment has not made; nil: it has.
func (l *look) ours(what ledger.What, name string, tags map[string]string) error {
	if tags[deploy.TagExecution] == l.Execution {
		return nil
	}
	return fault.New(fault.Refused, "a %s %s exists already and is not of this deployment (its tag %s is %q): rename or delete it",
		what, name, deploy.TagExecution, tags[deploy.TagExecution])
}

// lineages reports whether a deployment of the lineage has made what bears these tags.
func (l *look) lineages(tags map[string]string) bool {
	return tags[deploy.TagLineage] == l.Lineage && tags[deploy.TagExecution] != ""
}

// unlessGone is the failure of a deletion, unless what was to be deleted has gone by an attempt whose answer was lost: AWS may then also say
// that nobody may delete what has no tag of ours.
func unlessGone(failed error, doing string, gone func() (bool, error)) error {
	if away, err := gone(); err == nil && away {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, failed)
}
