package codepipeline

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"bluegreen/internal/localaws/wire"
)

var (
	name    = regexp.MustCompile(`^[A-Za-z0-9.@_-]{1,100}$`)
	roleARN = regexp.MustCompile(`^arn:aws(-\w+)*:iam::[0-9]{12}:role/.*$`)
)

// actionKind is what is known of an action type: how many artifacts it takes and makes, and its configuration.
type actionKind struct {
	inputs, outputs [2]int // at least, at most
	required, may   []string
}

// kinds are the modelled action types, by category, owner, provider and version (user guide, action type reference).
var kinds = map[string]actionKind{
	"Source AWS CodeCommit 1": {outputs: [2]int{1, 1}, required: []string{"RepositoryName", "BranchName"},
		may: []string{"PollForSourceChanges", "OutputArtifactFormat"}},
	"Approval AWS Manual 1": {may: []string{"NotificationArn", "CustomData", "ExternalEntityLink"}},
	"Invoke AWS StepFunctions 1": {inputs: [2]int{0, 1}, outputs: [2]int{0, 1}, required: []string{"StateMachineArn"},
		may: []string{"InputType", "Input", "ExecutionNamePrefix"}},
}

// unmodelled are providers that AWS has and the model has not.
var unmodelled = []string{"S3", "ECR", "CodeStarSourceConnection", "CodeBuild", "CodeDeploy", "CodeDeployToECS", "CloudFormation",
	"CloudFormationStackSet", "CloudFormationStackInstances", "ECS", "ElasticBeanstalk", "OpsWorks", "ServiceCatalog", "AppConfig",
	"EC2", "EKS", "Lambda", "DeviceFarm", "Jenkins", "GitHub", "Commands", "ECRBuildAndPublish", "InspectorScan", "CodePipeline", "AlexaSkillsKit"}

func kindOf(id *types.ActionTypeId) string {
	return string(id.Category) + " " + string(id.Owner) + " " + aws.ToString(id.Provider) + " " + aws.ToString(id.Version)
}

func structure(format string, args ...any) error {
	return wire.Errorf("InvalidStructureException", format, args...)
}

func declared(format string, args ...any) error {
	return wire.Errorf("InvalidActionDeclarationException", format, args...)
}

// check checks a declaration, and returns it with AWS's defaults.
func (ps *Pipelines) check(in *types.PipelineDeclaration) (*types.PipelineDeclaration, error) {
	out := *in
	switch {
	case !name.MatchString(aws.ToString(in.Name)):
		return nil, invalid("Value '%s' at 'pipeline.name' failed to satisfy constraint: Member must satisfy regular expression pattern: "+
			"[A-Za-z0-9.@\\-_]+", aws.ToString(in.Name))
	case !roleARN.MatchString(aws.ToString(in.RoleArn)):
		return nil, invalid("Value '%s' at 'pipeline.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: "+
			"arn:aws(-[\\w]+)*:iam::[0-9]{12}:role/.*", aws.ToString(in.RoleArn))
	case in.ArtifactStore == nil || aws.ToString(in.ArtifactStore.Location) == "":
		return nil, structure("Pipeline '%s' must have an artifactStore or artifactStores", *in.Name)
	case len(in.Stages) < 2:
		return nil, structure("Pipeline has only %d stage(s). There should be a minimum of 2 stages in a pipeline", len(in.Stages))
	case len(in.Stages) > 50:
		return nil, structure("Pipeline has too many stages. There can only be up to 50 stages in a pipeline")
	}
	out.PipelineType = cmp.Or(in.PipelineType, types.PipelineTypeV1)
	out.ExecutionMode = cmp.Or(in.ExecutionMode, types.ExecutionModeSuperseded)
	switch out.ExecutionMode {
	case types.ExecutionModeSuperseded:
	case types.ExecutionModeQueued:
		if out.PipelineType != types.PipelineTypeV2 {
			return nil, structure("Execution mode QUEUED can only be used with V2 pipelines")
		}
	case types.ExecutionModeParallel:
		return nil, wire.NotModelled("the execution mode PARALLEL: two deployments of one fleet cannot go on at once; use QUEUED")
	default:
		return nil, invalid("Value '%s' at 'pipeline.executionMode' failed to satisfy constraint: Member must satisfy enum value set: "+
			"[QUEUED, SUPERSEDED, PARALLEL]", in.ExecutionMode)
	}
	c := checker{region: ps.account.Region, artifacts: make(map[string]bool), namespaces: make(map[string]bool), stages: make(map[string]bool)}
	out.Stages = slices.Clone(in.Stages)
	for n := range out.Stages {
		if err := c.stage(n, &out.Stages[n]); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// checker goes through the stages, and knows what those before have declared.
type checker struct {
	region                        string
	stages, artifacts, namespaces map[string]bool
}

func (c *checker) stage(n int, s *types.StageDeclaration) error {
	switch {
	case !name.MatchString(aws.ToString(s.Name)):
		return invalid("Value '%s' at 'pipeline.stages.%d.member.name' failed to satisfy constraint: Member must satisfy regular expression "+
			"pattern: [A-Za-z0-9.@\\-_]+", aws.ToString(s.Name), n+1)
	case c.stages[*s.Name]:
		return wire.Errorf("InvalidStageDeclarationException", "Stage names must be unique in a pipeline: '%s' is declared twice", *s.Name)
	case len(s.Actions) == 0:
		return wire.Errorf("InvalidStageDeclarationException", "Stage '%s' must have at least one action", *s.Name)
	}
	c.stages[*s.Name] = true
	s.Actions = slices.Clone(s.Actions)
	names := make(map[string]bool)
	for k := range s.Actions {
		a := &s.Actions[k]
		if !name.MatchString(aws.ToString(a.Name)) || a.ActionTypeId == nil {
			return invalid("Value '%s' at 'pipeline.stages.%d.member.actions.%d.member.name' failed to satisfy constraint: Member must satisfy "+
				"regular expression pattern: [A-Za-z0-9.@\\-_]+", aws.ToString(a.Name), n+1, k+1)
		}
		if names[*a.Name] {
			return wire.Errorf("InvalidStageDeclarationException", "Action names must be unique in a stage: '%s' is declared twice in stage '%s'", *a.Name, *s.Name)
		}
		names[*a.Name] = true
		if (a.ActionTypeId.Category == types.ActionCategorySource) != (n == 0) {
			return structure("Pipeline should start with a stage that only contains source actions")
		}
		if a.RunOrder == nil {
			a.RunOrder = aws.Int32(1)
		}
		if *a.RunOrder < 1 || *a.RunOrder > 999 {
			return invalid("Value '%d' at 'pipeline.stages.%d.member.actions.%d.member.runOrder' failed to satisfy constraint: Member must have "+
				"value between 1 and 999, inclusive", *a.RunOrder, n+1, k+1)
		}
	}
	// What an action takes may come from one before it in the same stage.
	inOrder := slices.Clone(s.Actions)
	slices.SortStableFunc(inOrder, func(a, b types.ActionDeclaration) int { return cmp.Compare(*a.RunOrder, *b.RunOrder) })
	for _, a := range inOrder {
		if err := c.action(a); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) action(a types.ActionDeclaration) error {
	kind, known := kinds[kindOf(a.ActionTypeId)]
	switch {
	case !known && slices.Contains(unmodelled, aws.ToString(a.ActionTypeId.Provider)):
		return wire.NotModelled("actions of %s: it models CodeCommit sources, manual approvals and Step Functions", *a.ActionTypeId.Provider)
	case !known:
		return declared("ActionType (Category: '%s', Provider: '%s', Owner: '%s', Version: '%s') in action '%s' is not available in region '%s'",
			a.ActionTypeId.Category, aws.ToString(a.ActionTypeId.Provider), a.ActionTypeId.Owner, aws.ToString(a.ActionTypeId.Version), *a.Name, c.region)
	case a.Region != nil && *a.Region != c.region:
		return wire.NotModelled("actions in another Region (%s)", *a.Region)
	case a.TimeoutInMinutes != nil && a.ActionTypeId.Category != types.ActionCategoryApproval:
		return declared("Action '%s' cannot have a timeout: only manual approval actions can", *a.Name)
	case a.TimeoutInMinutes != nil && (*a.TimeoutInMinutes < 5 || *a.TimeoutInMinutes > 86400):
		return invalid("Value '%d' at 'timeoutInMinutes' of action '%s' failed to satisfy constraint: Member must have value between 5 and "+
			"86400, inclusive", *a.TimeoutInMinutes, *a.Name)
	}
	if err := c.bundles(a, kind); err != nil {
		return err
	}
	if a.Namespace != nil {
		if c.namespaces[*a.Namespace] {
			return declared("Namespaces must be unique in a pipeline: '%s' is declared twice", *a.Namespace)
		}
		c.namespaces[*a.Namespace] = true
	}
	return configuration(a, kind)
}

// bundles checks an action's artifacts.
func (c *checker) bundles(a types.ActionDeclaration, kind actionKind) error {
	for _, count := range []struct {
		what  string
		n     int
		limit [2]int
	}{{"input", len(a.InputArtifacts), kind.inputs}, {"output", len(a.OutputArtifacts), kind.outputs}} {
		if count.n < count.limit[0] {
			return declared("Action %s declares %d %s artifacts which is less than the minimum count (%d)", *a.Name, count.n, count.what, count.limit[0])
		}
		if count.n > count.limit[1] {
			return declared("Action %s declares %d %s artifacts which is more than the maximum count (%d)", *a.Name, count.n, count.what, count.limit[1])
		}
	}
	for _, artifact := range a.InputArtifacts {
		if !c.artifacts[aws.ToString(artifact.Name)] {
			return declared("Input Artifact Bundle %s in action %s is not declared as Output Artifact Bundle in any of the preceding actions",
				aws.ToString(artifact.Name), *a.Name)
		}
	}
	for _, artifact := range a.OutputArtifacts {
		if c.artifacts[aws.ToString(artifact.Name)] {
			return declared("Output Artifact Bundle name must be unique within the pipeline. %s has been used more than once", aws.ToString(artifact.Name))
		}
		c.artifacts[aws.ToString(artifact.Name)] = true
	}
	return nil
}

func configuration(a types.ActionDeclaration, kind actionKind) error {
	for _, key := range kind.required {
		if a.Configuration[key] == "" {
			return declared("Action configuration for action '%s' is missing required configuration '%s'", *a.Name, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.Configuration)) {
		if !slices.Contains(kind.required, key) && !slices.Contains(kind.may, key) {
			return declared("Action configuration for action '%s' contains unknown configuration '%s'", *a.Name, key)
		}
	}
	switch *a.ActionTypeId.Provider {
	case "CodeCommit":
		if format := a.Configuration["OutputArtifactFormat"]; format != "" && format != "CODE_ZIP" {
			return wire.NotModelled("the artifact format %s of a CodeCommit source", format)
		}
		if poll := a.Configuration["PollForSourceChanges"]; poll != "" && poll != "true" && poll != "false" {
			return declared("Action configuration for action '%s' has an invalid PollForSourceChanges '%s': it must be true or false", *a.Name, poll)
		}
	case "StepFunctions":
		switch kind := a.Configuration["InputType"]; kind {
		case "", "Literal":
		case "FilePath":
			if a.Configuration["Input"] == "" || len(a.InputArtifacts) == 0 {
				return declared("Action configuration for action '%s' with InputType FilePath must have an Input and an input artifact", *a.Name)
			}
		default:
			return declared("Action configuration for action '%s' has an invalid InputType '%s': it must be Literal or FilePath", *a.Name, kind)
		}
	}
	return nil
}
