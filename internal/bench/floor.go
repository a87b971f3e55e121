package main

import (
	"fmt"
	"time"

	"bluegreen/internal/deploy"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/rehearsal"
)

// parts are the times that AWS takes by itself in one deployment, as the model drew them for that world: no deployment
// can be faster.
type parts struct {
	boot  time.Duration // launch until the application answers and launch hooks are through, of the slowest instance
	check time.Duration // of the last target: from its boot, or from the attachment if that is later, to its first good check
	drain time.Duration // the deregistration delay, as blue's targets showed it
	hooks time.Duration // blue's termination hooks, and its instances' shutting down

	pending time.Duration // the part of boot until the slowest instance runs
}

func (p parts) floor() time.Duration { return p.boot + p.check + p.drain + p.hooks }

// observer notes, at every change of the world, when each part began and ended. It asks nobody but the model.
type observer struct {
	r         *rehearsal.Rehearsal
	blue      string
	green     string
	instances map[string]*instanceTimes
	blueIDs   []string

	attached                     time.Time // green's first target group
	leaving, left, ending, empty time.Time // of blue
}

// instanceTimes are what happened to one instance of green; zero is not yet.
type instanceTimes struct{ launched, running, ready, answers, healthy time.Time }

// observe begins to observe a rehearsal whose blue serves.
func observe(r *rehearsal.Rehearsal) *observer {
	o := &observer{
		r: r, blue: r.World.GroupName, green: deploy.GreenName(r.World.GroupName, 1), instances: make(map[string]*instanceTimes),
	}
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	view, _ := r.AWS.Groups.View(o.blue)
	for _, instance := range view.Instances {
		o.blueIDs = append(o.blueIDs, instance.ID)
	}
	r.AWS.Compute.OnChange(func(*localec2.Instance) { o.look() })
	r.AWS.Balancers.OnChange(o.look)
	r.AWS.Groups.OnChange(func(string) { o.look() })
	return o
}

// look is called with the account's lock held.
func (o *observer) look() {
	now := o.r.AWS.Account.Now()
	if green, ok := o.r.AWS.Groups.View(o.green); ok {
		note(&o.attached, now, len(green.Attachments) > 0)
		for _, member := range green.Instances {
			o.lookAt(now, member.ID, member.State == "InService")
		}
	}
	draining, registered := 0, 0
	for _, id := range o.blueIDs {
		if health, ok := o.r.AWS.Balancers.Health(o.r.World.TargetGroupARN, id); ok {
			registered++
			if health.State == "draining" {
				draining++
			}
		}
	}
	note(&o.leaving, now, draining > 0)
	note(&o.left, now, !o.leaving.IsZero() && registered == 0)
	blue, _ := o.r.AWS.Groups.View(o.blue)
	note(&o.ending, now, blue.Desired == 0 && len(blue.Instances) > 0 && blue.Instances[0].State != "InService")
	note(&o.empty, now, blue.Desired == 0 && len(blue.Instances) == 0)
}

func (o *observer) lookAt(now time.Time, id string, inService bool) {
	times := o.instances[id]
	if times == nil {
		times = &instanceTimes{}
		o.instances[id] = times
	}
	instance, ok := o.r.AWS.Compute.Instance(id)
	if !ok {
		return
	}
	times.launched = instance.LaunchedAt
	note(&times.running, now, instance.State == localec2.Running)
	note(&times.answers, now, instance.Answers())
	note(&times.ready, now, inService)
	health, registered := o.r.AWS.Balancers.Health(o.r.World.TargetGroupARN, id)
	note(&times.healthy, now, registered && health.State == "healthy")
}

// note sets at to now if that is so for the first time.
func note(at *time.Time, now time.Time, isSo bool) {
	if isSo && at.IsZero() {
		*at = now
	}
}

// parts returns what was observed of a deployment that succeeded.
func (o *observer) parts() (parts, error) {
	o.r.AWS.Account.Lock()
	defer o.r.AWS.Account.Unlock()
	if o.empty.IsZero() || o.left.IsZero() || len(o.instances) == 0 {
		return parts{}, fmt.Errorf("blue has not left (%v) or is not empty (%v)", o.left, o.empty)
	}
	p := parts{drain: o.left.Sub(o.leaving), hooks: o.empty.Sub(o.ending)}
	var last time.Time
	for id, times := range o.instances {
		if times.healthy.IsZero() {
			return parts{}, fmt.Errorf("%s was never healthy", id)
		}
		p.pending = max(p.pending, times.running.Sub(times.launched))
		p.boot = max(p.boot, later(times.answers, times.ready).Sub(times.launched))
		if times.healthy.After(last) {
			last = times.healthy
			p.check = times.healthy.Sub(later(times.answers, o.attached))
		}
	}
	return p, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
