package edge

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"bluegreen/internal/localaws/wire"
)

func (e *Edge) wafService() wire.Service {
	return wire.Service{
		SigningName: "wafv2", Protocol: wire.AWSJSON11, TargetPrefix: "AWSWAF_20190729",
		Operations: []wire.Operation{
			wire.Op("AssociateWebACL", e.associate, "WebACLArn", "ResourceArn").Requires("WebACLArn", "ResourceArn"),
			wire.Op("DisassociateWebACL", e.disassociate, "ResourceArn").Requires("ResourceArn"),
			wire.Op("GetWebACLForResource", e.webACLOf, "ResourceArn").Requires("ResourceArn"),
		},
	}
}

var aclForm = regexp.MustCompile(`^arn:aws:wafv2:[a-z0-9-]+:\d{12}:regional/webacl/([^/]+)/([^/]+)$`)

func noItem() error {
	return wire.Errorf("WAFNonexistentItemException", "AWS WAF couldn’t perform the operation because your resource doesn’t exist.")
}

// associate puts a web ACL before a load balancer. The model makes none: any ARN of one is one.
func (e *Edge) associate(_ *wire.Call, in *sdk.AssociateWebACLInput) (*sdk.AssociateWebACLOutput, error) {
	if !aclForm.MatchString(*in.WebACLArn) || !e.exists(*in.ResourceArn) {
		return nil, noItem()
	}
	e.acls[*in.ResourceArn] = *in.WebACLArn
	return &sdk.AssociateWebACLOutput{}, nil
}

func (e *Edge) disassociate(_ *wire.Call, in *sdk.DisassociateWebACLInput) (*sdk.DisassociateWebACLOutput, error) {
	if !e.exists(*in.ResourceArn) {
		return nil, noItem()
	}
	delete(e.acls, *in.ResourceArn)
	return &sdk.DisassociateWebACLOutput{}, nil
}

// webACLOf is the web ACL before a load balancer; a load balancer without one is no error.
func (e *Edge) webACLOf(_ *wire.Call, in *sdk.GetWebACLForResourceInput) (*sdk.GetWebACLForResourceOutput, error) {
	if !e.exists(*in.ResourceArn) {
		return nil, noItem()
	}
	arn, associated := e.acls[*in.ResourceArn]
	if !associated {
		return &sdk.GetWebACLForResourceOutput{}, nil
	}
	parts := aclForm.FindStringSubmatch(arn)
	return &sdk.GetWebACLForResourceOutput{WebACL: &types.WebACL{
		ARN: &arn, Name: &parts[1], Id: &parts[2], DefaultAction: &types.DefaultAction{Allow: &types.AllowAction{}},
		VisibilityConfig: &types.VisibilityConfig{MetricName: &parts[1]}, Capacity: 1, LabelNamespace: aws.String("awswaf:" + e.account.ID + ":webacl:" + parts[1] + ":"),
	}}, nil
}
