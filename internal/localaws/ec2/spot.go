package ec2

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// The model has no Spot prices and no requests for Spot Instances: a Spot Instance is an instance that EC2 may interrupt,
// and it is terminated then, which is the one interruption behaviour that Auto Scaling groups have.

// RecommendRebalance makes EC2 say that a Spot Instance is at an elevated risk of interruption (EC2 user guide, instance
// rebalance recommendations). Errors: the instance is not a Spot Instance that runs.
func (c *Compute) RecommendRebalance(id string) error {
	i, err := c.interruptible(id)
	if err != nil {
		return err
	}
	c.recommend(i)
	c.changed(i)
	return nil
}

// InterruptSpot takes a Spot Instance back: EC2 gives notice now, with the rebalance recommendation that always comes no
// later, and terminates the instance when Settings.SpotNotice has passed, whatever holds it. Errors: the instance is not a
// Spot Instance that runs.
func (c *Compute) InterruptSpot(id string) error {
	i, err := c.interruptible(id)
	if err != nil || i.interrupting {
		return err
	}
	c.recommend(i)
	i.interrupting = true
	c.tellInterruption(i)
	c.changed(i)
	run := i.run
	c.account.After(c.settings.SpotNotice, func() {
		if i.run == run {
			c.end(i, spotTermination)
		}
	})
	return nil
}

func (c *Compute) interruptible(id string) (*Instance, error) {
	i, ok := c.instances[id]
	switch {
	case !ok:
		return nil, instanceNotFound(id)
	case !i.Spot:
		return nil, wire.Errorf("UnsupportedOperation", "The instance '%s' is not a Spot Instance: only those are interrupted.", id)
	case i.State != Running && i.State != Pending:
		return nil, wire.Errorf("IncorrectInstanceState", "The instance '%s' is not in a state from which this can be done: it is '%s'.", id, i.State)
	}
	return i, nil
}

func (c *Compute) recommend(i *Instance) {
	if !i.atRisk {
		i.atRisk = true
		c.tellRecommendation(i)
	}
}

// AtRisk reports whether EC2 recommends to replace the instance before it is interrupted.
func (i *Instance) AtRisk() bool { return i.atRisk }

// Interrupting reports whether EC2 has given notice that it ends the instance.
func (i *Instance) Interrupting() bool { return i.interrupting }

// spotTermination is the reason for the end of an interrupted instance.
const spotTermination = "Server.SpotInstanceTermination"

// stateReason is why the instance is in its state; nil for one that runs.
func (i *Instance) stateReason() *types.StateReason {
	switch {
	case i.State == Pending:
		return &types.StateReason{Code: aws.String("pending"), Message: aws.String("pending")}
	case i.reason == "":
		return nil
	case i.reason == shutDownInside:
		code, _, _ := strings.Cut(i.reason, ":")
		return &types.StateReason{Code: aws.String(code), Message: aws.String(i.reason)}
	case i.reason == spotTermination:
		return &types.StateReason{Code: aws.String(spotTermination), Message: aws.String(spotTermination + ": Spot instance termination")}
	}
	return &types.StateReason{Code: aws.String("Client.UserInitiatedShutdown"), Message: aws.String("Client.UserInitiatedShutdown: User initiated shutdown")}
}
