package text

// EndWarmPool says how to take a group's warm pool away: AWS deletes one that has instances only by force, which ends them
// without their hooks, also those that end their work on the way into the pool.
func EndWarmPool(group string) string {
	name := Option("--auto-scaling-group-name", group)
	return "empty it with aws autoscaling put-warm-pool " + name + " --min-size 0 --max-group-prepared-capacity 0, and then " +
		"take it away with aws autoscaling delete-warm-pool " + name
}
