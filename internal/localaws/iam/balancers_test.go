package iam_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classictypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Load balancers of both services have the same actions; what is created is known by its name and the tags that it is to
// have, what is there by its tags.
func TestBalancers(t *testing.T) {
	inAccount(t, func(a *account) {
		a.aws.Account.Lock()
		zones := a.aws.Compute.Zones()
		var subnets []string
		for _, zone := range zones {
			subnet, _ := a.aws.Compute.DefaultSubnet(zone)
			subnets = append(subnets, subnet.ID)
		}
		a.aws.Account.Unlock()
		creates := func(name, lineage string) call {
			return func(ctx context.Context, config aws.Config) error {
				_, err := elbv2.NewFromConfig(config).CreateLoadBalancer(ctx, &elbv2.CreateLoadBalancerInput{Name: &name, Subnets: subnets,
					Tags: []types.Tag{{Key: aws.String("bluegreen:lineage"), Value: &lineage}}})
				return err
			}
		}
		createsClassic := func(name, lineage string) call {
			return func(ctx context.Context, config aws.Config) error {
				_, err := classic.NewFromConfig(config).CreateLoadBalancer(ctx, &classic.CreateLoadBalancerInput{LoadBalancerName: &name, AvailabilityZones: zones,
					Listeners: []classictypes.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(80), Protocol: aws.String("HTTP")}},
					Tags:      []classictypes.Tag{{Key: aws.String("bluegreen:lineage"), Value: &lineage}}})
				return err
			}
		}
		deletes := func(name string) call {
			return func(ctx context.Context, config aws.Config) error {
				_, err := classic.NewFromConfig(config).DeleteLoadBalancer(ctx, &classic.DeleteLoadBalancerInput{LoadBalancerName: &name})
				return err
			}
		}
		const (
			create  = `{"Effect": "Allow", "Action": "elasticloadbalancing:CreateLoadBalancer", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/bluegreen:lineage": "web"}}}`
			tagging = `{"Effect": "Allow", "Action": "elasticloadbalancing:AddTags", "Resource": "*", "Condition": {"StringEquals": {"elasticloadbalancing:CreateAction": "CreateLoadBalancer"}}}`
			remove  = `{"Effect": "Allow", "Action": "elasticloadbalancing:DeleteLoadBalancer", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/bluegreen:lineage": "web"}}}`
			denied  = "is not authorized to perform: elasticloadbalancing:"
			where   = " on resource: arn:aws:elasticloadbalancing:ap-northeast-1:000000000000:loadbalancer/"
		)
		for _, c := range []struct {
			name, policy string
			call         call
			answer       string
		}{
			{"without AddTags", create, creates("twin", "web"), denied + "AddTags" + where + "app/twin/*"},
			{"its tag", `[` + create + `,` + tagging + `]`, creates("twin", "web"), "done"},
			{"another tag", `[` + create + `,` + tagging + `]`, creates("other", "api"), denied + "CreateLoadBalancer" + where + "app/other/*"},
			{"a Classic one", `[` + create + `,` + tagging + `]`, createsClassic("front", "web"), "done"},
			{"a Classic one with another tag", `[` + create + `,` + tagging + `]`, createsClassic("back", "api"), denied + "CreateLoadBalancer" + where + "back"},
			{"removing what bears the tag", remove, deletes("front"), "done"},
			{"removing what does not", remove, deletes("back"), denied + "DeleteLoadBalancer" + where + "back"},
		} {
			a.allow(c.policy)
			a.wants(c.name, a.calls(c.call), c.answer)
		}
	})
}
