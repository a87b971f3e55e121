package builder

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/deploy"
)

func TestElsewhere(t *testing.T) {
	for code, want := range map[string]bool{
		"InsufficientInstanceCapacity": true, "Unsupported": true, "InsufficientFreeAddressesInSubnet": true,
		"VcpuLimitExceeded": false, "InvalidSubnetID.NotFound": false, "UnauthorizedOperation": false,
	} {
		if got := elsewhere(fmt.Errorf("launching: %w", &smithy.GenericAPIError{Code: code})); got != want {
			t.Errorf("%s: another subnet is tried: %t, want %t", code, got, want)
		}
	}
	if elsewhere(nil) || elsewhere(errors.New("no answer")) {
		t.Error("without a code of EC2's nothing says that another subnet may do")
	}
}

func TestRefusal(t *testing.T) {
	const room = "We currently do not have sufficient m5.large capacity in the Availability Zone you requested (eu-west-1c). Our system will be working on it."
	for _, test := range []struct{ subnet, message, want string }{
		{"subnet-a", room, "in subnet-a: We currently do not have sufficient m5.large capacity in the Availability Zone you requested (eu-west-1c) (Unsupported)"},
		{"", "There is no room.", "There is no room (Unsupported)"},
		{"subnet-a", "Your instance type (m5.large)\nis not supported", "in subnet-a: Your instance type (m5.large) is not supported (Unsupported)"},
	} {
		got := refusal(test.subnet, fmt.Errorf("launching: %w", &smithy.GenericAPIError{Code: "Unsupported", Message: test.message}))
		if got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// An attempt has its own token and subnet, so that EC2 takes what is asked for once more for the same launch.
func TestRunsOfAnAttempt(t *testing.T) {
	d := deploy.Deployment{Execution: "arn:1", Project: "ec", Lineage: "web", Build: &deploy.Making{Builder: "web-builder", Subnets: []string{"subnet-a", "subnet-b"}}}
	tokens := make(map[string]bool)
	for attempt, subnet := range map[int]string{1: "subnet-a", 2: "subnet-b"} {
		input, err := runs(d, attempt, nil)
		if err != nil || aws.ToString(input.SubnetId) != subnet || aws.ToString(input.LaunchTemplate.LaunchTemplateName) != "web-builder" {
			t.Errorf("attempt %d: %+v, %v", attempt, input, err)
		}
		again, _ := runs(d, attempt, nil)
		if *again.ClientToken != *input.ClientToken || len(*input.ClientToken) > 64 {
			t.Errorf("attempt %d: tokens %s and %s", attempt, *input.ClientToken, *again.ClientToken)
		}
		tokens[*input.ClientToken] = true
		for _, kind := range input.TagSpecifications {
			got := make(map[string]string)
			for _, tag := range kind.Tags {
				got[*tag.Key] = *tag.Value
			}
			want := map[string]string{deploy.TagProject: "ec", deploy.TagLineage: "web", deploy.TagExecution: "arn:1", deploy.TagBuilder: "web"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", kind.ResourceType, diff)
			}
		}
	}
	if len(tokens) != 2 {
		t.Errorf("%d tokens of two attempts", len(tokens))
	}
}

// Network interfaces name their subnet themselves: EC2 refuses one beside them.
func TestRunsWithInterfaces(t *testing.T) {
	interfaces := []types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest{
		{DeviceIndex: aws.Int32(0), Groups: []string{"sg-1"}, AssociatePublicIpAddress: aws.Bool(true), SubnetId: aws.String("subnet-of-the-template")},
	}
	for _, test := range []struct {
		subnets []string
		want    string
	}{{[]string{"subnet-a"}, "subnet-a"}, {nil, "subnet-of-the-template"}} {
		input, err := runs(deploy.Deployment{Build: &deploy.Making{Subnets: test.subnets}}, 1, interfaces)
		if err != nil {
			t.Fatal(err)
		}
		got := input.NetworkInterfaces[0]
		if input.SubnetId != nil || aws.ToString(got.SubnetId) != test.want || !aws.ToBool(got.AssociatePublicIpAddress) || !cmp.Equal(got.Groups, []string{"sg-1"}) {
			t.Errorf("subnets %v: %+v, and %v beside it", test.subnets, got, input.SubnetId)
		}
	}
}
