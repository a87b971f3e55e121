package invariant

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	localec2 "bluegreen/internal/localaws/ec2"
)

// Where a group stays its instances are replaced: what is launched for it bears the deployment's tags and the record has each launch before,
// its owner's template gets one version, and previous instances end one by one, after the point of no return.

// stays reports whether the deployment under way replaces the instances of a group that stays.
func stays(record ledger.Record) bool {
	return record.Lock != nil && record.Lock.InPlace != nil && record.Lock.Deployment.Green == record.Lock.Deployment.Blue
}

// place holds a write of a deployment in place against promise 5; known is false for one that is not one.
func (o *ownership) place(a *apiCall, record ledger.Record) (known bool) {
	if !stays(record) || record.Lock.Execution != a.execution {
		return o.w.fence.late(a, record) && o.tookAway(a)
	}
	switch input := a.input.(type) {
	case *ec2.CreateLaunchTemplateVersionInput:
		o.addsVersion(a, record.Lock, input)
	case *ec2.DeleteLaunchTemplateVersionsInput:
		for _, number := range input.Versions {
			if made := o.versionsMade[aws.ToString(input.LaunchTemplateId)+" "+number]; made != record.Lock.Deployment.Execution {
				o.breaks("%s deletes version %s, which this deployment has not made", a, number)
			}
		}
	case *ec2.RunInstancesInput:
		o.placing(a, record, input)
	case *autoscaling.AttachInstancesInput:
		for _, id := range input.InstanceIds {
			if i, _ := o.w.r.AWS.Compute.Instance(id); i == nil || i.Tags[deploy.TagExecution] != record.Lock.Deployment.Execution {
				o.breaks("%s has %s join, which this deployment has not launched", a, id)
			}
			if !slices.Contains(record.Lock.InPlace.Joined, id) {
				o.breaks("%s has %s join before the record says so", a, id)
			}
		}
		o.allowed(a, aws.ToString(input.AutoScalingGroupName), right{blue: true, recorded: true}, record)
	case *ec2.TerminateInstancesInput:
		for _, id := range input.InstanceIds {
			if i, exists := o.w.r.AWS.Compute.Instance(id); exists && (!o.w.unjoined(id) || i.Tags[deploy.TagExecution] != record.Lock.Deployment.Execution) {
				o.breaks("%s ends %s, which this deployment has not launched, or which is a member", a, id)
			}
		}
	case *autoscaling.TerminateInstanceInAutoScalingGroupInput:
		if !slices.Contains(record.Lock.InPlace.Ended, aws.ToString(input.InstanceId)) {
			o.breaks("%s ends %s before the record says so", a, aws.ToString(input.InstanceId))
		}
	default:
		return false
	}
	return true
}

// tookAway reports whether a late write, which promise 6 excuses, takes away versions that a deployment has made, and nothing else: a number
// is never used twice.
func (o *ownership) tookAway(a *apiCall) bool {
	input, ok := a.input.(*ec2.DeleteLaunchTemplateVersionsInput)
	return ok && !slices.ContainsFunc(input.Versions, func(number string) bool {
		return o.versionsMade[aws.ToString(input.LaunchTemplateId)+" "+number] == ""
	})
}

// addsVersion checks that a version is made of blue's own template, while blue names a number, and that nothing but the image is otherwise.
func (o *ownership) addsVersion(a *apiCall, lock *ledger.Lock, input *ec2.CreateLaunchTemplateVersionInput) {
	view, exists := o.w.r.AWS.Groups.View(lock.Deployment.Blue)
	if !exists {
		return
	}
	named := templatesOf(view.Shown)
	if len(named) != 1 || aws.ToString(named[0].LaunchTemplateId) != aws.ToString(input.LaunchTemplateId) {
		o.breaks("%s makes a version of %s, which blue does not launch from", a, aws.ToString(input.LaunchTemplateId))
		return
	}
	if !deploy.IsVersion(aws.ToString(named[0].Version)) {
		o.breaks("%s makes a version while blue %s names %q: it would launch that before anybody has tried it", a, view.Name, aws.ToString(named[0].Version))
	}
}

// newServe notes that an instance of the new image serves in the group that stays: from then on the group may launch it.
func (o *ownership) newServe(s snapshot) {
	record := o.w.r.Record()
	if !stays(record) || o.served == record.Lock.Deployment.Execution {
		return
	}
	for id := range o.w.serving(s).fleet {
		if i, exists := o.w.r.AWS.Compute.Instance(id); exists && i.ImageID == record.Lock.Deployment.Own.ImageID {
			o.served = record.Lock.Deployment.Execution
		}
	}
}

// placing checks a launch for a group that stays.
func (o *ownership) placing(a *apiCall, record ledger.Record, input *ec2.RunInstancesInput) {
	o.taggedAll(a, "an instance", input.TagSpecifications, record, types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface)
	lock, named := record.Lock, false
	for n, launch := range lock.InPlace.Launches {
		named = named || aws.ToString(input.ClientToken) == lock.Deployment.LaunchToken(n) && aws.ToInt32(input.MaxCount) == int32(launch.Count)
	}
	if !named {
		o.breaks("%s launches instances before the record has them", a)
	}
	if input.LaunchTemplate == nil || aws.ToString(input.LaunchTemplate.Version) != lock.InPlace.Version {
		o.breaks("%s launches from something else than the version that was made", a)
	}
}

// unjoined reports whether an instance was launched for a group that stays, and is a member of none.
func (w *Watcher) unjoined(id string) bool {
	i, exists := w.r.AWS.Compute.Instance(id)
	return exists && i.Tags[deploy.TagInPlace] == w.r.World.GroupName && i.Tags["aws:autoscaling:groupName"] == ""
}

// done notes which versions functions have made of launch templates.
func (o *ownership) done(a *apiCall, _ before) {
	input, ok := a.input.(*ec2.CreateLaunchTemplateVersionInput)
	if !ok || !a.deployment() {
		return
	}
	id := aws.ToString(input.LaunchTemplateId)
	version, err := o.w.r.AWS.Compute.Template(id, "$Latest")
	if lock := o.w.r.Record().Lock; err == nil && lock != nil {
		if key := id + " " + strconv.FormatInt(version.Number, 10); o.versionsMade[key] == "" {
			o.versionsMade[key] = lock.Deployment.Execution
		}
	}
}

// ends holds the end of a member by name against promise 3: only previous instances, by the function that ends them, once the deployment is
// committed, and without another in their place.
func (g *grace) ends(a *apiCall, input *autoscaling.TerminateInstanceInAutoScalingGroupInput) {
	record := g.w.r.Record()
	i, exists := g.w.r.AWS.Compute.Instance(aws.ToString(input.InstanceId))
	switch {
	case !stays(record) || record.Lock.Stage != ledger.Committed:
		if !g.w.fence.late(a, record) {
			g.breaks("%s: instances end by their group being scaled in, or not at all", a)
		}
	case !aws.ToBool(input.ShouldDecrementDesiredCapacity):
		g.breaks("%s without a decrement: another would be launched in its place", a)
	case len(input.InstanceIds) > 0 || exists && i.ImageID == record.Lock.Deployment.Own.ImageID:
		g.breaks("%s ends %s, which runs the new image", a, aws.ToString(input.InstanceId))
	}
}

// stayed reports whether the latest deployment that the record knows replaced the instances of this group, which stayed.
func (v *verdict) stayed(name string) bool {
	if len(v.record.Outcomes) == 0 {
		return false
	}
	latest := v.record.Outcomes[0]
	return latest.Green == name && latest.Blue == name && latest.End == deploy.EndSucceeded
}

// desired is a live group's desired capacity: as it is, and what others want of it, which is all that deployments have not changed of it.
type desired struct{ now, wanted int }

func (d *desired) look(now int, by *apiCall) {
	if !by.deployment() {
		d.wanted += now - d.now
	}
	d.now = now
}

// sized checks that a group which stayed, whichever way its deployment went, has the desired capacity that others want.
func (v *verdict) sized(view localasg.GroupView) {
	if len(v.record.Outcomes) == 0 || v.record.Outcomes[0].Green != view.Name || v.record.Outcomes[0].Blue != view.Name {
		return
	}
	v.check(view.Desired == v.endStates.staying.wanted, "%s has a desired capacity of %d, and people want %d", view.Name, view.Desired, v.endStates.staying.wanted)
}

// replaced checks what a group that stayed launches by now: the new image and nothing else, by its own template, by $Latest where people
// named that, and else by a number. It returns what is wanted of the group with that.
func (v *verdict) replaced(want traits, view localasg.GroupView) traits {
	image := v.endStates.asked(v.record.Outcomes[0].Execution).ImageID
	named := templatesOf(view.Shown)
	if len(named) != 1 {
		return want
	}
	was, version := v.endStates.templates, aws.ToString(named[0].Version)
	if v.endStates.versioned && version == "$Latest" {
		return want // it launches by now what others have added
	}
	if len(was) == 1 {
		v.check(aws.ToString(named[0].LaunchTemplateId) == aws.ToString(was[0].LaunchTemplateId), "%s launches from another template", view.Name)
		floats := aws.ToString(was[0].Version) == "$Latest"
		v.check(floats == (version == "$Latest") && (floats || deploy.IsVersion(version)), "%s names version %s of its template, and named %s", view.Name, version, aws.ToString(was[0].Version))
	}
	if image != "" {
		v.check(slices.Equal(v.launchesImages(view.Name), []string{image}), "%s launches %v, not %s", view.Name, v.launchesImages(view.Name), image)
	}
	v.launches(view, v.record.Outcomes[0])
	now := traitsOf(view)
	want["LaunchTemplate"] = now["LaunchTemplate"]
	return want
}

// leftInPlace checks that nothing is left of deployments in place that went back, nor of any that has ended what is no member.
func (v *verdict) leftInPlace() {
	for _, i := range v.r.AWS.Compute.Instances() {
		v.check(!v.unjoined(i.ID) || i.State == localec2.Terminated || i.State == localec2.ShuttingDown, "%s is left, which joined no group", i.ID)
	}
	for made, execution := range v.ownership.versionsMade {
		outcome, ended := v.record.Ended(execution)
		if !ended || outcome.End != deploy.EndRolledBack {
			continue
		}
		for _, template := range v.r.AWS.Compute.Templates() {
			for _, number := range template.Versions {
				v.check(template.ID+" "+strconv.FormatInt(number, 10) != made, "version %d of launch template %s is left", number, template.Name)
			}
		}
	}
}

// runsAlready reports whether an execution of the machine that replaces in place had nothing to replace: all instances of the live group run
// the image that is asked for, and it launches that and nothing else.
func (v *verdict) runsAlready(input string) bool {
	request, err := deploy.ParseRequest(json.RawMessage(input))
	view, exists := v.r.AWS.Groups.View(v.record.Live)
	if err != nil || !exists || (deploy.Execution{ID: v.arn}).Machine() != deploy.InPlace {
		return false
	}
	for _, member := range view.Instances {
		if i, ok := v.r.AWS.Compute.Instance(member.ID); ok && i.ImageID != request.Green.ImageID {
			return false
		}
	}
	return slices.Equal(v.launchesImages(view.Name), []string{request.Green.ImageID})
}
