package fleet

import (
	"errors"
	"strings"

	"github.com/aws/smithy-go"
)

// TargetGroupsAtOnce is how many target groups one call of Auto Scaling may name (aws-facts A5).
const TargetGroupsAtOnce = 10

// DetachedBefore recognises the refusal to detach what an earlier call, whose answer was lost or whose effect is not shown
// yet, has detached. The next look shows what is attached.
func DetachedBefore(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "not part of the group")
}
