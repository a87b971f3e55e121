package sts_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sts"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/sts"
	"bluegreen/internal/localaws/wire"
)

func TestCallerIsWhoOwnsTheKey(t *testing.T) {
	c := clock.NewVirtual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	acct := account.New("000000000000", "ap-northeast-1", c, 1)
	endpoint := wire.NewEndpoint(acct, wire.DefaultSettings(), nil)
	endpoint.Add(sts.Service(acct))
	c.Run(func() {
		client := sdk.NewFromConfig(endpoint.Config(wire.Caller{AccessKeyID: "AKIAPERSON"}))
		out, err := client.GetCallerIdentity(context.Background(), &sdk.GetCallerIdentityInput{})
		if err != nil {
			t.Fatal(err)
		}
		if got := aws.ToString(out.Account) + " " + aws.ToString(out.Arn); got != "000000000000 arn:aws:iam::000000000000:user/AKIAPERSON" {
			t.Errorf("got %s", got)
		}
	})
}
