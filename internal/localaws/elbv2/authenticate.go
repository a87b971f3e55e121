package elbv2

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// inOrder are the actions of a rule in the order in which they are taken: several need one each.
func inOrder(actions []types.Action) ([]types.Action, error) {
	sorted := slices.SortedStableFunc(slices.Values(actions), func(a, b types.Action) int {
		return cmp.Compare(aws.ToInt32(a.Order), aws.ToInt32(b.Order))
	})
	for k, a := range sorted {
		if len(sorted) > 1 && (a.Order == nil || k > 0 && *a.Order == *sorted[k-1].Order) {
			return nil, wire.Errorf("InvalidLoadBalancerAction", "Each of several actions needs an order of its own")
		}
	}
	return sorted, nil
}

// parseAuthentication reads the actions before the last one, which have the client log in. The model keeps them, and lets every
// client through. A secret is never shown again: who copies such an action cannot.
func parseAuthentication(actions []types.Action, x *listener, before []types.Action) ([]types.Action, error) {
	var parsed []types.Action
	for _, given := range actions {
		if x.protocol != "HTTPS" {
			return nil, wire.Errorf("InvalidLoadBalancerAction", "The action type '%s' is only valid with HTTPS listeners", given.Type)
		}
		switch given.Type {
		case types.ActionTypeEnumAuthenticateCognito:
			if given.AuthenticateCognitoConfig == nil {
				return nil, wire.Errorf("InvalidLoadBalancerAction", "A configuration must be specified for actions of type '%s'", given.Type)
			}
		case types.ActionTypeEnumAuthenticateOidc:
			if given.AuthenticateOidcConfig == nil {
				return nil, wire.Errorf("InvalidLoadBalancerAction", "A configuration must be specified for actions of type '%s'", given.Type)
			}
			config := *given.AuthenticateOidcConfig
			kept := aws.ToBool(config.UseExistingClientSecret) && slices.ContainsFunc(before, func(a types.Action) bool {
				return a.AuthenticateOidcConfig != nil && aws.ToString(a.AuthenticateOidcConfig.ClientId) == aws.ToString(config.ClientId)
			})
			if aws.ToString(config.ClientSecret) == "" && !kept {
				return nil, invalid("A client secret must be specified")
			}
			config.ClientSecret, config.UseExistingClientSecret = nil, nil
			given.AuthenticateOidcConfig = &config
		case types.ActionTypeEnumForward, types.ActionTypeEnumFixedResponse, types.ActionTypeEnumRedirect:
			return nil, wire.Errorf("InvalidLoadBalancerAction", "Only one forward, redirect or fixed-response action can be specified for a rule")
		default:
			return nil, notModelled("actions of type %s", given.Type)
		}
		parsed = append(parsed, given)
	}
	return parsed, nil
}
