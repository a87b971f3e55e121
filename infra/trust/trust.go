// Package trust says which service may assume a role, and for which resources of this account: a service that another
// account has configured is no way to a role of ours (the confused deputy).
package trust

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// Service is a service that tells for whom it assumes a role: for one of these resources, ARNs with * for what is not
// known, and nobody else. Without any it is whatever this account has.
func Service(service string, sources ...*string) awsiam.IPrincipal {
	conditions := map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Aws_ACCOUNT_ID()}}
	if len(sources) > 0 {
		conditions["ArnLike"] = map[string]any{"aws:SourceArn": sources}
	}
	return awsiam.NewServicePrincipal(jsii.String(service), &awsiam.ServicePrincipalOpts{Conditions: &conditions})
}

// Unnamed is a service that is not known to tell for whom it assumes a role: a condition on it would lock it out.
func Unnamed(service string) awsiam.IPrincipal {
	return awsiam.NewServicePrincipal(jsii.String(service), nil)
}
