// Package restoreblue puts back on blue what the deployment changed: the pinned minimum. The desired capacity stays
// where blue's own scaling, or the return of its traffic, has brought it.
package restoreblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is all of AWS that this state may touch.
type groups interface {
	fleet.Groups
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
}

var _ groups = (*autoscaling.Client)(nil)

type handler struct {
	groups groups
	ledger ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return handler{
		groups: autoscaling.NewFromConfig(cfg),
		ledger: ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	name := document.Deployment.Blue
	record, err := h.ledger.For(call).Check(ctx, ledger.Removing)
	if err != nil {
		return deploy.Document{}, err
	}
	fleets, err := fleet.Read(ctx, h.groups, name)
	if err != nil {
		return deploy.Document{}, err
	}
	blue, found := fleets[name]
	if !found || blue.Deleting { // green may be all that is left
		return deploy.Document{}, h.ledger.WithoutBlue(document.Deployment)
	}
	message := "nothing was changed on blue " + name
	if originals := record.Lock.Originals; originals != nil {
		if message, err = h.unpin(ctx, call, blue, originals); err != nil {
			return deploy.Document{}, err
		}
	}
	document.Progress = &deploy.Progress{State: call.State, Verdict: deploy.Done, Since: call.Entered, Message: message}
	return document, nil
}

// unpin restores the minimum, unless somebody else has changed it since it was pinned. It writes even if the minimum
// looks restored: what is described may lag the pin.
func (h handler) unpin(ctx context.Context, call deploy.Call, blue deploy.Fleet, originals *ledger.Originals) (string, error) {
	if blue.Sizes.Min != originals.PinnedMin && blue.Sizes.Min != originals.Blue.Min {
		return fmt.Sprintf("the minimum of blue %s was changed by somebody else to %d and stays", blue.Name, blue.Sizes.Min), nil
	}
	if _, err := h.ledger.For(call).Check(ctx, ledger.Removing); err != nil {
		return "", err
	}
	_, err := h.groups.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &blue.Name, MinSize: aws.Int32(int32(originals.Blue.Min)),
	})
	if err != nil {
		return "", fmt.Errorf("restoring the minimum of %s to %d: %w", blue.Name, originals.Blue.Min, err)
	}
	return fmt.Sprintf("the minimum of blue %s is restored to %d", blue.Name, originals.Blue.Min), nil
}
