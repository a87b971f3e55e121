package ec2

import (
	"regexp"
	"strings"

	"bluegreen/internal/localaws/wire"
)

// idKind is a kind of resource by how its ids begin.
type idKind struct{ prefix, malformed string }

// The kinds of ids that requests name resources by. EC2 spells the codes as it spells them.
var (
	instanceIDs = idKind{"i-", "InvalidInstanceID.Malformed"}
	imageIDs    = idKind{"ami-", "InvalidAMIID.Malformed"}
	snapshotIDs = idKind{"snap-", "InvalidSnapshotID.Malformed"}
	groupIDs    = idKind{"sg-", "InvalidGroupId.Malformed"}
	subnetIDs   = idKind{"subnet-", "InvalidSubnetID.Malformed"}
	vpcIDs      = idKind{"vpc-", "InvalidVpcID.Malformed"}
	templateIDs = idKind{"lt-", "InvalidLaunchTemplateId.Malformed"}
)

var idDigits = regexp.MustCompile("^[0-9a-f]+$")

// check refuses what cannot be the id of a resource of the kind. EC2 looks at the form of all before it looks for any.
func (k idKind) check(ids ...string) error {
	for _, id := range ids {
		if digits, ok := strings.CutPrefix(id, k.prefix); !ok || !idDigits.MatchString(digits) {
			return wire.Errorf(k.malformed, "Invalid id: \"%s\" (expecting \"%s...\")", id, k.prefix)
		}
	}
	return nil
}

// missing is the answer to an id that no resource of the kind has.
func (k idKind) missing(id, code, text string) error {
	if err := k.check(id); err != nil {
		return err
	}
	return wire.Errorf(code, text, id)
}

func instanceNotFound(id string) error {
	return instanceIDs.missing(id, "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist")
}

func imageNotFound(id string) error {
	return imageIDs.missing(id, "InvalidAMIID.NotFound", "The image id '[%s]' does not exist")
}

func groupNotFound(id string) error {
	return groupIDs.missing(id, "InvalidGroup.NotFound", "The security group '%s' does not exist")
}

func subnetNotFound(id string) error {
	return subnetIDs.missing(id, "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist")
}

func vpcNotFound(id string) error {
	return vpcIDs.missing(id, "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist")
}

func snapshotNotFound(id string) error {
	return snapshotIDs.missing(id, "InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.")
}
