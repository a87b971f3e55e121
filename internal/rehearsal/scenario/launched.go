package scenario

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/localaws/autoscaling"
)

// launched tells what each group launches from and what its instances run, what instances of no group run, and then what deployments have made to launch from.
func (s *Script) launched(context.Context, *datadriven.TestData) (string, error) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	var b strings.Builder
	for _, name := range s.r.AWS.Groups.Names() {
		if view, ok := s.r.AWS.Groups.View(name); ok {
			fmt.Fprintf(&b, "%s: %s; %s\n", name, sourceOf(view), s.running(ids(view)))
		}
	}
	if alone := s.alone(); len(alone) > 0 {
		fmt.Fprintf(&b, "of no group: %s\n", s.running(alone))
	}
	var made []string
	for _, template := range s.r.AWS.Compute.Templates() {
		if template.Tags[deploy.TagExecution] != "" {
			made = append(made, "launch template "+template.Name)
		}
	}
	for name := range s.r.AWS.Groups.Configurations() {
		if name != s.r.World.TemplateName {
			made = append(made, "launch configuration "+name)
		}
	}
	slices.Sort(made)
	fmt.Fprintf(&b, "made: %s\n", cmp.Or(strings.Join(made, ", "), "nothing"))
	return b.String(), nil
}

// noConfigurations has the account make no launch configurations any more.
func (s *Script) noConfigurations(context.Context, *datadriven.TestData) (string, error) {
	s.r.AWS.Account.Lock()
	defer s.r.AWS.Account.Unlock()
	s.r.AWS.Groups.RefuseConfigurations()
	return "", nil
}

func sourceOf(view autoscaling.GroupView) string {
	specs := fleet.Templates(view.Shown)
	if len(specs) == 0 {
		return "launch configuration " + aws.ToString(view.Shown.LaunchConfigurationName)
	}
	var named []string
	for _, spec := range specs {
		named = append(named, fmt.Sprintf("%s version %s", aws.ToString(spec.LaunchTemplateName), cmp.Or(aws.ToString(spec.Version), "not named")))
	}
	return "launch template " + strings.Join(named, ", overrides ")
}

func ids(view autoscaling.GroupView) []string {
	var all []string
	for _, member := range view.Instances {
		all = append(all, member.ID)
	}
	return all
}

// running counts instances by what they run. The seeded images are named as a scenario names them.
func (s *Script) running(ids []string) string {
	runs := make(map[string]int)
	for _, id := range ids {
		i, ok := s.r.AWS.Compute.Instance(id)
		if !ok {
			continue
		}
		data, _ := base64.StdEncoding.DecodeString(i.UserData)
		said := fmt.Sprintf("of %s, %s, %q", s.imageName(i.ImageID), i.InstanceType, data)
		if version := s.r.AWS.Commands.Disk(i.ID)[versionFile]; version != "" {
			said += ", version " + version
		}
		runs[said]++
	}
	return orNone(runs)
}
