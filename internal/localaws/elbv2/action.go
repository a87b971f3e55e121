package elbv2

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// action is what a rule does: have the client log in, then forward to target groups, or answer by itself.
type action struct {
	logins   []types.Action
	order    *int32 // as it was given
	forward  []share
	sticky   time.Duration
	fixed    *FixedResponse
	redirect *Redirect
}

type share struct {
	group  *TargetGroup
	weight int32
}

// mostShares is how many target groups a forward action can have (aws-facts B).
const mostShares = 5

// parseAction reads the actions of a rule of a listener; before is what the rule has done so far.
func (l *LoadBalancers) parseAction(actions []types.Action, x *listener, before action) (action, error) {
	if len(actions) == 0 {
		return action{}, invalid("At least one action must be specified")
	}
	actions, err := inOrder(actions)
	if err != nil {
		return action{}, err
	}
	var parsed action
	switch last := actions[len(actions)-1]; last.Type {
	case types.ActionTypeEnumForward:
		parsed, err = l.parseForward(last, x)
	case types.ActionTypeEnumFixedResponse:
		parsed, err = parseFixedResponse(last, x)
	case types.ActionTypeEnumRedirect:
		parsed, err = parseRedirect(last, x)
	case types.ActionTypeEnumAuthenticateOidc, types.ActionTypeEnumAuthenticateCognito:
		err = wire.Errorf("InvalidLoadBalancerAction", "The last action must be one of forward, redirect and fixed-response")
	default:
		err = notModelled("actions of type %s", last.Type)
	}
	if err != nil {
		return action{}, err
	}
	parsed.logins, err = parseAuthentication(actions[:len(actions)-1], x, before.logins)
	return parsed, err
}

func parseFixedResponse(given types.Action, x *listener) (action, error) {
	if x.balancer.kind != application {
		return action{}, wire.Errorf("InvalidLoadBalancerAction", "The action type 'fixed-response' is not valid with network load balancers")
	}
	config := given.FixedResponseConfig
	if config == nil {
		return action{}, wire.Errorf("InvalidLoadBalancerAction", "A fixed response configuration must be specified for actions of type 'fixed-response'")
	}
	status, err := strconv.Atoi(aws.ToString(config.StatusCode))
	if err != nil || status < 200 || status > 599 || status/100 == 3 {
		return action{}, invalid("1 validation error detected: Value '%s' at 'statusCode' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: ^(2|4|5)\\d\\d$", aws.ToString(config.StatusCode))
	}
	for _, text := range []struct {
		member, value string
		most          int // characters (botocore)
	}{{"messageBody", aws.ToString(config.MessageBody), 1024}, {"contentType", aws.ToString(config.ContentType), 32}} {
		if utf8.RuneCountInString(text.value) > text.most {
			return action{}, invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: "+
				"Member must have length less than or equal to %d", text.value, text.member, text.most)
		}
	}
	return action{order: given.Order, fixed: &FixedResponse{
		Status: status, ContentType: aws.ToString(config.ContentType), Body: aws.ToString(config.MessageBody),
	}}, nil
}

func (l *LoadBalancers) parseForward(given types.Action, x *listener) (action, error) {
	parsed := action{order: given.Order}
	tuples := []types.TargetGroupTuple{{TargetGroupArn: given.TargetGroupArn}}
	if config := given.ForwardConfig; config != nil {
		tuples = config.TargetGroups
		if given.TargetGroupArn != nil && (len(tuples) != 1 || aws.ToString(tuples[0].TargetGroupArn) != *given.TargetGroupArn) {
			return action{}, wire.Errorf("InvalidLoadBalancerAction",
				"You cannot specify both a target group ARN and a forward configuration with other target groups")
		}
		if sticky := config.TargetGroupStickinessConfig; sticky != nil && aws.ToBool(sticky.Enabled) {
			duration := aws.ToInt32(sticky.DurationSeconds)
			if duration < 1 || duration > 604800 {
				return action{}, invalid("Target group stickiness duration must be between 1 and 604800 seconds")
			}
			parsed.sticky = time.Duration(duration) * time.Second
		}
	}
	if len(tuples) == 0 || tuples[0].TargetGroupArn == nil {
		return action{}, invalid("A target group ARN must be specified")
	}
	if len(tuples) > mostShares {
		return action{}, wire.Errorf("TooManyTargetGroups", "You can specify at most %d target groups in a forward action", mostShares)
	}
	for _, tuple := range tuples {
		share, err := l.parseShare(tuple, x)
		if err != nil {
			return action{}, err
		}
		parsed.forward = append(parsed.forward, share)
	}
	return parsed, nil
}

func (l *LoadBalancers) parseShare(tuple types.TargetGroupTuple, x *listener) (share, error) {
	if tuple.TargetGroupArn == nil {
		return share{}, invalid("A target group ARN must be specified")
	}
	group, err := l.groupNamed(tuple.TargetGroupArn)
	if err != nil {
		return share{}, err
	}
	if group.kind() != x.balancer.kind {
		return share{}, wire.Errorf("IncompatibleProtocols", "The specified configuration is not valid with this protocol.")
	}
	if group.user != nil && group.user != x.balancer {
		return share{}, wire.Errorf("TargetGroupAssociationLimit",
			"The following target groups cannot be associated with more than one load balancer: %s", group.ARN)
	}
	weight := int32(1)
	if tuple.Weight != nil {
		if weight = *tuple.Weight; weight < 0 || weight > 999 {
			return share{}, invalid("Target group weight '%d' must be between 0 and 999 inclusive", weight)
		}
	}
	return share{group, weight}, nil
}

// describe is the action as a list of actions.
func (a *action) describe() []types.Action {
	return append(slices.Clone(a.logins), a.describeLast())
}

// describeLast shows the groups of a forward action in both ways, as AWS does, if it has just one.
func (a *action) describeLast() types.Action {
	if a.redirect != nil {
		config := a.redirect.config
		return types.Action{Type: types.ActionTypeEnumRedirect, Order: a.order, RedirectConfig: &config}
	}
	if a.fixed != nil {
		described := types.Action{Type: types.ActionTypeEnumFixedResponse, Order: a.order, FixedResponseConfig: &types.FixedResponseActionConfig{
			StatusCode: aws.String(strconv.Itoa(a.fixed.Status)),
		}}
		if a.fixed.ContentType != "" {
			described.FixedResponseConfig.ContentType = aws.String(a.fixed.ContentType)
		}
		if a.fixed.Body != "" {
			described.FixedResponseConfig.MessageBody = aws.String(a.fixed.Body)
		}
		return described
	}
	config := &types.ForwardActionConfig{TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: aws.Bool(a.sticky > 0)}}
	if a.sticky > 0 {
		config.TargetGroupStickinessConfig.DurationSeconds = seconds(a.sticky)
	}
	for _, share := range a.forward {
		config.TargetGroups = append(config.TargetGroups, types.TargetGroupTuple{
			TargetGroupArn: aws.String(share.group.ARN), Weight: aws.Int32(share.weight),
		})
	}
	described := types.Action{Type: types.ActionTypeEnumForward, Order: a.order, ForwardConfig: config}
	if len(a.forward) == 1 {
		described.TargetGroupArn = aws.String(a.forward[0].group.ARN)
	}
	return described
}
