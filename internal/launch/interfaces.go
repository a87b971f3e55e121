package launch

import (
	"encoding/json"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Interfaces are those that a template names, as a launch takes them, in a subnet; empty: in that which each names.
func Interfaces(named []ec2types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest, subnet string) ([]ec2types.InstanceNetworkInterfaceSpecification, error) {
	if len(named) == 0 {
		return nil, nil
	}
	described, err := json.Marshal(named) // the types that a template and a launch take have members of the same names
	if err != nil {
		return nil, err
	}
	var interfaces []ec2types.InstanceNetworkInterfaceSpecification
	if err := json.Unmarshal(described, &interfaces); err != nil {
		return nil, err
	}
	for i := range interfaces {
		if subnet != "" {
			interfaces[i].SubnetId = &subnet
		}
	}
	return interfaces, nil
}
