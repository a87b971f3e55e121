package ec2

import (
	"regexp"
	"strings"
	"sync"

	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
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

// arm are the families with processors of the arm64 architecture: a g behind the generation's number says so (EC2 user guide,
// "Instance type naming conventions"), and the first family has no letter for it.
var arm = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*|[a-z]+[0-9]+e?-gb[0-9]+)\.`)

// architectures are those that a type's processors run.
func architectures(kind types.InstanceType) []types.ArchitectureType {
	switch {
	case arm.MatchString(string(kind)):
		return []types.ArchitectureType{types.ArchitectureTypeArm64}
	case strings.HasPrefix(string(kind), "mac"):
		return []types.ArchitectureType{types.ArchitectureTypeX8664Mac, types.ArchitectureTypeArm64Mac}
	case strings.HasPrefix(string(kind), "t2.") || strings.HasPrefix(string(kind), "m1."):
		return []types.ArchitectureType{types.ArchitectureTypeI386, types.ArchitectureTypeX8664}
	}
	return []types.ArchitectureType{types.ArchitectureTypeX8664}
}

// describeInstanceTypes says of types what architectures they run, and nothing else.
func (c *Compute) describeInstanceTypes(_ *wire.Call, in *sdk.DescribeInstanceTypesInput) (*sdk.DescribeInstanceTypesOutput, error) {
	var unknown []string
	out := &sdk.DescribeInstanceTypesOutput{}
	for _, kind := range in.InstanceTypes {
		if !instanceTypes()[kind] {
			unknown = append(unknown, string(kind))
			continue
		}
		out.InstanceTypes = append(out.InstanceTypes, types.InstanceTypeInfo{
			InstanceType: kind, ProcessorInfo: &types.ProcessorInfo{SupportedArchitectures: architectures(kind)},
		})
	}
	if unknown != nil {
		return nil, wire.Errorf("InvalidInstanceType", "The following supplied instance types do not exist: [%s]", strings.Join(unknown, ", "))
	}
	return out, nil
}
