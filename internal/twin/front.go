package twin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/globalaccelerator"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	shieldtypes "github.com/aws/aws-sdk-go-v2/service/shield/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
)

// front reads what stands before load balancers. It belongs to services of its own, names one balancer, and would not stand before another.
type front struct {
	acls         acls
	protections  protections
	accelerators accelerators
	endpoints    endpoints
}

type acls interface {
	GetWebACLForResource(context.Context, *wafv2.GetWebACLForResourceInput, ...func(*wafv2.Options)) (*wafv2.GetWebACLForResourceOutput, error)
}

type protections interface {
	GetSubscriptionState(context.Context, *shield.GetSubscriptionStateInput, ...func(*shield.Options)) (*shield.GetSubscriptionStateOutput, error)
	ListProtections(context.Context, *shield.ListProtectionsInput, ...func(*shield.Options)) (*shield.ListProtectionsOutput, error)
}

type accelerators interface {
	ListAccelerators(context.Context, *globalaccelerator.ListAcceleratorsInput, ...func(*globalaccelerator.Options)) (*globalaccelerator.ListAcceleratorsOutput, error)
	ListListeners(context.Context, *globalaccelerator.ListListenersInput, ...func(*globalaccelerator.Options)) (*globalaccelerator.ListListenersOutput, error)
	ListEndpointGroups(context.Context, *globalaccelerator.ListEndpointGroupsInput, ...func(*globalaccelerator.Options)) (*globalaccelerator.ListEndpointGroupsOutput, error)
}

type endpoints interface {
	DescribeVpcEndpointServiceConfigurations(context.Context, *ec2.DescribeVpcEndpointServiceConfigurationsInput, ...func(*ec2.Options)) (*ec2.DescribeVpcEndpointServiceConfigurationsOutput, error)
}

var (
	_ acls         = (*wafv2.Client)(nil)
	_ protections  = (*shield.Client)(nil)
	_ accelerators = (*globalaccelerator.Client)(nil)
	_ endpoints    = (*ec2.Client)(nil)
)

// acceleratorRegion is where Global Accelerator answers, wherever its endpoints are (SDK).
const acceleratorRegion = "us-west-2"

func newFront(cfg aws.Config) front {
	return front{
		wafv2.NewFromConfig(cfg), shield.NewFromConfig(cfg),
		globalaccelerator.NewFromConfig(cfg, func(o *globalaccelerator.Options) { o.Region = acceleratorRegion }), ec2.NewFromConfig(cfg),
	}
}

// findings say what stands before balancers, each with what to do.
func (f front) findings(ctx context.Context, group string, blue []Balancer) ([]string, error) {
	at, err := arn.Parse(group)
	if err != nil {
		return nil, fmt.Errorf("the group's ARN: %w", err)
	}
	arns := make(map[string]string) // of balancers, to their names
	for _, b := range blue {
		own := b.ID
		if b.Kind == Classic {
			own = "arn:" + at.Partition + ":elasticloadbalancing:" + at.Region + ":" + at.AccountID + ":loadbalancer/" + b.Name
		}
		arns[own] = b.Name
	}
	looks := []func(context.Context, []Balancer, map[string]string) ([]string, error){f.webACLs, f.services}
	if at.Partition == "aws" { // the others have neither
		looks = append(looks, f.shields, f.accelerated)
	}
	var all []string
	for _, look := range looks {
		found, err := look(ctx, blue, arns)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// instead is what people can do who want neither to lose nor to move by hand what stands before a balancer.
const instead = `take strategy "attach", under which the balancer stays`

func (f front) webACLs(ctx context.Context, blue []Balancer, _ map[string]string) ([]string, error) {
	var findings []string
	for _, b := range blue {
		if b.Kind != Application {
			continue
		}
		out, err := f.acls.GetWebACLForResource(ctx, &wafv2.GetWebACLForResourceInput{ResourceArn: &b.ID})
		if err != nil {
			return nil, fmt.Errorf("asking which web ACL protects load balancer %s: %w", b.Name, err)
		}
		if out.WebACL != nil {
			findings = append(findings, fmt.Sprintf("the web ACL %s (AWS WAF) protects its load balancer %s, and would not protect green's: %s, or protect the fleet elsewhere and take it off",
				aws.ToString(out.WebACL.Name), b.Name, instead))
		}
	}
	return findings, nil
}

func (f front) services(ctx context.Context, blue []Balancer, arns map[string]string) ([]string, error) {
	if !slices.ContainsFunc(blue, func(b Balancer) bool { return b.Kind == Network }) {
		return nil, nil // only those can be behind one
	}
	var findings []string
	pages := ec2.NewDescribeVpcEndpointServiceConfigurationsPaginator(f.endpoints, &ec2.DescribeVpcEndpointServiceConfigurationsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the endpoint services: %w", err)
		}
		for _, service := range page.ServiceConfigurations {
			for _, balancer := range service.NetworkLoadBalancerArns {
				if name, own := arns[balancer]; own {
					findings = append(findings, fmt.Sprintf("the endpoint service %s (PrivateLink) leads to its load balancer %s, whose clients no record moves: %s",
						aws.ToString(service.ServiceName), name, instead))
				}
			}
		}
	}
	return findings, nil
}

func (f front) shields(ctx context.Context, _ []Balancer, arns map[string]string) ([]string, error) {
	state, err := f.protections.GetSubscriptionState(ctx, &shield.GetSubscriptionStateInput{})
	if err != nil {
		return nil, fmt.Errorf("asking whether the account has Shield Advanced: %w", err)
	}
	if state.SubscriptionState != shieldtypes.SubscriptionStateActive {
		return nil, nil
	}
	var findings []string
	for _, balancer := range sortedKeys(arns) {
		out, err := f.protections.ListProtections(ctx, &shield.ListProtectionsInput{InclusionFilters: &shieldtypes.InclusionProtectionFilters{ResourceArns: []string{balancer}}})
		var none *shieldtypes.ResourceNotFoundException
		if err != nil && !errors.As(err, &none) {
			return nil, fmt.Errorf("listing what Shield protects of load balancer %s: %w", arns[balancer], err)
		}
		if err == nil && len(out.Protections) > 0 {
			findings = append(findings, fmt.Sprintf("Shield Advanced protects its load balancer %s, and would not protect green's: %s, or take the protection %s off",
				arns[balancer], instead, aws.ToString(out.Protections[0].Name)))
		}
	}
	return findings, nil
}

func (f front) accelerated(ctx context.Context, blue []Balancer, arns map[string]string) ([]string, error) {
	if !slices.ContainsFunc(blue, func(b Balancer) bool { return b.Kind != Classic }) {
		return nil, nil // a Classic one is no endpoint
	}
	var findings []string
	listed := globalaccelerator.NewListAcceleratorsPaginator(f.accelerators, &globalaccelerator.ListAcceleratorsInput{})
	for listed.HasMorePages() {
		page, err := listed.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the accelerators: %w", err)
		}
		for _, accelerator := range page.Accelerators {
			ids, err := f.endpointsOf(ctx, accelerator.AcceleratorArn)
			if err != nil {
				return nil, fmt.Errorf("listing the endpoints of accelerator %s: %w", aws.ToString(accelerator.Name), err)
			}
			for _, id := range ids {
				if name, own := arns[id]; own {
					findings = append(findings, fmt.Sprintf("the accelerator %s (Global Accelerator) sends to its load balancer %s, and no record moves its clients: %s",
						aws.ToString(accelerator.Name), name, instead))
				}
			}
		}
	}
	return findings, nil
}

// endpointsOf are the ids of an accelerator's endpoints.
func (f front) endpointsOf(ctx context.Context, accelerator *string) (ids []string, err error) {
	listeners := globalaccelerator.NewListListenersPaginator(f.accelerators, &globalaccelerator.ListListenersInput{AcceleratorArn: accelerator})
	for listeners.HasMorePages() {
		page, err := listeners.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, x := range page.Listeners {
			groups := globalaccelerator.NewListEndpointGroupsPaginator(f.accelerators, &globalaccelerator.ListEndpointGroupsInput{ListenerArn: x.ListenerArn})
			for groups.HasMorePages() {
				page, err := groups.NextPage(ctx)
				if err != nil {
					return nil, err
				}
				for _, g := range page.EndpointGroups {
					for _, endpoint := range g.EndpointDescriptions {
						if id := aws.ToString(endpoint.EndpointId); strings.HasPrefix(id, "arn:") && !slices.Contains(ids, id) {
							ids = append(ids, id)
						}
					}
				}
			}
		}
	}
	return ids, nil
}
