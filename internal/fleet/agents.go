package fleet

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// Agents describes instances' SSM agents.
type Agents interface {
	DescribeInstanceInformation(context.Context, *ssm.DescribeInstanceInformationInput, ...func(*ssm.Options)) (*ssm.DescribeInstanceInformationOutput, error)
}

var _ Agents = (*ssm.Client)(nil)

// agentsAtOnce is how many instances one call may name, and how many one page holds.
const agentsAtOnce = 50

// Online reports which instances' agents take commands. One SendCommand with an instance whose agent does not is refused
// whole, so this is asked first.
func Online(ctx context.Context, agents Agents, ids []string) (map[string]bool, error) {
	online := make(map[string]bool)
	for batch := range slices.Chunk(ids, agentsAtOnce) {
		pages := ssm.NewDescribeInstanceInformationPaginator(agents, &ssm.DescribeInstanceInformationInput{
			MaxResults: aws.Int32(agentsAtOnce),
			Filters:    []types.InstanceInformationStringFilter{{Key: aws.String("InstanceIds"), Values: batch}},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("asking for the agents of %d instances: %w", len(batch), err)
			}
			for _, information := range page.InstanceInformationList {
				online[aws.ToString(information.InstanceId)] = information.PingStatus == types.PingStatusOnline
			}
		}
	}
	return online, nil
}
