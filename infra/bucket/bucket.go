// Package bucket makes the buckets of the stacks, all alike: private, encrypted, over TLS alone, emptied by time.
package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// New makes a bucket whose objects go after so many days. It outlives its stack, since CloudFormation deletes no bucket
// that holds something. unlogged says why nobody's access to it is logged.
func New(scope constructs.Construct, id string, days int, unlogged string) awss3.Bucket {
	expire := awscdk.Duration_Days(jsii.Number(days))
	made := awss3.NewBucket(scope, jsii.String(id), &awss3.BucketProps{
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Expiration:                          expire,
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(1)),
		}},
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	})
	cdknag.NagSuppressions_AddResourceSuppressions(made, &[]*cdknag.NagPackSuppression{
		{Id: jsii.String("AwsSolutions-S1"), Reason: jsii.String(unlogged)},
	}, nil)
	return made
}
