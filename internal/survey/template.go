package survey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
)

// resolveTemplate pins every launch template version that the group names to a number. Where the live copy was pinned
// by an earlier deployment, what that one resolved ($Latest, say) is resolved again: a new template version is what a
// new deployment is for. What green is to have otherwise is decided here too.
func (h Surveyor) resolveTemplate(ctx context.Context, group types.AutoScalingGroup, request deploy.Request, record ledger.Record, f *Found) ([]string, error) {
	d := &f.Deployment
	var pins []deploy.Template
	var bases []pinned
	var findings []string
	for place, spec := range fleet.Templates(group) {
		before := record.Template.PinnedAt(place, aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version))
		if place == 0 && d.Action == deploy.ActionDeploy {
			spec, before = origin(spec, before, request.Green, record.Own)
		}
		found, err := h.pin(ctx, spec, before)
		if err != nil {
			return nil, err
		}
		if found.newest != "" && d.Action == deploy.ActionDeploy && (place > 0 || request.Green.TemplateVersion == "") {
			d.Warnings = append(d.Warnings, fmt.Sprintf("the group names version %s of launch template %s, so green runs that too, and the newest version %s "+
				"is not deployed: let the group name $Latest or $Default", found.pin.Version, found.pin.ID, found.newest))
		}
		if found.finding != "" {
			if named := request.Green.TemplateVersion; named != "" && place == 0 {
				found.finding = fmt.Sprintf("green.launch_template_version is %s, and %s", named, found.finding)
			}
			findings = append(findings, found.finding)
			continue
		}
		if alias := ofVersion(found.data).image; place > 0 && d.Action == deploy.ActionDeploy && strings.HasPrefix(alias, aliased) {
			findings = append(findings, fmt.Sprintf("version %s of launch template %s, which an override of its mixed instances policy names, names its image by a parameter (%s), "+
				"and that is supported of the policy's own template only: name the image's id", found.pin.Version, found.pin.ID, alias))
		}
		pins, bases = append(pins, found.pin), append(bases, found)
	}
	if len(findings) > 0 {
		return findings, nil
	}
	ran, err := h.running(ctx, group, pins, request.Green)
	if err != nil {
		return nil, err
	}
	d.Ran, d.Template = deploy.InPlaces(ran), deploy.InPlaces(pins)
	if d.Action != deploy.ActionDeploy { // a rollback launches what was launched before
		return nil, nil
	}
	if len(bases) > 0 {
		f.launches = ofVersion(bases[0].data).image
	}
	return h.decideOwn(ctx, group, bases, request.Green, record, d)
}

// running is what blue's instances run, so that blue, and a rollback, can launch it again: by then $Latest and $Default may stand for
// what replaced it. A template that no instance runs is in the version that blue would launch now.
func (h Surveyor) running(ctx context.Context, group types.AutoScalingGroup, pins []deploy.Template, green deploy.Green) ([]deploy.Template, error) {
	ran := slices.Clone(pins)
	for place, spec := range fleet.Templates(group) {
		named, most := aws.ToString(spec.Version), mostRun(group.Instances, ran[place].ID)
		switch {
		case deploy.IsVersion(named):
			ran[place].Version = named
		case most != "":
			ran[place].Version = most
		case place == 0 && green.TemplateVersion != "": // that is green's
			found, err := h.pin(ctx, spec, nil)
			if err != nil {
				return nil, err
			}
			ran[place].Version = found.pin.Version
		}
	}
	return ran, nil
}

// mostRun is the version of a template that most instances in service run, of several the oldest; empty if none does.
func mostRun(instances []types.Instance, template string) string {
	counts := make(map[int]int)
	for _, instance := range instances {
		if instance.LaunchTemplate == nil || instance.LifecycleState != types.LifecycleStateInService || aws.ToString(instance.LaunchTemplate.LaunchTemplateId) != template {
			continue
		}
		if version, err := strconv.Atoi(aws.ToString(instance.LaunchTemplate.Version)); err == nil {
			counts[version]++
		}
	}
	most := ""
	for _, version := range slices.Sorted(maps.Keys(counts)) {
		if before, _ := strconv.Atoi(most); counts[version] > counts[before] {
			most = strconv.Itoa(version)
		}
	}
	return most
}

// pinned is a launch template's version as it was resolved.
type pinned struct {
	pin     deploy.Template
	data    *ec2types.ResponseLaunchTemplateData
	newest  string // where a number is named and there is a newer one
	finding string
}

// pin resolves a version to its number: what was resolved to the number that is named, if that is known.
func (h Surveyor) pin(ctx context.Context, spec types.LaunchTemplateSpecification, before *deploy.Template) (pinned, error) {
	pin := deploy.Template{ID: aws.ToString(spec.LaunchTemplateId), Specifier: aws.ToString(spec.Version)}
	if pin.Specifier == "" {
		pin.Specifier = "$Default"
	}
	if before != nil {
		pin.Specifier = before.Specifier
	}
	versions, runs := []string{pin.Specifier}, aws.ToString(spec.Version)
	named, err := strconv.ParseInt(pin.Specifier, 10, 64)
	numbered := err == nil
	if numbered {
		versions = append(versions, "$Latest")
	} else if deploy.IsVersion(runs) { // without it AWS refuses any change of the group
		versions = append(versions, runs)
	}
	out, err := h.templates.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{
		LaunchTemplateId: &pin.ID, Versions: versions,
	})
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && (api.ErrorCode() == "InvalidLaunchTemplateId.NotFound" || api.ErrorCode() == "InvalidLaunchTemplateId.VersionNotFound"):
		return pinned{finding: fmt.Sprintf("of its launch template %s version %s does not exist any more: %s; AWS refuses every change of a group that names one: let it name another",
			pin.ID, strings.Join(versions, " or "), strings.TrimSuffix(api.ErrorMessage(), "."))}, nil
	case err != nil:
		return pinned{}, fmt.Errorf("resolving version %s of launch template %s: %w", pin.Specifier, pin.ID, err)
	case len(out.LaunchTemplateVersions) == 0:
		return pinned{finding: fmt.Sprintf("its launch template %s has no version %s", pin.ID, pin.Specifier)}, nil
	}
	latest := int64(0)
	for _, version := range out.LaunchTemplateVersions {
		latest = max(latest, aws.ToInt64(version.VersionNumber))
	}
	if !numbered {
		named = resolved(out.LaunchTemplateVersions, runs)
	}
	pin.Version = strconv.FormatInt(named, 10)
	found := pinned{pin: pin}
	if numbered && latest > named {
		found.newest = strconv.FormatInt(latest, 10)
	}
	for _, version := range out.LaunchTemplateVersions {
		if aws.ToInt64(version.VersionNumber) == named {
			found.data = version.LaunchTemplateData
		}
	}
	return found, nil
}

// resolved is the number that $Latest or $Default stands for, which was asked for together with what the group runs.
func resolved(versions []ec2types.LaunchTemplateVersion, runs string) int64 {
	number, _ := strconv.ParseInt(runs, 10, 64)
	for _, version := range versions {
		if n := aws.ToInt64(version.VersionNumber); strconv.FormatInt(n, 10) != runs {
			return n
		}
	}
	return number
}
