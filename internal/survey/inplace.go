package survey

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/inplace"
	"bluegreen/internal/ledger"
)

// leftTo refuses to take over what an execution of another machine has left.
func leftTo(call deploy.Call, record ledger.Record, route deploy.Route) error {
	if route != deploy.RouteTakeOver {
		return nil
	}
	if by := record.Lock.Deployment.Strategy.By(); by != call.Execution.Machine() {
		return fault.New(fault.Conflict, `%s has ended and left its work, which only the state machine %s finishes or undoes: start that with "action": "recover"`,
			record.Lock.Execution, call.Execution.Other(by))
	}
	return nil
}

// belongs refuses a request that another machine than the execution's carries out.
func belongs(call deploy.Call, request deploy.Request) error {
	machine := call.Execution.Machine()
	_, _, action := deploy.Asked(call.Execution.Input)
	switch by := request.Strategy.By(); {
	case request.Action == deploy.ActionRecover:
		return nil
	case action == deploy.ActionPlan && machine == deploy.InPlace:
		return fault.New(fault.BadRequest, `$.action: a deployment in place does not do that yet: action "plan"`)
	case request.Strategy == "" && machine != by:
		return fault.New(fault.BadRequest, "$.traffic.strategy is missing: this state machine replaces the instances of a group that stays (%s); all else is done by %s", deploy.StrategiesBy(machine), call.Execution.Other(by))
	case machine != by:
		return fault.New(fault.BadRequest, "$.traffic.strategy %q is carried out by the state machine %s: start that with this request", request.Strategy, call.Execution.Other(by))
	}
	return nil
}

// placeFindings looks at what a deployment in place cannot do, or does not do yet: each is named, and none ignored.
func (h Surveyor) placeFindings(ctx context.Context, group types.AutoScalingGroup, f *Found) ([]string, error) {
	d, request := &f.Deployment, f.Request
	blue, err := h.copier.Read(ctx, group, f.Record.Template)
	if err != nil {
		return nil, err
	}
	f.Blue = blue
	of := fleet.Of(group)
	var findings []string
	find := func(wrong bool, format string, args ...any) {
		if wrong {
			findings = append(findings, fmt.Sprintf(format, args...))
		}
	}
	const notYet = "a deployment in place does not do that yet: "
	green := request.Green
	find(request.Action == deploy.ActionRollback, notYet+`action "rollback"; deploy the image before by its id`)
	find(green.ImageID == "" && green.ImageParameter == "" && request.Action == deploy.ActionDeploy, "green.image is missing: a deployment in place gives the group another image, by its id or by a parameter")
	find(green.Build != nil, notYet+"green.image.build; build it before, and give green.image.id")
	find(green.TemplateVersion != "", notYet+"green.launch_template_version; the group gets a version of its template with the image that is asked for")
	find(green.InstanceType != "", notYet+"green.instance_type; new instances have the types that the others have")
	find(green.UserData != "", notYet+"green.user_data")
	find(request.BlueAfter == deploy.AfterDelete, `blue_after.then is "delete", and the group stays: leave it out`)
	find(len(request.Alarms) > 0, notYet+"alarms")
	find(request.BakeSeconds > 0, notYet+"bake_seconds")
	find(request.Approval.TimeoutSeconds > 0, notYet+"approval")
	find(of.Count() == 0, "it has no instances that could be replaced")
	find(of.Weighted, notYet+"a group whose instances have weights")
	find(group.MixedInstancesPolicy != nil, notYet+"a group with a mixed instances policy")
	find(group.LaunchTemplate == nil && group.MixedInstancesPolicy == nil, notYet+"a group that launches from a launch configuration")
	find(f.Record.Own != nil, notYet+"a group that a deployment has made with a launch template of its own")
	find(of.Pool != nil, notYet+"a group with a warm pool")
	find(len(blue.Schedule) > 0, notYet+"a group with scheduled actions (%s), which would set its sizes meanwhile", names(blue.Schedule, func(a types.ScheduledUpdateGroupAction) *string { return a.ScheduledActionName }))
	for _, policy := range blue.Policies {
		find(aws.ToString(policy.PolicyType) == "PredictiveScaling", notYet+"a group with a predictive scaling policy (%s)", aws.ToString(policy.PolicyName))
	}
	find(len(fleet.Launching(blue.Hooks)) > 0, "its launching hooks (%s) hold no instance that joins a running group: have the image do their work, and take them away", strings.Join(fleet.Launching(blue.Hooks), ", "))
	err = h.others(ctx, group, d, find)
	return append(findings, h.templateFindings(group)...), err
}

// already finds that nothing is left to replace: all instances run the image that is asked for, and the group launches it.
func (h Surveyor) already(ctx context.Context, f *Found) error {
	d := &f.Deployment
	if len(f.Findings) > 0 || d.Own == nil || d.Own.ImageID == "" || d.Own.ImageID != f.launches {
		return nil
	}
	now, err := inplace.See(ctx, h.groups, h.templates, *d)
	if err == nil && len(now.Previous) == 0 {
		d.Route = deploy.RouteNothing
	}
	return err
}

func names[T any](all []T, name func(T) *string) string {
	var said []string
	for _, each := range all {
		said = append(said, aws.ToString(name(each)))
	}
	return strings.Join(said, ", ")
}

// templateFindings looks whether the deployer's functions may add versions to the group's template.
func (h Surveyor) templateFindings(group types.AutoScalingGroup) []string {
	if group.LaunchTemplate == nil || slices.Contains(h.InPlaceTemplates, aws.ToString(group.LaunchTemplate.LaunchTemplateId)) {
		return nil
	}
	return []string{fmt.Sprintf("this deployer may add no version to its launch template %s: name it in in_place_templates among the parameters of the Deployer stack",
		aws.ToString(group.LaunchTemplate.LaunchTemplateId))}
}

// others looks for groups that name $Latest of the same template: they would launch the new version as soon as it is made.
func (h Surveyor) others(ctx context.Context, group types.AutoScalingGroup, d *deploy.Deployment, find func(bool, string, ...any)) error {
	if group.LaunchTemplate == nil {
		return nil
	}
	all, err := fleet.Describe(ctx, h.groups)
	if err != nil {
		return err
	}
	var latest []string
	for name, other := range all {
		for _, spec := range fleet.Templates(other) {
			if name != d.Blue && aws.ToString(spec.LaunchTemplateId) == aws.ToString(group.LaunchTemplate.LaunchTemplateId) && aws.ToString(spec.Version) == "$Latest" {
				latest = append(latest, name)
			}
		}
	}
	slices.Sort(latest)
	find(len(latest) > 0, "other groups name $Latest of its launch template, and would launch the new version as soon as it is made (%s): have them name a number", strings.Join(latest, ", "))
	return nil
}
