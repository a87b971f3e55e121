package events_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/google/go-cmp/cmp"
)

const terminating, launching = "autoscaling:EC2_INSTANCE_TERMINATING", "autoscaling:EC2_INSTANCE_LAUNCHING"

// template makes a launch template, of Spot Instances if so wanted.
func (w *world) template(name string, spot bool) *asgtypes.LaunchTemplateSpecification {
	w.Helper()
	image := must(w, w.ec2.RegisterImage, &ec2.RegisterImageInput{Name: &name, Architecture: ec2types.ArchitectureValuesX8664, RootDeviceName: aws.String("/dev/xvda")})
	data := &ec2types.RequestLaunchTemplateData{ImageId: image.ImageId, InstanceType: ec2types.InstanceTypeT3Micro}
	if spot {
		data.InstanceMarketOptions = &ec2types.LaunchTemplateInstanceMarketOptionsRequest{MarketType: ec2types.MarketTypeSpot}
	}
	template := must(w, w.ec2.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{LaunchTemplateName: &name, LaunchTemplateData: data})
	return &asgtypes.LaunchTemplateSpecification{LaunchTemplateId: template.LaunchTemplate.LaunchTemplateId}
}

// fleet is a request for a group of n instances in one zone.
func (w *world) fleet(name string, n int32, spot bool) *autoscaling.CreateAutoScalingGroupInput {
	w.Helper()
	return &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: &name, MinSize: aws.Int32(0), MaxSize: aws.Int32(9), DesiredCapacity: &n,
		LaunchTemplate: w.template(name, spot), AvailabilityZones: []string{"ap-northeast-1a"},
	}
}

func (w *world) describe(name string) asgtypes.AutoScalingGroup {
	w.Helper()
	return must(w, w.groups.DescribeAutoScalingGroups, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}}).AutoScalingGroups[0]
}

// told are the events that a topic got, one a line: detail-type, and the value of a member of the detail.
func (w *world) told(topic, member string) []string {
	w.Helper()
	var lines []string
	for _, body := range w.caught(topic) {
		e := w.parse(body)
		line := e.DetailType
		if value, ok := e.Detail[member]; ok {
			line += ": " + value.(string)
		}
		lines = append(lines, line)
	}
	return lines
}

// A rule for the terminations of every group whose name begins like the lineage starts a machine for each, with the token
// that completes the action: also of groups that come after the rule.
func TestLifecycleActionsStartMachines(t *testing.T) {
	run(t, nil, func(w *world) {
		machine := w.machine("graceful-shutdown")
		w.rule("drain", `{"source": ["aws.autoscaling"], "detail-type": ["EC2 Instance-terminate Lifecycle Action"],
			"detail": {"AutoScalingGroupName": [{"prefix": "ec-mqagt-dev-asg"}]}}`, types.Target{Arn: &machine, RoleArn: aws.String(role)})
		group := w.fleet("ec-mqagt-dev-asg-v007", 1, false)
		group.LifecycleHookSpecificationList = []asgtypes.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("drain"), LifecycleTransition: aws.String(terminating), NotificationMetadata: aws.String("more")}}
		must(w, w.groups.CreateAutoScalingGroup, group)
		w.sleep(2 * time.Minute)
		must(w, w.groups.SetDesiredCapacity, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: group.AutoScalingGroupName, DesiredCapacity: aws.Int32(0)})
		w.sleep(time.Minute)
		described := w.describe("ec-mqagt-dev-asg-v007")
		runs := w.runs(machine)
		if len(runs) != 1 || described.Instances[0].LifecycleState != asgtypes.LifecycleStateTerminatingWait {
			t.Fatalf("%d executions, the instance is %s", len(runs), described.Instances[0].LifecycleState)
		}
		e := w.parse(*runs[0].Input)
		token := e.Detail["LifecycleActionToken"].(string)
		want := envelope{
			Version: "0", ID: e.ID, DetailType: "EC2 Instance-terminate Lifecycle Action", Source: "aws.autoscaling", Account: "000000000000",
			Time: e.Time, Region: "ap-northeast-1", Resources: []string{*described.AutoScalingGroupARN},
			Detail: map[string]any{"LifecycleActionToken": token, "AutoScalingGroupName": "ec-mqagt-dev-asg-v007", "LifecycleHookName": "drain",
				"EC2InstanceId": *described.Instances[0].InstanceId, "LifecycleTransition": terminating, "NotificationMetadata": "more",
				"Origin": "AutoScalingGroup", "Destination": "EC2"},
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("the event (-want +got):\n%s", diff)
		}
		must(w, w.groups.CompleteLifecycleAction, &autoscaling.CompleteLifecycleActionInput{AutoScalingGroupName: group.AutoScalingGroupName,
			LifecycleHookName: aws.String("drain"), LifecycleActionToken: &token, LifecycleActionResult: aws.String("CONTINUE")})
		w.sleep(5 * time.Minute)
		if left := w.describe("ec-mqagt-dev-asg-v007").Instances; len(left) != 0 {
			t.Errorf("%d instances are left", len(left))
		}
	})
}

func TestLaunchesAndTerminationsAreEvents(t *testing.T) {
	run(t, nil, func(w *world) {
		groups, instances := w.topic("groups"), w.topic("instances")
		w.rule("groups", `{"source": ["aws.autoscaling"]}`, types.Target{Arn: &groups})
		w.rule("instances", `{"source": ["aws.ec2"]}`, types.Target{Arn: &instances})
		group := w.fleet("web", 1, false)
		group.LifecycleHookSpecificationList = []asgtypes.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("warm"), LifecycleTransition: aws.String(launching), HeartbeatTimeout: aws.Int32(30), DefaultResult: aws.String("CONTINUE")}}
		must(w, w.groups.CreateAutoScalingGroup, group)
		w.sleep(3 * time.Minute)
		id := *w.describe("web").Instances[0].InstanceId
		w.locked(func() { w.Compute.SetCapacity("ap-northeast-1a", "t3.micro", 0) })
		must(w, w.groups.SetDesiredCapacity, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("web"), DesiredCapacity: aws.Int32(2)})
		w.sleep(10 * time.Second)
		must(w, w.groups.SetDesiredCapacity, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("web"), DesiredCapacity: aws.Int32(0)})
		w.sleep(5 * time.Minute)
		want := []string{"EC2 Instance-launch Lifecycle Action: " + id, "EC2 Instance Launch Successful: " + id,
			"EC2 Instance Launch Unsuccessful: ", "EC2 Instance Terminate Successful: " + id}
		if diff := cmp.Diff(want, w.told(groups, "EC2InstanceId")); diff != "" {
			t.Errorf("Auto Scaling told (-want +got):\n%s", diff)
		}
		const state = "EC2 Instance State-change Notification: "
		if diff := cmp.Diff([]string{state + "pending", state + "running", state + "shutting-down", state + "terminated"}, w.told(instances, "state")); diff != "" {
			t.Errorf("EC2 told (-want +got):\n%s", diff)
		}
		launched := w.parse(w.caught(groups)[1])
		activity := must(w, w.groups.DescribeScalingActivities, &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("web")})
		first := activity.Activities[len(activity.Activities)-1]
		detail := map[string]any{"StatusCode": "InProgress", "Description": "Launching a new EC2 instance: " + id, "AutoScalingGroupName": "web",
			"ActivityId": *first.ActivityId, "RequestId": *first.ActivityId, "StatusMessage": "", "EC2InstanceId": id, "Cause": *first.Cause,
			"Details":   map[string]any{"Availability Zone": "ap-northeast-1a", "Subnet ID": launched.Detail["Details"].(map[string]any)["Subnet ID"]},
			"StartTime": first.StartTime.Format("2006-01-02T15:04:05.000Z"), "EndTime": first.EndTime.Format("2006-01-02T15:04:05.000Z"),
			"Origin": "EC2", "Destination": "AutoScalingGroup"}
		if diff := cmp.Diff(detail, launched.Detail); diff != "" {
			t.Errorf("the launch (-want +got):\n%s", diff)
		}
		if want := []string{*w.describe("web").AutoScalingGroupARN, "arn:aws:ec2:ap-northeast-1:000000000000:instance/" + id}; !slices.Equal(launched.Resources, want) {
			t.Errorf("its resources are %v", launched.Resources)
		}
		if failed := w.parse(w.caught(groups)[2]); failed.Detail["StatusCode"] != "Failed" || len(failed.Resources) != 1 ||
			!strings.Contains(failed.Detail["StatusMessage"].(string), "We currently do not have sufficient t3.micro capacity") {
			t.Errorf("the failed launch was told as %+v", failed)
		}
	})
}

// A rule on executions that end without an end state starts the recovery, with an input of its own.
func TestExecutionsTellTheirStatus(t *testing.T) {
	run(t, nil, func(w *world) {
		recovery, topic := w.machine("recovery"), w.topic("t")
		deployment := *must(w, w.states.CreateStateMachine, &sfn.CreateStateMachineInput{Name: aws.String("deployment"), RoleArn: aws.String(role),
			Definition: aws.String(`{"StartAt": "Work", "States": {"Work": {"Type": "Wait", "Seconds": 600, "End": true}}}`)}).StateMachineArn
		w.rule("recover", `{"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"],
			"detail": {"status": ["ABORTED", "TIMED_OUT"], "stateMachineArn": ["`+deployment+`"]}}`,
			types.Target{Arn: &recovery, RoleArn: aws.String(role), InputTransformer: &types.InputTransformer{
				InputPathsMap: map[string]string{"execution": "$.detail.executionArn", "input": "$.detail.input"},
				InputTemplate: aws.String(`{"action": "recover", "execution": <execution>, "input": <input>}`)}})
		w.rule("all", `{"source": ["aws.states"], "detail": {"stateMachineArn": ["`+deployment+`"]}}`, types.Target{Arn: &topic})
		start := func(name string) string {
			return *must(w, w.states.StartExecution, &sfn.StartExecutionInput{StateMachineArn: &deployment, Name: &name, Input: aws.String(`{"project":"ec"}`)}).ExecutionArn
		}
		stopped := start("one")
		start("two")
		w.sleep(time.Minute)
		must(w, w.states.StopExecution, &sfn.StopExecutionInput{ExecutionArn: &stopped, Error: aws.String("E"), Cause: aws.String("by hand")})
		w.sleep(20 * time.Minute)
		runs := w.runs(recovery)
		want := `{"action": "recover", "execution": "` + stopped + `", "input": "{\"project\":\"ec\"}"}`
		if len(runs) != 1 || *runs[0].Input != want {
			t.Fatalf("%d recoveries: %+v", len(runs), runs)
		}
		const change = "Step Functions Execution Status Change: "
		if diff := cmp.Diff([]string{change + "RUNNING", change + "RUNNING", change + "ABORTED", change + "SUCCEEDED"}, w.told(topic, "status")); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		e := w.parse(w.caught(topic)[2])
		wanted := map[string]any{"executionArn": stopped, "stateMachineArn": deployment, "name": "one", "status": "ABORTED",
			"startDate": float64(w.start.UnixMilli()), "stopDate": float64(w.start.Add(time.Minute).UnixMilli()), "input": `{"project":"ec"}`, "output": nil,
			"stateMachineVersionArn": nil, "stateMachineAliasArn": nil, "redriveCount": 0.0, "redriveDate": nil, "redriveStatus": "REDRIVABLE",
			"redriveStatusReason": nil, "inputDetails": map[string]any{"included": true}, "outputDetails": nil, "error": "E", "cause": "by hand"}
		if diff := cmp.Diff(wanted, e.Detail); diff != "" || !slices.Equal(e.Resources, []string{stopped}) {
			t.Errorf("resources %v, the detail (-want +got):\n%s", e.Resources, diff)
		}
	})
}

// A hook's target is tested when it is named and gets each action; one that cannot be reached is refused.
func TestHooksNotifyTheirTargets(t *testing.T) {
	run(t, nil, func(w *world) {
		topic := w.topic("hooks")
		queue, url := w.queue("hooks")
		group := w.fleet("workers", 1, false)
		group.LifecycleHookSpecificationList = []asgtypes.LifecycleHookSpecification{{LifecycleHookName: aws.String("drain"),
			LifecycleTransition: aws.String(terminating), NotificationTargetARN: &topic, RoleARN: aws.String(role), NotificationMetadata: aws.String("a<b&c")}}
		must(w, w.groups.CreateAutoScalingGroup, group)
		w.sleep(2 * time.Minute)
		id := *w.describe("workers").Instances[0].InstanceId
		must(w, w.groups.PutLifecycleHook, &autoscaling.PutLifecycleHookInput{AutoScalingGroupName: aws.String("workers"), LifecycleHookName: aws.String("count"),
			LifecycleTransition: aws.String(terminating), NotificationTargetARN: &queue, RoleARN: aws.String(role), HeartbeatTimeout: aws.Int32(30), DefaultResult: aws.String("CONTINUE")})
		must(w, w.groups.SetDesiredCapacity, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("workers"), DesiredCapacity: aws.Int32(0)})
		w.sleep(time.Minute)
		bodies := w.caught(topic)
		if len(bodies) != 2 {
			t.Fatalf("the topic got %q", bodies)
		}
		if !strings.Contains(bodies[1], `"NotificationMetadata":"a<b&c"`) {
			t.Errorf("the action was written as %s", bodies[1])
		}
		test, message := w.message(bodies[0]), w.message(bodies[1])
		if test["Event"] != "autoscaling:TEST_NOTIFICATION" || test["AutoScalingGroupName"] != "workers" || test["AccountId"] != "000000000000" {
			t.Errorf("the test was %v", test)
		}
		want := map[string]any{"Origin": "AutoScalingGroup", "Destination": "EC2", "LifecycleHookName": "drain", "AccountId": "000000000000",
			"RequestId": message["RequestId"], "LifecycleTransition": terminating, "AutoScalingGroupName": "workers", "Service": "AWS Auto Scaling",
			"Time": message["Time"], "EC2InstanceId": id, "NotificationMetadata": "a<b&c", "LifecycleActionToken": message["LifecycleActionToken"]}
		if diff := cmp.Diff(want, message); diff != "" {
			t.Errorf("the action (-want +got):\n%s", diff)
		}
		w.locked(func() {
			if subject := w.Topics.Messages(topic)[1].Subject; subject != "Auto Scaling:  Lifecycle action 'TERMINATING' for instance "+id+" in progress." {
				t.Errorf("its subject was %q", subject)
			}
		})
		if queued := w.received(url); len(queued) != 2 || w.message(queued[0])["Event"] != "autoscaling:TEST_NOTIFICATION" ||
			w.message(queued[1])["LifecycleHookName"] != "count" || w.message(queued[1])["EC2InstanceId"] != id {
			t.Errorf("the queue got %q", queued)
		}
		must(w, w.groups.CompleteLifecycleAction, &autoscaling.CompleteLifecycleActionInput{AutoScalingGroupName: aws.String("workers"), LifecycleHookName: aws.String("drain"),
			LifecycleActionToken: aws.String(message["LifecycleActionToken"].(string)), LifecycleActionResult: aws.String("CONTINUE")})

		gone := topic + "-gone"
		refused(w, w.groups.PutLifecycleHook, &autoscaling.PutLifecycleHookInput{AutoScalingGroupName: aws.String("workers"), LifecycleHookName: aws.String("other"),
			LifecycleTransition: aws.String(terminating), NotificationTargetARN: &gone, RoleARN: aws.String(role)}, "ValidationError",
			"Unable to publish test message to notification target "+gone+" using IAM role "+role+". Please check your target and role configuration and try to put lifecycle hook again.")
		must(w, w.groups.PutLifecycleHook, &autoscaling.PutLifecycleHookInput{AutoScalingGroupName: aws.String("workers"), LifecycleHookName: aws.String("drain"), NotificationTargetARN: aws.String("")})
		hooks := must(w, w.groups.DescribeLifecycleHooks, &autoscaling.DescribeLifecycleHooksInput{AutoScalingGroupName: aws.String("workers")}).LifecycleHooks
		if len(hooks) != 2 || hooks[0].NotificationTargetARN != nil || len(w.caught(topic)) != 2 {
			t.Errorf("an empty target left %+v, and %d messages", hooks, len(w.caught(topic)))
		}
	})
}

func (w *world) message(body string) map[string]any {
	w.Helper()
	var message map[string]any
	if err := json.Unmarshal([]byte(body), &message); err != nil {
		w.Fatal(err)
	}
	return message
}
