package text

// The commands that take an instance which no scale-in ends out of its group.
const endInstance = "aws autoscaling terminate-instance-in-auto-scaling-group --no-should-decrement-desired-capacity --instance-id <id>"

// EndRetained says how an instance that its group retains leaves it.
func EndRetained() string { return "end each with " + endInstance }

// EndStanding says how an instance in Standby leaves its group.
func EndStanding(group string) string {
	return EndRetained() + ", or, to keep it running, take it out of the group with aws autoscaling detach-instances " +
		Option("--auto-scaling-group-name", group) + " --no-should-decrement-desired-capacity --instance-ids <id>"
}
