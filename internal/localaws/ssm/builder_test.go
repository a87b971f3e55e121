package ssm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	localssm "bluegreen/internal/localaws/ssm"
)

// launchWith starts one instance with a profile, in the n-th subnet, and waits until it runs.
func (w *world) launchWith(profile string, n int) string {
	w.t.Helper()
	var id string
	w.locked(func() {
		subnet, _ := w.compute.DefaultSubnet(w.compute.Zones()[n])
		i, err := w.compute.Launch(localec2.LaunchRequest{ImageID: w.image, InstanceType: "t3.micro", InstanceProfile: profile, SubnetID: subnet.ID})
		w.must(err)
		id = i.ID
	})
	w.sleep(2 * time.Minute)
	return id
}

func (w *world) seen(id string) bool {
	w.t.Helper()
	out, err := w.client.DescribeInstanceInformation(w.t.Context(), &sdk.DescribeInstanceInformationInput{
		Filters: []types.InstanceInformationStringFilter{{Key: aws.String("InstanceIds"), Values: []string{id}}},
	})
	w.must(err)
	return len(out.InstanceInformationList) == 1 && out.InstanceInformationList[0].PingStatus == types.PingStatusOnline
}

func TestAnAgentRegistersWhereProfileAndRouteAllowIt(t *testing.T) {
	meet(t, func(w *world) {
		w.locked(func() {
			w.commands.RefuseProfile("web")
			subnet, _ := w.compute.DefaultSubnet(w.compute.Zones()[1])
			w.commands.CutOff(subnet.ID)
		})
		for _, c := range []struct {
			profile string
			zone    int
			want    bool
		}{
			{"app", 0, true}, {"arn:aws:iam::000000000000:instance-profile/app", 0, true}, {"", 0, false}, {"web", 0, false}, {"app", 1, false},
			{"arn:aws:iam::000000000000:instance-profile/path/web", 0, false},
		} {
			id := w.launchWith(c.profile, c.zone)
			if got := w.seen(id); got != c.want {
				t.Errorf("profile %q in zone %d: seen %t", c.profile, c.zone, got)
			}
		}
	})
}

// While an instance reboots for its image no command reaches it, and what ran has ended.
func TestABuilderIsAwayWhileItReboots(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() { w.commands.SetBehaviour(id, localssm.Behaviour{Hang: true}) })
		command := w.send("build", []string{id})
		w.sleep(10 * time.Second)
		_, err := w.ec2.CreateImage(t.Context(), &ec2.CreateImageInput{InstanceId: &id, Name: aws.String("web-2")})
		w.must(err)
		if w.seen(id) {
			t.Error("it is online")
		}
		_, err = w.client.SendCommand(t.Context(), &sdk.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{id}, Parameters: map[string][]string{"commands": {"true"}},
		})
		if err == nil || !strings.Contains(err.Error(), "InvalidInstanceId: Instances [["+id+"]] not in a valid state for account 000000000000") {
			t.Errorf("a command to it: %v", err)
		}
		w.sleep(3 * time.Minute)
		if !w.seen(id) {
			t.Error("it has not come back")
		}
		w.locked(func() {
			if runs := w.commands.Ran(id); len(runs) != 1 || runs[0].Finished {
				t.Errorf("what ran: %+v, command %s", runs, command)
			}
		})
	})
}

// What runs leave on an instance is in its image, and on what is launched from that; one that is broken stays broken.
func TestAnImageCarriesWhatRunsLeave(t *testing.T) {
	meet(t, func(w *world) {
		builder := w.online(1)[0]
		w.locked(func() {
			w.compute.SetImageAvailable(account.Constant(time.Minute))
			w.commands.SetBehaviour("", localssm.Behaviour{Leaves: map[string]string{"version": "2.0"}})
		})
		w.send("update", []string{builder})
		w.sleep(30 * time.Second)
		image := func(name string) string {
			out, err := w.ec2.CreateImage(t.Context(), &ec2.CreateImageInput{InstanceId: &builder, Name: &name, NoReboot: aws.Bool(true)})
			w.must(err)
			w.sleep(2 * time.Minute)
			return *out.ImageId
		}
		launched := func(image string) (version string, answers bool) {
			out, err := w.ec2.RunInstances(t.Context(), &ec2.RunInstancesInput{
				ImageId: &image, InstanceType: ec2types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
			})
			w.must(err)
			w.sleep(2 * time.Minute)
			w.locked(func() {
				i, _ := w.compute.Instance(*out.Instances[0].InstanceId)
				version, answers = w.commands.Disk(i.ID)["version"], i.Answers()
			})
			return version, answers
		}
		if version, answers := launched(image("web-2")); version != "2.0" || !answers {
			t.Errorf("from the first image: %q, answers %t", version, answers)
		}
		w.locked(func() {
			w.commands.SetBehaviour("", localssm.Behaviour{Leaves: map[string]string{"version": "3.0"}, Breaks: true})
		})
		w.send("update", []string{builder})
		w.sleep(30 * time.Second)
		if version, answers := launched(image("web-3")); version != "3.0" || answers {
			t.Errorf("from the image of what broke: %q, answers %t", version, answers)
		}
		if version, _ := launched(w.image); version != "" {
			t.Errorf("from the image before: %q", version)
		}
	})
}

// All that a script writes goes to its log group, which has none of Run Command's limits.
func TestOutputGoesToALogGroup(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() {
			w.commands.SetBehaviour("", localssm.Behaviour{Output: strings.Repeat("x", 30000), Errors: strings.Repeat("e", 9000), Exit: 1})
		})
		const group = "/web/builds"
		command := w.send("build", []string{id}, func(in *sdk.SendCommandInput) {
			in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{CloudWatchOutputEnabled: true, CloudWatchLogGroupName: aws.String(group)}
		})
		w.sleep(time.Minute)
		got, err := w.client.GetCommandInvocation(t.Context(), &sdk.GetCommandInvocationInput{CommandId: &command, InstanceId: &id})
		w.must(err)
		listed, err := w.client.ListCommandInvocations(t.Context(), &sdk.ListCommandInvocationsInput{CommandId: &command, Details: true})
		w.must(err)
		shown := fmt.Sprintln(len(*got.StandardOutputContent), len(*got.StandardErrorContent), *got.CloudWatchOutputConfig.CloudWatchLogGroupName,
			len(*listed.CommandInvocations[0].CommandPlugins[0].Output), got.CloudWatchOutputConfig.CloudWatchOutputEnabled)
		if want := "24000 8000 /web/builds 2500 true\n"; shown != want {
			t.Errorf("got %swant %s", shown, want)
		}
		w.locked(func() {
			streams := w.commands.Log(group)
			if len(streams) != 2 || streams[0].Name != command+"/"+id+"/aws-runShellScript/stdout" || len(streams[0].Text) != 30000 || len(streams[1].Text) != 9000 {
				t.Errorf("the log group has %d streams", len(streams))
			}
		})
		_, err = w.client.SendCommand(t.Context(), &sdk.SendCommandInput{
			DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{id}, Parameters: map[string][]string{"commands": {"true"}},
			CloudWatchOutputConfig: &types.CloudWatchOutputConfig{CloudWatchLogGroupName: aws.String("a group")},
		})
		if err == nil || !strings.Contains(err.Error(), "Member must satisfy regular expression pattern") {
			t.Errorf("a name that no log group can have: %v", err)
		}
	})
}

// A builder whose own system shuts down ends, and its command with it.
func TestACommandCanShutItsInstanceDown(t *testing.T) {
	meet(t, func(w *world) {
		id := w.online(1)[0]
		w.locked(func() {
			w.commands.SetBehaviour("", localssm.Behaviour{Duration: account.Constant(time.Second), PowerOff: true})
		})
		w.send("shutdown -h now", []string{id})
		w.sleep(3 * time.Minute)
		w.locked(func() {
			if i, _ := w.compute.Instance(id); i.State != localec2.Stopped {
				t.Errorf("it is %s", i.State)
			}
		})
	})
}
