package edge

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/shield/types"

	"bluegreen/internal/localaws/wire"
)

func (e *Edge) shieldService() wire.Service {
	return wire.Service{
		SigningName: "shield", Protocol: wire.AWSJSON11, TargetPrefix: "AWSShield_20160616", Global: true,
		Operations: []wire.Operation{
			wire.Op("CreateSubscription", e.subscribe),
			wire.Op("GetSubscriptionState", e.subscriptionState),
			wire.Op("CreateProtection", e.protect, "Name", "ResourceArn").Requires("Name", "ResourceArn"),
			wire.Op("ListProtections", e.listProtections, "MaxResults", "NextToken", "InclusionFilters"),
			wire.Op("DescribeProtection", e.describeProtection, "ProtectionId", "ResourceArn"),
		},
	}
}

func (e *Edge) subscribe(*wire.Call, *sdk.CreateSubscriptionInput) (*sdk.CreateSubscriptionOutput, error) {
	e.subscribed = true
	return &sdk.CreateSubscriptionOutput{}, nil
}

func (e *Edge) subscriptionState(*wire.Call, *sdk.GetSubscriptionStateInput) (*sdk.GetSubscriptionStateOutput, error) {
	if e.subscribed {
		return &sdk.GetSubscriptionStateOutput{SubscriptionState: types.SubscriptionStateActive}, nil
	}
	return &sdk.GetSubscriptionStateOutput{SubscriptionState: types.SubscriptionStateInactive}, nil
}

func noResource(message string) error { return wire.Errorf("ResourceNotFoundException", "%s", message) }

// checkSubscribed refuses calls of an account without Shield Advanced. That AWS refuses reads so, too, is not verified: it is
// the cautious reading.
func (e *Edge) checkSubscribed() error {
	if e.subscribed {
		return nil
	}
	return noResource("The subscription does not exist.")
}

func (e *Edge) protect(_ *wire.Call, in *sdk.CreateProtectionInput) (*sdk.CreateProtectionOutput, error) {
	if err := e.checkSubscribed(); err != nil {
		return nil, err
	}
	switch {
	case !e.exists(*in.ResourceArn):
		return nil, wire.Errorf("InvalidResourceException", "The resource %s is not valid", *in.ResourceArn)
	case slices.ContainsFunc(e.protections, func(p types.Protection) bool { return *p.ResourceArn == *in.ResourceArn }):
		return nil, wire.Errorf("ResourceAlreadyExistsException", "The resource %s is already protected", *in.ResourceArn)
	}
	id := e.account.UUID()
	e.protections = append(e.protections, types.Protection{
		Id: &id, Name: in.Name, ResourceArn: in.ResourceArn, ProtectionArn: aws.String("arn:aws:shield::" + e.account.ID + ":protection/" + id),
	})
	return &sdk.CreateProtectionOutput{ProtectionId: &id}, nil
}

func (e *Edge) describeProtection(_ *wire.Call, in *sdk.DescribeProtectionInput) (*sdk.DescribeProtectionOutput, error) {
	if err := e.checkSubscribed(); err != nil {
		return nil, err
	}
	if (in.ProtectionId == nil) == (in.ResourceArn == nil) {
		return nil, wire.Errorf("InvalidParameterException", "Either the protection's id or the resource's ARN must be given, and not both")
	}
	for _, p := range e.protections {
		if aws.ToString(in.ProtectionId) == *p.Id || aws.ToString(in.ResourceArn) == *p.ResourceArn {
			return &sdk.DescribeProtectionOutput{Protection: &p}, nil
		}
	}
	return nil, noResource("The referenced protection does not exist.")
}

// listProtections shows those that meet every filter. A filter on what no protection has is answered with the error that one
// is answered with that names none.
func (e *Edge) listProtections(_ *wire.Call, in *sdk.ListProtectionsInput) (*sdk.ListProtectionsOutput, error) {
	if err := e.checkSubscribed(); err != nil {
		return nil, err
	}
	found := slices.Clone(e.protections)
	if filters := in.InclusionFilters; filters != nil {
		if len(filters.ResourceTypes) > 0 {
			return nil, wire.NotModelled("shield:ListProtections by ResourceTypes: the model protects load balancers only")
		}
		found = slices.DeleteFunc(found, func(p types.Protection) bool {
			return len(filters.ResourceArns) > 0 && !slices.Contains(filters.ResourceArns, *p.ResourceArn) ||
				len(filters.ProtectionNames) > 0 && !slices.Contains(filters.ProtectionNames, *p.Name)
		})
	}
	found, next, err := page(found, in.NextToken, in.MaxResults)
	return &sdk.ListProtectionsOutput{Protections: found, NextToken: next}, err
}

// page cuts out the page that a request asks for, of 100 if it does not say, and returns the token of the next one.
func page[T any](items []T, token *string, most *int32) ([]T, *string, error) {
	from := 0
	if token != nil {
		var err error
		if from, err = strconv.Atoi(*token); err != nil || from < 0 || from > len(items) {
			return nil, nil, wire.Errorf("InvalidPaginationTokenException", "The NextToken specified in the request is invalid.")
		}
	}
	until := min(len(items), from+100)
	if most != nil && *most > 0 {
		until = min(until, from+int(*most))
	}
	if until == len(items) {
		return items[from:], nil, nil
	}
	return items[from:until], aws.String(strconv.Itoa(until)), nil
}
