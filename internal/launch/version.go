// Package launch is what a group's instances are launched from: what makes a copy of a launch template's version or of a launch
// configuration, and what a request changes of it. It only reads.
package launch

import (
	"encoding/json"
	"fmt"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// FromVersion is what makes a launch template with the contents of a version as AWS describes it. The types that describe and
// those that make have members of the same names, but for these, which only describe:
//   - MetadataOptions.State is whether the options have been applied yet;
//   - IsPrimaryIpv6 of an address of a network interface is set for all of the interface by its PrimaryIpv6;
//   - Operator is who manages the version: a copy is ours.
func FromVersion(data ec2types.ResponseLaunchTemplateData) (*ec2types.RequestLaunchTemplateData, error) {
	data.Operator = nil
	described, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("copying what a launch template holds: %w", err)
	}
	made := &ec2types.RequestLaunchTemplateData{}
	if err := json.Unmarshal(described, made); err != nil {
		return nil, fmt.Errorf("copying what a launch template holds: %w", err)
	}
	return made, nil
}
