package deployer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/internal/ledger"
)

// ledger makes the table of records. It outlives the stack: who deploys which fleet, and what has to be put back, is
// written nowhere else. It is made last: a rollback cannot delete what is protected, and a first deployment that fails has
// nothing after the table to fail at. Nothing that is made before it asks for the table; what runs does.
func (b build) ledger() {
	others := *b.stack.Node().Children()
	table := awsdynamodb.NewTable(b.stack, jsii.String("Ledger"), &awsdynamodb.TableProps{
		TableName:    jsii.String(b.settings.Table()),
		PartitionKey: &awsdynamodb.Attribute{Name: jsii.String(ledger.KeyAttribute), Type: awsdynamodb.AttributeType_STRING},
		// A handful of requests a minute while something is deployed, none otherwise.
		BillingMode: awsdynamodb.BillingMode_PAY_PER_REQUEST,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
		// AWS's key for DynamoDB: its use shows in CloudTrail, and it costs nothing while nothing is deployed.
		Encryption:         awsdynamodb.TableEncryption_AWS_MANAGED,
		DeletionProtection: jsii.Bool(true),
		RemovalPolicy:      kept,
	})
	for _, other := range others {
		table.Node().AddDependency(other)
	}
}
