package ssm

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// LogStream is what one script has written to one of its streams, as CloudWatch Logs has it.
type LogStream struct{ Name, Text string }

// Log is what the scripts have written to a log group of CloudWatch Logs, stream by stream. The model has no CloudWatch Logs beside
// it: it takes every group, and whether the instance's profile lets the agent write there is not looked at.
func (c *Commands) Log(group string) []LogStream { return c.logs[group] }

// The pattern of the API model.
const logGroupPattern = `^[\.\-_/#A-Za-z0-9]+$`

var logGroup = regexp.MustCompile(logGroupPattern)

// readLog is where a command's output goes besides; nil: nowhere. A group that is not named is that of the document (SDK,
// CloudWatchOutputConfig).
func readLog(in *sdk.SendCommandInput) (*types.CloudWatchOutputConfig, error) {
	config := in.CloudWatchOutputConfig
	if config == nil {
		return nil, nil
	}
	var b broken
	if config.CloudWatchLogGroupName != nil {
		b.length(len(*config.CloudWatchLogGroupName), 1, 512, *config.CloudWatchLogGroupName, "cloudWatchOutputConfig.cloudWatchLogGroupName")
		b.pattern(config.CloudWatchLogGroupName, logGroup, "cloudWatchOutputConfig.cloudWatchLogGroupName")
	}
	if err := b.err(); err != nil {
		return nil, err
	}
	kept := *config
	if kept.CloudWatchOutputEnabled && kept.CloudWatchLogGroupName == nil {
		kept.CloudWatchLogGroupName = aws.String("/aws/ssm/" + *in.DocumentName)
	}
	return &kept, nil
}

// keepLog writes what a script has written to its command's log group, whole: Run Command's limits are not CloudWatch's. The names
// of streams are those of the agent (Systems Manager user guide, "Configuring Amazon CloudWatch Logs for Run Command").
func (c *Commands) keepLog(v *invocation, stdout, stderr string) {
	config := v.command.log
	if config == nil || !config.CloudWatchOutputEnabled {
		return
	}
	group := *config.CloudWatchLogGroupName
	for _, stream := range []LogStream{{"stdout", stdout}, {"stderr", stderr}} {
		if stream.Text != "" {
			stream.Name = v.command.id + "/" + v.instanceID + "/aws-runShellScript/" + stream.Name
			c.logs[group] = append(c.logs[group], stream)
		}
	}
}
