package builder

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/faults"
	localssm "bluegreen/internal/localaws/ssm"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/step"
)

// world is an account in the model of AWS, people's clients of it, and what makes and unmakes images of a deployment there.
type world struct {
	*testing.T
	clock *clock.Virtual
	aws   *localaws.AWS
	ec2   *ec2.Client
	ssm   *ssm.Client
	maker Maker
	table ledger.Ledger
	call  deploy.Call
	image string    // that the builder is launched with
	since time.Time // when the deployment began to undo; zero: now
}

const (
	execution = "arn:aws:states:ap-northeast-1:000000000000:execution:BlueGreen:mine"
	imageName = "web-v001-1a2b3c4d"
	ours      = "ours" // who the deployment calls as
)

// in runs a test in a new account, on virtual time. Its lineage is locked by a deployment at a stage, with what it has built.
func in(t *testing.T, stage ledger.Stage, built *ledger.Building, test func(*world)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	model := localaws.New(localaws.Options{Clock: v, Seed: 1})
	defer model.Close()
	people, config := model.Endpoint.Config(wire.Caller{}), model.Endpoint.Config(wire.Caller{AccessKeyID: ours, Seed: 7})
	v.Run(func() {
		w := &world{T: t, clock: v, aws: model, ec2: ec2.NewFromConfig(people), ssm: ssm.NewFromConfig(people), maker: NewMaker(config, "")}
		w.lock(dynamodb.NewFromConfig(people), stage, built)
		w.image = *must(w, w.ec2.RegisterImage, &ec2.RegisterImageInput{Name: aws.String("app")}).ImageId
		w.do(func() { model.Compute.SetImageAvailable(account.Constant(time.Minute)) })
		test(w)
	})
}

func (w *world) lock(tables *dynamodb.Client, stage ledger.Stage, built *ledger.Building) {
	w.Helper()
	must(w, tables.CreateTable, &dynamodb.CreateTableInput{
		TableName: aws.String("ledger"), BillingMode: dynamodbtypes.BillingModePayPerRequest,
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String(ledger.KeyAttribute), KeyType: dynamodbtypes.KeyTypeHash}},
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String(ledger.KeyAttribute), AttributeType: dynamodbtypes.ScalarAttributeTypeS}},
	})
	w.sleep(time.Minute)
	d := deploy.Deployment{Project: "shop", Lineage: "web", Blue: "web", Green: "web-v001", Generation: 1, Execution: execution,
		Build: &deploy.Making{Name: imageName, Builder: "web-v001-builder"}}
	w.table = ledger.Ledger{Table: "ledger", Items: tables}
	lock := &ledger.Lock{Execution: execution, Stage: stage, Deployment: d, Build: built}
	if _, err := w.table.Put(context.Background(), ledger.Record{Lineage: "web", Lock: lock}); err != nil {
		w.Fatal(err)
	}
	w.call = deploy.Call{Execution: deploy.Execution{ID: execution}}
	w.call.Document.Deployment = &d
}

// relock changes the lineage's lock, and the deployment in it.
func (w *world) relock(change func(*ledger.Lock)) {
	w.Helper()
	record, _, err := w.table.Get(context.Background(), "web")
	if err == nil {
		change(record.Lock)
		_, err = w.table.Put(context.Background(), record)
	}
	if err != nil {
		w.Fatal(err)
	}
	w.call.Document.Deployment = &record.Lock.Deployment
}

// step is a call of the deployment's at this moment.
func (w *world) step() *step.Step {
	w.call.Entered = w.clock.Now()
	return step.New(w.table, w.call)
}

func (w *world) sleep(d time.Duration) { _ = w.clock.Sleep(context.Background(), d) }

// do changes the model behind the API's back.
func (w *world) do(f func()) {
	w.aws.Account.Lock()
	defer w.aws.Account.Unlock()
	f()
}

// fault lets calls of the deployment's go wrong.
func (w *world) fault(rule faults.Rule) {
	rule.Caller = ours
	w.aws.Faults.Add(rule)
}

// must is the answer of a call that succeeds.
func must[In, Out, Options any](w *world, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	w.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		w.Fatalf("%T: %v", in, err)
	}
	return out
}

// tagged are the tags that a deployment gives what it makes for a build.
func tagged(execution string, kinds ...types.ResourceType) (specifications []types.TagSpecification) {
	for _, kind := range kinds {
		specifications = append(specifications, types.TagSpecification{ResourceType: kind, Tags: tags(deploy.Deployment{Project: "shop", Lineage: "web", Execution: execution})})
	}
	return specifications
}

// instance launches one by a token, for an execution's deployment, and waits until its agent answers.
func (w *world) instance(execution, token string) string {
	w.Helper()
	out := must(w, w.ec2.RunInstances, &ec2.RunInstancesInput{
		ImageId: &w.image, InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ClientToken: &token,
		IamInstanceProfile: &types.IamInstanceProfileSpecification{Name: aws.String("app")}, TagSpecifications: tagged(execution, types.ResourceTypeInstance),
	})
	w.sleep(3 * time.Minute)
	return *out.Instances[0].InstanceId
}

// state is that of an instance.
func (w *world) state(id string) string {
	w.Helper()
	for _, reservation := range must(w, w.ec2.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{id}}).Reservations {
		return string(reservation.Instances[0].State.Name)
	}
	return ""
}

// imageOf makes an image of an instance, with a snapshot, for an execution's deployment.
func (w *world) imageOf(instance, name, execution string) string {
	w.Helper()
	return *must(w, w.ec2.CreateImage, &ec2.CreateImageInput{
		InstanceId: &instance, Name: &name, NoReboot: aws.Bool(true), TagSpecifications: tagged(execution, types.ResourceTypeImage, types.ResourceTypeSnapshot),
	}).ImageId
}

// left are the images that were made of instances, by name, and the snapshots, by the name of the image that each was made for.
func (w *world) left() (left []string) {
	w.do(func() {
		for _, image := range w.aws.Compute.Images() {
			if image.ID != w.image && image.Tags[deploy.TagProject] == "shop" {
				left = append(left, "image "+image.Name)
			}
		}
		for _, snapshot := range w.aws.Compute.Snapshots() {
			left = append(left, "snapshot of "+snapshot.Image)
		}
	})
	return left
}

// behave has what runs on instances go as its script says.
func (w *world) behave(by map[string]localssm.Behaviour) {
	w.do(func() {
		w.aws.Commands.SetBehaviour("", localssm.Behaviour{Decide: func(script string, _ map[string]string) localssm.Behaviour { return by[script] }})
	})
}
