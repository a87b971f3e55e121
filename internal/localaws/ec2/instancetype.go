package ec2

import (
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// instanceTypes are all that the SDK knows.
var instanceTypes = sync.OnceValue(func() map[types.InstanceType]bool {
	known := make(map[types.InstanceType]bool)
	for _, name := range types.InstanceType("").Values() {
		known[name] = true
	}
	return known
})

func checkInstanceType(name string) error {
	if instanceTypes()[types.InstanceType(name)] {
		return nil
	}
	return wire.Errorf("InvalidParameterValue", "Invalid value '%s' for InstanceType.", name)
}
