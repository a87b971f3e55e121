package pipeline

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodecommit"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/infra/settings"
	"bluegreen/infra/trust"
	"bluegreen/infra/undelivered"
)

// origin is a kind of source: its action, what that may do, and what starts the pipeline.
type origin struct {
	action   awscodepipeline.CfnPipeline_ActionDeclarationProperty
	change   string // what a person who approves reads: variables of the action
	allow    []awsiam.PolicyStatement
	changed  map[string]any // the event's pattern; nil: triggers
	triggers any            // of CodePipeline itself; nil: changed
}

func source(stack awscdk.Stack, s settings.Settings) origin {
	var from origin
	switch s.Source {
	case settings.SourceConnection:
		from = connection(s)
	case settings.SourceS3:
		from = object(stack, s)
	default:
		from = commits(stack, s)
	}
	if from.change == "" {
		from.change = "#{Source.CommitId} #{Source.CommitMessage}"
	}
	from.action.Name = jsii.String("Source")
	from.action.Namespace = jsii.String("Source")
	from.action.OutputArtifacts = &[]any{&awscodepipeline.CfnPipeline_OutputArtifactProperty{Name: jsii.String(request)}}
	return from
}

// commits is a CodeCommit repository of its own: nothing but requests, so every commit is a deployment.
func commits(stack awscdk.Stack, s settings.Settings) origin {
	repository := awscodecommit.NewCfnRepository(stack, jsii.String("Repository"), &awscodecommit.CfnRepositoryProps{
		RepositoryName:        &s.Repository,
		RepositoryDescription: jsii.String("Commit " + s.Input + " to deploy " + s.Prefix()),
	})
	// The history says what was deployed when. A first deployment of the stack that fails leaves no empty one in the way.
	repository.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	return origin{
		action: awscodepipeline.CfnPipeline_ActionDeclarationProperty{
			ActionTypeId: kind("Source", "AWS", "CodeCommit"),
			Configuration: &map[string]*string{
				"RepositoryName":       repository.AttrName(),
				"BranchName":           &s.Branch,
				"PollForSourceChanges": jsii.String("false"),
			},
		},
		allow: []awsiam.PolicyStatement{allow([]string{
			"codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository",
			"codecommit:UploadArchive", "codecommit:GetUploadArchiveStatus", "codecommit:CancelUploadArchive",
		}, repository.AttrArn())},
		changed: map[string]any{
			"source":      []string{"aws.codecommit"},
			"detail-type": []string{"CodeCommit Repository State Change"},
			"resources":   []*string{repository.AttrArn()},
			"detail": map[string]any{
				"event":         []string{"referenceCreated", "referenceUpdated"},
				"referenceType": []string{"branch"},
				"referenceName": []string{s.Branch},
			},
		},
	}
}

// connection is a repository elsewhere, which may hold more than requests: only a change of the request deploys.
func connection(s settings.Settings) origin {
	list := func(item string) map[string]any { return map[string]any{"includes": []string{item}} }
	return origin{
		action: awscodepipeline.CfnPipeline_ActionDeclarationProperty{
			ActionTypeId: kind("Source", "AWS", "CodeStarSourceConnection"),
			Configuration: &map[string]*string{
				"ConnectionArn":    &s.Connection,
				"FullRepositoryId": &s.Repository,
				"BranchName":       &s.Branch,
				"DetectChanges":    jsii.String("false"),
			},
		},
		allow: []awsiam.PolicyStatement{allow([]string{strings.Split(s.Connection, ":")[2] + ":UseConnection"}, &s.Connection)}, // the service has two names
		triggers: &[]any{map[string]any{
			"providerType": "CodeStarSourceConnection",
			"gitConfiguration": map[string]any{
				"sourceActionName": "Source",
				"push":             []any{map[string]any{"branches": list(s.Branch), "filePaths": list(s.Input)}},
			},
		}},
	}
}

// object is a zip file in a bucket that exists, versioned and with its events sent to EventBridge.
func object(stack awscdk.Stack, s settings.Settings) origin {
	bucket := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("s3"), Account: jsii.String(""), Region: jsii.String(""), Resource: &s.Repository,
	})
	return origin{
		action: awscodepipeline.CfnPipeline_ActionDeclarationProperty{
			ActionTypeId: kind("Source", "AWS", "S3"),
			Configuration: &map[string]*string{
				"S3Bucket":             &s.Repository,
				"S3ObjectKey":          &s.Key,
				"PollForSourceChanges": jsii.String("false"),
			},
		},
		change: "version #{Source.VersionId}",
		allow: []awsiam.PolicyStatement{
			allow([]string{"s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"}, bucket),
			allow([]string{"s3:GetObject", "s3:GetObjectVersion"}, jsii.String(*bucket+"/"+s.Key)),
		},
		changed: map[string]any{
			"source":      []string{"aws.s3"},
			"detail-type": []string{"Object Created"},
			"detail": map[string]any{
				"bucket": map[string]any{"name": []string{s.Repository}},
				"object": map[string]any{"key": []string{s.Key}},
			},
		},
	}
}

// onChange starts the pipeline when the source changes.
func onChange(stack awscdk.Stack, s settings.Settings, pipeline awscodepipeline.CfnPipeline, pattern map[string]any) {
	arn := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("codepipeline"), Resource: pipeline.Ref()})
	name := s.Name("SourceChanged")
	own := stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("events"), Resource: jsii.String("rule"), ResourceName: &name})
	role := awsiam.NewRole(stack, jsii.String("StartRole"), &awsiam.RoleProps{
		Description: jsii.String("Lets EventBridge start the pipeline of " + s.Prefix()),
		AssumedBy:   trust.Service("events.amazonaws.com", own),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"Start": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
			Statements: &[]awsiam.PolicyStatement{allow([]string{"codepipeline:StartPipelineExecution"}, arn)},
		})},
	})
	lost := undeliveredCommits(stack, s, own)
	awsevents.NewCfnRule(stack, jsii.String("Changed"), &awsevents.CfnRuleProps{
		Name:         &name,
		Description:  jsii.String("A commit deploys " + s.Prefix()),
		EventPattern: pattern,
		Targets: &[]any{&awsevents.CfnRule_TargetProperty{
			Id: jsii.String("Pipeline"), Arn: arn, RoleArn: role.RoleArn(),
			DeadLetterConfig: &awsevents.CfnRule_DeadLetterConfigProperty{Arn: lost.QueueArn()},
		}},
	})
}

// undeliveredCommits keeps what the rule could not start the pipeline with, and tells the Deployer stack's operators.
func undeliveredCommits(stack awscdk.Stack, s settings.Settings, rule *string) awssqs.IQueue {
	queue := undelivered.New(stack, "Undelivered", s.Name("undelivered-commits"))
	queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{trust.Service("events.amazonaws.com", rule)},
		Actions:    jsii.Strings("sqs:SendMessage"), Resources: &[]*string{queue.QueueArn()},
	}))
	alarm := awscloudwatch.NewAlarm(stack, jsii.String("UndeliveredAlarm"), &awscloudwatch.AlarmProps{
		AlarmName:          jsii.String(s.Name("UndeliveredCommits")),
		AlarmDescription:   jsii.String("EventBridge could not start the pipeline for a commit: the messages in the queue say for which. Start the pipeline yourself."),
		Metric:             undelivered.Metric(queue),
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	})
	operators := awssns.Topic_FromTopicArn(stack, jsii.String("Operators"), topic(stack, s))
	alarm.AddAlarmAction(awscloudwatchactions.NewSnsAction(operators))
	return queue
}

// suppressWildcards says why the pipeline's policy may name what is not known yet.
func suppressWildcards(policy awsiam.Policy) {
	cdknag.NagSuppressions_AddResourceSuppressions(policy, &[]*cdknag.NagPackSuppression{
		{
			Id:        jsii.String("AwsSolutions-IAM5"),
			Reason:    jsii.String("CodePipeline chooses the keys of its artifacts, in the pipeline's own bucket."),
			AppliesTo: &[]any{map[string]any{"regex": `/^Resource::<Artifacts\w+\.Arn>/\*$/`}},
		},
		{
			Id:        jsii.String("AwsSolutions-IAM5"),
			Reason:    jsii.String("CodePipeline names each execution after its action's id; only executions that it named are read."),
			AppliesTo: &[]any{map[string]any{"regex": `/^Resource::arn:.*:execution:.*:commit-\*$/`}},
		},
	}, nil)
}
