package survey

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/fleet"
)

// serving is a group that nothing rules out.
func serving() types.AutoScalingGroup {
	return types.AutoScalingGroup{
		AutoScalingGroupName: aws.String("blue"), MinSize: aws.Int32(1), MaxSize: aws.Int32(4), DesiredCapacity: aws.Int32(2),
		TargetGroupARNs: []string{"arn:targets"},
		TrafficSources:  []types.TrafficSourceIdentifier{{Identifier: aws.String("arn:targets"), Type: aws.String("elbv2")}},
	}
}

// What of a group rules it out and cannot stand in the model of AWS, next to what does not. The rest is shown by scenarios.
func TestInspect(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*types.AutoScalingGroup)
		want   string // begins the only finding; none: nothing rules the group out
	}{
		{"as it is", func(*types.AutoScalingGroup) {}, ""},
		{"being deleted", func(g *types.AutoScalingGroup) { g.Status = aws.String("Delete in progress") }, "it is being deleted (Delete in progress)"},
		{"an operator", func(g *types.AutoScalingGroup) {
			g.Operator = &types.Operator{Principal: aws.String("ecs.amazonaws.com")}
		},
			"it is managed by ecs.amazonaws.com"},
		{"vCPUs that its instances show", func(g *types.AutoScalingGroup) {
			g.DesiredCapacityType, g.Instances = aws.String("vcpu"), []types.Instance{{InstanceId: aws.String("i-1"), WeightedCapacity: aws.String("2")}}
		}, ""},
		{"vCPUs that one does not show", func(g *types.AutoScalingGroup) {
			g.DesiredCapacityType, g.Instances = aws.String("vcpu"), []types.Instance{
				{InstanceId: aws.String("i-1"), WeightedCapacity: aws.String("2")}, {InstanceId: aws.String("i-2")}}
		}, "its capacity counts vcpu, and AWS does not show how much its instances are of it (i-2)"},
		{"instances, said so", func(g *types.AutoScalingGroup) {
			g.DesiredCapacityType, g.Instances = aws.String("units"), []types.Instance{{InstanceId: aws.String("i-1")}}
		}, ""},
		{"a policy without a template", func(g *types.AutoScalingGroup) { g.MixedInstancesPolicy = &types.MixedInstancesPolicy{} }, ""},
	} {
		group := serving()
		c.change(&group)
		findings := inspect(group, fleet.Of(group))
		if c.want == "" && len(findings) > 0 || c.want != "" && (len(findings) != 1 || !strings.HasPrefix(findings[0], c.want)) {
			t.Errorf("%s: findings %q, want %q", c.name, findings, c.want)
		}
	}
}

// answer is what AWS answers to every call, over HTTP.
type answer string

func (a answer) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/xml"}}, Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

// Of the statuses that AWS has, those of a refresh that goes on rule a group out. One that the SDK learns must be put here.
func TestEveryStatusOfAnInstanceRefresh(t *testing.T) {
	goesOn := map[types.InstanceRefreshStatus]bool{
		"Pending": true, "InProgress": true, "Cancelling": true, "RollbackInProgress": true, "Baking": true,
		"Successful": false, "Failed": false, "Cancelled": false, "RollbackFailed": false, "RollbackSuccessful": false,
	}
	for _, status := range types.InstanceRefreshStatus("").Values() {
		want, known := goesOn[status]
		if !known {
			t.Errorf("status %s: does a refresh go on then?", status)
		}
		client := autoscaling.NewFromConfig(aws.Config{Region: "ap-northeast-1", HTTPClient: answer(fmt.Sprintf(`<DescribeInstanceRefreshesResponse>
			<DescribeInstanceRefreshesResult><InstanceRefreshes>
				<member><InstanceRefreshId>latest</InstanceRefreshId><Status>%s</Status><PercentageComplete>50</PercentageComplete></member>
				<member><InstanceRefreshId>before</InstanceRefreshId><Status>Successful</Status></member>
			</InstanceRefreshes></DescribeInstanceRefreshesResult></DescribeInstanceRefreshesResponse>`, status)), Credentials: aws.AnonymousCredentials{}})
		findings, err := Surveyor{groups: client}.refreshFindings(t.Context(), "blue")
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(findings, func(f string) bool {
			return strings.HasPrefix(f, fmt.Sprintf("instance refresh latest is under way (%s, 50%%)", status))
		})
		if found != want || len(findings) > 1 {
			t.Errorf("status %s: findings %q, want one: %t", status, findings, want)
		}
	}
}
