package iam_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// A role can be held to record sets of certain names and types: every change of a batch must be one of these.
func TestRecordSets(t *testing.T) {
	inAccount(t, func(a *account) {
		client := route53.NewFromConfig(a.config())
		zone, err := client.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")})
		if err != nil {
			t.Error(err)
			return
		}
		arn := "arn:aws:route53:::hostedzone/" + (*zone.HostedZone.Id)[len("/hostedzone/"):]
		changes := func(kind types.RRType, names ...string) call {
			return func(ctx context.Context, config aws.Config) error {
				batch := &types.ChangeBatch{}
				for _, name := range names {
					batch.Changes = append(batch.Changes, types.Change{Action: types.ChangeActionUpsert, ResourceRecordSet: &types.ResourceRecordSet{
						Name: aws.String(name), Type: kind, TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.1")}}}})
				}
				_, err := route53.NewFromConfig(config).ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: zone.HostedZone.Id, ChangeBatch: batch})
				return err
			}
		}
		reads := func(ctx context.Context, config aws.Config) error {
			_, err := route53.NewFromConfig(config).ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: zone.HostedZone.Id})
			return err
		}
		const keys = `"Condition": {"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ["www.example.com"],
			"route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA"], "route53:ChangeResourceRecordSetsActions": ["CREATE", "DELETE", "UPSERT"]}}`
		named := `{"Effect": "Allow", "Action": "route53:ChangeResourceRecordSets", "Resource": "` + arn + `", ` + keys + `}`
		elsewhere := `{"Effect": "Allow", "Action": "route53:ChangeResourceRecordSets", "Resource": "arn:aws:route53:::hostedzone/Z1", ` + keys + `}`
		reading := `{"Effect": "Allow", "Action": "route53:ListResourceRecordSets", "Resource": "` + arn + `"}`
		denied := "is not authorized to perform: route53:ChangeResourceRecordSets on resource: " + arn
		for _, c := range []struct {
			name, policy string
			call         call
			answer       string
		}{
			{"its name", named, changes("A", "WWW.example.com."), "done"},
			{"another name", named, changes("A", "api.example.com"), denied},
			{"another name besides", named, changes("A", "www.example.com", "api.example.com"), denied},
			{"another type", named, changes("TXT", "www.example.com"), denied},
			{"another zone", elsewhere, changes("A", "www.example.com"), denied},
			{"reading", reading, reads, "done"},
			{"not reading", named, reads, "is not authorized to perform: route53:ListResourceRecordSets on resource: " + arn},
		} {
			_ = a.aws.Account.Clock.Sleep(t.Context(), time.Second) // five calls a second
			a.allow(c.policy)
			a.wants(c.name, a.calls(c.call), c.answer)
		}
	})
}
