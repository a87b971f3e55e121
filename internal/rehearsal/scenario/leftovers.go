package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/autoscaling"
	localec2 "bluegreen/internal/localaws/ec2"
)

// thing is something that costs or is in the way when nobody needs it any more.
type thing struct {
	id   string
	said string
	used bool // a group needs it
}

// leftovers tells what stands besides groups and what they need, and did not when the world began: instances of no group, images,
// snapshots, launch templates and their versions, launch configurations, target groups, listeners, alarms. It goes by what is there,
// not by tags: what lacks its tags is left all the same. What a person has made by call shows, too.
func (s *Script) leftovers(context.Context, *datadriven.TestData) (string, error) {
	var left []string
	for _, thing := range s.things() {
		if !thing.used && !s.seeded[thing.id] {
			left = append(left, thing.said)
		}
	}
	if left == nil {
		return "nothing\n", nil
	}
	slices.Sort(left)
	return strings.Join(left, "\n") + "\n", nil
}

// things are all that leftovers looks at.
func (s *Script) things() []thing {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	groups := s.groups()
	return slices.Concat(s.instances(groups), s.disks(), s.launchSources(groups), s.traffic(groups), s.alarms(groups))
}

// groups are all groups, those being deleted too. The account's lock is held.
func (s *Script) groups() []autoscaling.GroupView {
	var groups []autoscaling.GroupView
	for _, name := range s.r.AWS.Groups.Names() {
		if view, ok := s.r.AWS.Groups.View(name); ok {
			groups = append(groups, view)
		}
	}
	return groups
}

func (s *Script) instances(groups []autoscaling.GroupView) []thing {
	members := make(map[string]bool)
	for _, group := range groups {
		for _, member := range slices.Concat(group.Instances, group.Warm) {
			members[member.ID] = true
		}
	}
	var all []thing
	for _, i := range s.r.AWS.Compute.Instances() {
		if i.State != localec2.ShuttingDown && i.State != localec2.Terminated {
			all = append(all, thing{i.ID, fmt.Sprintf("instance of %s, %s", s.imageName(i.ImageID), i.State), members[i.ID]})
		}
	}
	return all
}

// imageName is an image as a scenario names it: the seeded ones by their words, others by their names.
func (s *Script) imageName(id string) string {
	switch id {
	case s.r.World.BlueImage:
		return "IMAGE"
	case s.r.World.GreenImage:
		return "GREEN_IMAGE"
	}
	for _, image := range s.r.AWS.Compute.Images() {
		if image.ID == id {
			return image.Name
		}
	}
	return id
}

// disks are images and snapshots. An image stays when a group launches from it: what removes it is a rule, and its report says so.
func (s *Script) disks() []thing {
	var all []thing
	for _, image := range s.r.AWS.Compute.Images() {
		all = append(all, thing{id: image.ID, said: fmt.Sprintf("image %s, %s", image.Name, image.State)})
	}
	for _, snapshot := range s.r.AWS.Compute.Snapshots() {
		all = append(all, thing{id: snapshot.ID, said: "snapshot of image " + snapshot.Image})
	}
	return all
}

// launchSources are launch templates, their versions and launch configurations. A template of which a group uses a version is used, and
// so is that version.
func (s *Script) launchSources(groups []autoscaling.GroupView) []thing {
	used := make(map[string]bool)
	for _, group := range groups {
		for _, spec := range s.r.AWS.Groups.Templates(group.Name) {
			used[*spec.LaunchTemplateId], used[*spec.LaunchTemplateId+" "+*spec.Version] = true, true
		}
		used[aws.ToString(group.Shown.LaunchConfigurationName)] = true
	}
	var all []thing
	for _, template := range s.r.AWS.Compute.Templates() {
		all = append(all, thing{template.ID, "launch template " + template.Name, used[template.ID]})
		for _, number := range template.Versions {
			id := fmt.Sprintf("%s %d", template.ID, number)
			said := fmt.Sprintf("launch template %s version %d", template.Name, number)
			all = append(all, thing{id, said, used[id] || !s.seeded[template.ID]})
		}
	}
	for name := range s.r.AWS.Groups.Configurations() {
		all = append(all, thing{name, "launch configuration " + name, used[name]})
	}
	return all
}

// traffic is what sends requests: target groups, and listeners, which stand for their load balancers.
func (s *Script) traffic(groups []autoscaling.GroupView) []thing {
	attached := make(map[string]bool)
	for _, group := range groups {
		for _, attachment := range group.Attachments {
			attached[attachment.TargetGroupARN] = true
		}
	}
	var all []thing
	for _, group := range s.r.AWS.Balancers.TargetGroups() {
		all = append(all, thing{group.ARN, "target group " + group.Name, attached[group.ARN]})
	}
	for _, listener := range s.r.AWS.Balancers.Listeners() {
		used := false
		for _, rule := range s.r.AWS.Balancers.Route(listener.ARN).Rules {
			for _, to := range rule.Groups {
				used = used || attached[to.ARN]
			}
		}
		all = append(all, thing{listener.ARN, fmt.Sprintf("listener %s:%d", listener.LoadBalancerName, listener.Port), used})
	}
	return all
}

// alarms are used that act on a policy of a group, or look at one.
func (s *Script) alarms(groups []autoscaling.GroupView) []thing {
	needed := make(map[string]bool)
	for _, group := range groups {
		needed[group.Name] = true
		for _, policy := range s.r.AWS.Groups.Policies(group.Name) {
			needed[*policy.PolicyARN] = true
		}
	}
	alarms, _ := s.r.AWS.Alarms.Metric()
	var all []thing
	for _, alarm := range alarms {
		used := slices.ContainsFunc(actionsOf(alarm), func(action string) bool { return needed[action] })
		for _, d := range alarm.Dimensions {
			used = used || needed[aws.ToString(d.Value)]
		}
		all = append(all, thing{"alarm " + *alarm.AlarmName, "alarm " + *alarm.AlarmName, used})
	}
	return all
}
