// Package sts models AWS Security Token Service: who a caller is.
package sts

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sts"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// Service is the API of STS, as far as it is modelled.
func Service(acct *account.Account) wire.Service {
	return wire.Service{
		SigningName: "sts",
		Protocol:    wire.AWSQuery,
		Version:     "2011-06-15",
		Namespace:   "https://sts.amazonaws.com/doc/2011-06-15/",
		Operations: []wire.Operation{
			wire.Op("GetCallerIdentity", func(call *wire.Call, _ *sdk.GetCallerIdentityInput) (*sdk.GetCallerIdentityOutput, error) {
				return &sdk.GetCallerIdentityOutput{
					Account: aws.String(acct.ID), Arn: aws.String(call.Principal.ARN), UserId: aws.String(call.Principal.UserID),
				}, nil
			}),
		},
	}
}
