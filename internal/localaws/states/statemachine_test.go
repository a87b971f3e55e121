package states_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

func TestStateMachineLife(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		arn := w.create("ec-mqagt-dev-BlueGreen", waiting)
		if arn != "arn:aws:states:ap-northeast-1:000000000000:stateMachine:ec-mqagt-dev-BlueGreen" {
			t.Error(arn)
		}
		found, err := w.client.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
		if err != nil || found.Status != types.StateMachineStatusActive || found.Type != types.StateMachineTypeStandard ||
			*found.Definition != waiting || *found.RoleArn != role || found.LoggingConfiguration.Level != types.LogLevelOff {
			t.Errorf("%+v, %v", found, err)
		}
		if again := w.create("ec-mqagt-dev-BlueGreen", waiting); again != arn {
			t.Error("creating the same again is not idempotent")
		}
		other := `{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}`
		_, err = w.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: aws.String("ec-mqagt-dev-BlueGreen"), Definition: &other, RoleArn: aws.String(role)})
		refused(t, err, "StateMachineAlreadyExists: State Machine Already Exists: '"+arn+"'")
		w.create("another", other)
		list, err := w.client.ListStateMachines(ctx, &sfn.ListStateMachinesInput{})
		if err != nil || len(list.StateMachines) != 2 || *list.StateMachines[1].StateMachineArn != arn {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestABadDefinitionNamesEveryProblem(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		bad := `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"C":{"Type":"Wait","End":true}}}`
		_, err := w.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: aws.String("m"), Definition: &bad, RoleArn: aws.String(role)})
		refused(t, err, "InvalidDefinition: Invalid State Machine Definition: '")
		out, err := w.client.ValidateStateMachineDefinition(ctx, &sfn.ValidateStateMachineDefinitionInput{Definition: &bad})
		if err != nil || out.Result != types.ValidateStateMachineDefinitionResultCodeFail || len(out.Diagnostics) < 2 {
			t.Errorf("%+v, %v", out, err)
		}
		_, err = w.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
			Name: aws.String("m"), Definition: aws.String(waiting), RoleArn: aws.String(role), Type: types.StateMachineTypeExpress,
		})
		refused(t, err, "NotModelled: localaws does not model state machines of type EXPRESS")
	})
}

func TestDeletingEndsExecutionsAtTheirNextTransition(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		arn := w.create("m", `{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":10,"Next":"B"},"B":{"Type":"Wait","Seconds":10,"End":true}}}`)
		execution := w.run(arn, "{}")
		w.sleep(time.Second)
		if _, err := w.client.DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: &arn}); err != nil {
			t.Fatal(err)
		}
		_, err := w.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &arn})
		refused(t, err, "StateMachineDeleting: ")
		w.sleep(time.Minute)
		if end := w.describe(execution); end.Status != types.ExecutionStatusAborted {
			t.Errorf("%+v", end)
		}
		_, err = w.client.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: &arn})
		refused(t, err, "StateMachineDoesNotExist: ")
	})
}

func TestTags(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		arn := w.create("m", waiting)
		tag := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
		if _, err := w.client.TagResource(ctx, &sfn.TagResourceInput{ResourceArn: &arn, Tags: []types.Tag{tag("b", "2"), tag("a", "1")}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.client.UntagResource(ctx, &sfn.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"b"}}); err != nil {
			t.Fatal(err)
		}
		out, err := w.client.ListTagsForResource(ctx, &sfn.ListTagsForResourceInput{ResourceArn: &arn})
		if err != nil || len(out.Tags) != 1 || *out.Tags[0].Key != "a" || *out.Tags[0].Value != "1" {
			t.Errorf("%+v, %v", out, err)
		}
		_, err = w.client.ListTagsForResource(ctx, &sfn.ListTagsForResourceInput{ResourceArn: aws.String(arn + "x")})
		refused(t, err, "ResourceNotFound: Resource not found: '"+arn+"x'")
	})
}
