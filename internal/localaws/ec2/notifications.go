package ec2

// OnEvent calls f, with the lock held, with each event that EC2 sends to EventBridge: changes of an instance's state,
// rebalance recommendations and interruption warnings of Spot Instances (EC2 user guide, monitoring with EventBridge).
func (c *Compute) OnEvent(f func(detailType string, resources []string, detail any)) {
	c.events = append(c.events, f)
}

func (c *Compute) emit(detailType, resource string, detail any) {
	for _, f := range c.events {
		f(detailType, []string{resource}, detail)
	}
}

func (c *Compute) arn(i *Instance) string { return c.account.ARN("ec2", "instance/"+i.ID) }

// tellState sends the notification of an instance's state, if it is new.
func (c *Compute) tellState(i *Instance) {
	if i.toldState == i.State {
		return
	}
	i.toldState = i.State
	c.emit("EC2 Instance State-change Notification", c.arn(i), stateChange{i.ID, i.State})
}

type stateChange struct {
	InstanceID string `json:"instance-id"`
	State      State  `json:"state"`
}

func (c *Compute) tellRecommendation(i *Instance) {
	c.emit("EC2 Instance Rebalance Recommendation", c.arn(i), rebalanceRecommendation{i.ID})
}

type rebalanceRecommendation struct {
	InstanceID string `json:"instance-id"`
}

// tellInterruption sends the warning. Its resource has a format of its own (EC2 user guide, Spot Instance interruption
// notices): with the zone in the place of the Region, and no account.
func (c *Compute) tellInterruption(i *Instance) {
	c.emit("EC2 Spot Instance Interruption Warning", "arn:aws:ec2:"+i.Zone+":instance/"+i.ID, interruptionWarning{i.ID, "terminate"})
}

type interruptionWarning struct {
	InstanceID string `json:"instance-id"`
	Action     string `json:"instance-action"`
}
