package autoscaling

import (
	"time"
)

// SetSourceLag has EC2 Auto Scaling not see a launch template or configuration from now on until it is so old: it refuses what names
// it as if there were none. No text of AWS's says so; Terraform tries such refusals again, and its users have met both
// (terraform-provider-aws PR 40088, terraform issue 504). 0, the default, is no lag.
func (in *Groups) SetSourceLag(lag time.Duration) { in.sourceLag = lag }

// unseen reports whether what was made at that time is too new to be seen.
func (in *Groups) unseen(made time.Time) bool { return in.account.Now().Sub(made) < in.sourceLag }
