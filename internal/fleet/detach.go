package fleet

import (
	"errors"
	"strings"

	"github.com/aws/smithy-go"
)

// TargetGroupsAtOnce is how many target groups one call of Auto Scaling may name, and how many of a group may be on their way
// in or out at a time (aws-facts A5, H5).
const TargetGroupsAtOnce = 10

// TooManyAtOnce recognises the refusal to change more target groups of a group while others are on their way in or out. The next
// look goes on with them.
func TooManyAtOnce(err error) bool {
	return refused(err, "Trying to update too many Load Balancers/Target Groups at once")
}

// DetachedBefore recognises the refusal to detach what an earlier call, whose answer was lost or whose effect is not shown
// yet, has detached. The next look shows what is attached.
func DetachedBefore(err error) bool { return refused(err, "not part of the group") }

func refused(err error, text string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), text)
}
