package invariant

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	localasg "bluegreen/internal/localaws/autoscaling"
)

// unseen are the minimums and maximums that others have set, by group and trait. Descriptions lag, and an update of a group
// knows no condition: what is set after the last description that a function was shown, and within its lag before that,
// is overwritten by what the function writes, and nobody can know of it. What it was shown must be heeded.
type unseen struct {
	changes map[string]map[string]change
	shown   map[string]traits // what each invocation was shown last, by its access key and group
	desired map[string]int    // and the desired capacity
}

// change is what others made of a trait.
type change struct {
	before string // as others had wanted it
	at     time.Time
}

func newUnseen() unseen {
	return unseen{changes: make(map[string]map[string]change), shown: make(map[string]traits), desired: make(map[string]int)}
}

// longestLag is longer than any description lags.
const longestLag = 5 * time.Second

// set notes that others have set a trait now.
func (u *unseen) set(now time.Time, group, trait, before string) {
	if trait != traitMin && trait != traitMax {
		return
	}
	if u.changes[group] == nil {
		u.changes[group] = make(map[string]change)
	}
	if earlier, known := u.changes[group][trait]; known && now.Sub(earlier.at) < longestLag {
		before = earlier.before
	}
	u.changes[group][trait] = change{before, now}
}

// describes takes in what a description shows a function.
func (u *unseen) describes(w *Watcher, a *apiCall) {
	input, ok := a.input.(*autoscaling.DescribeAutoScalingGroupsInput)
	if !ok {
		return
	}
	for _, name := range input.AutoScalingGroupNames {
		group, _ := w.r.AWS.Groups.Described(name)
		key := a.caller + name
		if _, decided := u.desired[key]; decided && w.capacity.committed(name) {
			continue // what it sees after its commit comes too late
		}
		u.shown[key] = traits{
			traitMin: strconv.Itoa(int(aws.ToInt32(group.MinSize))),
			traitMax: strconv.Itoa(int(aws.ToInt32(group.MaxSize))),
		}
		u.desired[key] = int(aws.ToInt32(group.DesiredCapacity))
	}
}

// overwritten expects nothing any more of what a function has overwritten and could not know of, given what was before. One
// that was shown nothing has not looked.
func (e *endStates) overwritten(a *apiCall, was localasg.GroupView) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	if !ok {
		return
	}
	name := aws.ToString(input.AutoScalingGroupName)
	expected := e.expected[name]
	if expected == nil {
		expected = e.onGreen[name]
	}
	for _, size := range []struct {
		trait   string
		written *int32
		was     int
	}{{traitMin, input.MinSize, was.Min}, {traitMax, input.MaxSize, was.Max}} {
		changed, known := e.unseen.changes[name][size.trait]
		shown := e.unseen.shown[a.caller+name][size.trait]
		was := strconv.Itoa(size.was)
		if size.written == nil || !known {
			continue
		}
		delete(e.unseen.changes[name], size.trait) // what stands from here on is the function's
		if shown == "" || shown == was || expected[size.trait] != was {
			continue
		}
		if changed.before == "" {
			delete(expected, size.trait)
			continue
		}
		expected[size.trait] = changed.before
	}
}

// roomMade takes in that a function raises the maximum of a fleet that a rollback brings back, to just what the fleet that
// serves wants: its own maximum may be too small for that.
func (e *endStates) roomMade(a *apiCall) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	if !ok || input.MaxSize == nil {
		return
	}
	name, most := aws.ToString(input.AutoScalingGroupName), int(*input.MaxSize)
	delete(e.room, name)
	lock := e.w.r.Record().Lock
	if lock == nil || !lock.Deployment.Revives || lock.Deployment.Green != name {
		return
	}
	described, _ := e.w.r.AWS.Groups.Described(lock.Deployment.Blue)
	now, _ := e.w.r.AWS.Groups.View(lock.Deployment.Blue)
	if own, err := strconv.Atoi(e.expected[name][traitMax]); err == nil && most > own && most <= max(now.Desired, int(aws.ToInt32(described.DesiredCapacity))) {
		e.room[name] = strconv.Itoa(most)
	}
}
