package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// globally is the ARN of something of Route 53's, which belongs to no Region and shows no account.
func globally(resource string) string { return "arn:aws:route53:::" + resource }

func onZone(a *asker, input any) error {
	id := textIfAny(input, "HostedZoneId") + textIfAny(input, "Id")
	return a.may("route53:"+a.call.Operation, globally("hostedzone/"+strings.TrimPrefix(id, "/hostedzone/")), nil)
}

func onChange(a *asker, input any) error {
	return a.may("route53:GetChange", globally("change/"+strings.TrimPrefix(text(input, "Id"), "/change/")), nil)
}

// changeRecordSets has the batch's actions, names (in lower case, without a dot at their end) and types as condition keys
// (Service Authorization Reference).
func changeRecordSets(a *asker, input any) error {
	in := input.(*route53.ChangeResourceRecordSetsInput)
	var actions, names, kinds []string
	if in.ChangeBatch != nil {
		for _, change := range in.ChangeBatch.Changes {
			set := change.ResourceRecordSet
			if set == nil {
				set = &types.ResourceRecordSet{}
			}
			actions = append(actions, string(change.Action))
			names = append(names, strings.TrimSuffix(strings.ToLower(aws.ToString(set.Name)), "."))
			kinds = append(kinds, string(set.Type))
		}
	}
	keys := map[string][]string{
		"route53:changeresourcerecordsetsactions": actions, "route53:changeresourcerecordsetsnormalizedrecordnames": names,
		"route53:changeresourcerecordsetsrecordtypes": kinds,
	}
	zone := globally("hostedzone/" + strings.TrimPrefix(aws.ToString(in.HostedZoneId), "/hostedzone/"))
	return a.may("route53:ChangeResourceRecordSets", zone, func(key string) []string { return keys[key] })
}
