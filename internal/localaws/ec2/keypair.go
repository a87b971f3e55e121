package ec2

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// Key pairs are names in the model, and every name is one until it is deleted: nothing logs in to an instance.

func (c *Compute) keyPairOperations() []wire.Operation {
	return []wire.Operation{
		wire.Op("DescribeKeyPairs", c.describeKeyPairs, "KeyNames").Requires("KeyNames"),
		wire.Op("DeleteKeyPair", c.deleteKeyPair, "KeyName").Requires("KeyName"),
	}
}

func (c *Compute) describeKeyPairs(_ *wire.Call, in *sdk.DescribeKeyPairsInput) (*sdk.DescribeKeyPairsOutput, error) {
	out := &sdk.DescribeKeyPairsOutput{}
	for _, name := range in.KeyNames {
		if err := c.KeyPair(name); err != nil {
			return nil, err
		}
		out.KeyPairs = append(out.KeyPairs, types.KeyPairInfo{KeyName: aws.String(name), KeyType: types.KeyTypeRsa})
	}
	return out, nil
}

func (c *Compute) deleteKeyPair(_ *wire.Call, in *sdk.DeleteKeyPairInput) (*sdk.DeleteKeyPairOutput, error) {
	c.deletedKeys[*in.KeyName] = true
	return &sdk.DeleteKeyPairOutput{Return: aws.Bool(true)}, nil
}

// KeyPair is EC2's answer where a launch names a key pair that is gone; empty is none.
func (c *Compute) KeyPair(name string) error {
	if c.deletedKeys[name] {
		return wire.Errorf("InvalidKeyPair.NotFound", "The key pair '%s' does not exist", name)
	}
	return nil
}

// Instance profiles are names likewise: every name is one until it is deleted.

// DeleteProfile deletes an instance profile, by its name, as an operator would.
func (c *Compute) DeleteProfile(name string) { c.deletedProfiles[name] = true }

// profile is EC2's answer where a launch names a profile, by its name or ARN, that is gone; empty is none.
func (c *Compute) profile(nameOrARN string) error {
	if !c.deletedProfiles[nameOrARN[strings.LastIndexByte(nameOrARN, '/')+1:]] {
		return nil
	}
	if strings.HasPrefix(nameOrARN, "arn:") {
		return wire.Errorf("InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN", nameOrARN)
	}
	return wire.Errorf("InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", nameOrARN)
}
