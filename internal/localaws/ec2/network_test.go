package ec2_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

func TestDefaultNetwork(t *testing.T) {
	run(t, func(w *world) {
		vpc := must(w, w.client.DescribeVpcs, &sdk.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("is-default"), Values: []string{"true"}}}}).Vpcs[0]
		got := []string{*vpc.CidrBlock}
		for _, subnet := range must(w, w.client.DescribeSubnets, &sdk.DescribeSubnetsInput{
			Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{*vpc.VpcId}}},
		}).Subnets {
			got = append(got, *subnet.AvailabilityZone+" "+*subnet.CidrBlock)
		}
		for _, zone := range must(w, w.client.DescribeAvailabilityZones, &sdk.DescribeAvailabilityZonesInput{}).AvailabilityZones {
			got = append(got, *zone.ZoneName+" "+string(zone.State))
		}
		for _, group := range must(w, w.client.DescribeSecurityGroups, &sdk.DescribeSecurityGroupsInput{}).SecurityGroups {
			got = append(got, *group.GroupName)
		}
		want := []string{"172.31.0.0/16", "ap-northeast-1a 172.31.0.0/20", "ap-northeast-1c 172.31.16.0/20", "ap-northeast-1d 172.31.32.0/20",
			"ap-northeast-1a available", "ap-northeast-1c available", "ap-northeast-1d available", "default"}
		if diff := cmp.Diff(want, got); diff != "" {
			w.Error(diff)
		}
	})
}

func TestTags(t *testing.T) {
	run(t, func(w *world) {
		id := w.launch(w.image("app-1"))
		must(w, w.client.CreateTags, &sdk.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{
			{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("2")}, {Key: aws.String("c"), Value: aws.String("")},
		}})
		must(w, w.client.DeleteTags, &sdk.DeleteTagsInput{Resources: []string{id}, Tags: []types.Tag{
			{Key: aws.String("a"), Value: aws.String("other")}, {Key: aws.String("b")},
		}})
		var got []string
		for _, tag := range must(w, w.client.DescribeTags, &sdk.DescribeTagsInput{
			Filters: []types.Filter{{Name: aws.String("resource-id"), Values: []string{id}}},
		}).Tags {
			got = append(got, fmt.Sprintf("%s %s=%s", tag.ResourceType, *tag.Key, *tag.Value))
		}
		if diff := cmp.Diff([]string{"instance a=1", "instance c="}, got); diff != "" {
			w.Error(diff)
		}
		refused(w, w.client.CreateTags, &sdk.CreateTagsInput{Resources: []string{"i-0"}, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}}},
			"InvalidInstanceID.NotFound", "The instance ID 'i-0' does not exist")
		refused(w, w.client.CreateTags, &sdk.CreateTagsInput{Resources: []string{id}, Tags: []types.Tag{{Key: aws.String("aws:a"), Value: aws.String("1")}}},
			"InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
	})
}

func TestPagesOfNetworks(t *testing.T) {
	run(t, func(w *world) {
		for name, err := range map[string]error{
			"VPCs":            second(w.client.DescribeVpcs(w.Context(), &sdk.DescribeVpcsInput{MaxResults: aws.Int32(4)})),
			"subnets":         second(w.client.DescribeSubnets(w.Context(), &sdk.DescribeSubnetsInput{MaxResults: aws.Int32(4)})),
			"security groups": second(w.client.DescribeSecurityGroups(w.Context(), &sdk.DescribeSecurityGroupsInput{MaxResults: aws.Int32(4)})),
		} {
			if err == nil || !strings.Contains(err.Error(), "Expecting a value between 5 and 1000") {
				w.Errorf("a page of 4 %s: %v", name, err)
			}
		}
		for n := range 6 {
			must(w, w.client.CreateSecurityGroup, &sdk.CreateSecurityGroupInput{GroupName: aws.String(fmt.Sprint("g", n)), Description: aws.String("g")})
		}
		pages, groups := sdk.NewDescribeSecurityGroupsPaginator(w.client, &sdk.DescribeSecurityGroupsInput{MaxResults: aws.Int32(5)}), 0
		for pages.HasMorePages() {
			page, err := pages.NextPage(w.Context())
			if err != nil || len(page.SecurityGroups) > 5 {
				w.Fatalf("a page of security groups: %+v, %v", page, err)
			}
			groups += len(page.SecurityGroups)
		}
		if groups != 7 {
			w.Errorf("%d security groups in all, want the default one and six", groups)
		}
	})
}

func second[T any](_ T, err error) error { return err }
