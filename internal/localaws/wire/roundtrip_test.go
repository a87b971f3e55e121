package wire_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwschemas "github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/localaws/wire"
)

// attributeValues is DynamoDB's union.
var attributeValues = wire.UnionOf[ddbtypes.AttributeValue](
	&ddbtypes.AttributeValueMemberB{}, &ddbtypes.AttributeValueMemberBOOL{}, &ddbtypes.AttributeValueMemberBS{},
	&ddbtypes.AttributeValueMemberL{}, &ddbtypes.AttributeValueMemberM{}, &ddbtypes.AttributeValueMemberN{},
	&ddbtypes.AttributeValueMemberNS{}, &ddbtypes.AttributeValueMemberNULL{}, &ddbtypes.AttributeValueMemberS{},
	&ddbtypes.AttributeValueMemberSS{},
)

//go:generate go run bluegreen/internal/localaws/wire/wirenames -service ec2 -package wire_test -out ec2names_test.go -operations CreateImage,CreateLaunchTemplate,CreateLaunchTemplateVersion,CreateTags,DeleteLaunchTemplate,DeleteTags,DescribeAvailabilityZones,DescribeImages,DescribeInstanceStatus,DescribeInstanceTypes,DescribeInstances,DescribeLaunchTemplateVersions,DescribeLaunchTemplates,DescribeSecurityGroups,DescribeSubnets,DescribeTags,DescribeVpcs,GetConsoleOutput,GetLaunchTemplateData,ModifyLaunchTemplate,RegisterImage,RunInstances,StartInstances,StopInstances,TerminateInstances

// ec2Operations are those of the tables in ec2names_test.go.
const ec2Operations = "CreateImage,CreateLaunchTemplate,CreateLaunchTemplateVersion,CreateTags,DeleteLaunchTemplate,DeleteTags,DescribeAvailabi" +
	"lityZones,DescribeImages,DescribeInstanceStatus,DescribeInstanceTypes,DescribeInstances,DescribeLaunchTemplateVersions,D" +
	"escribeLaunchTemplates,DescribeSecurityGroups,DescribeSubnets,DescribeTags,DescribeVpcs,GetConsoleOutput,GetLaunchTempla" +
	"teData,ModifyLaunchTemplate,RegisterImage,RunInstances,StartInstances,StopInstances,TerminateInstances"

// alarmUnions are CloudWatch's.
var alarmUnions = []wire.Union{
	wire.UnionOf[cwtypes.EvaluationCriteria](&cwtypes.EvaluationCriteriaMemberPromQLCriteria{}),
	wire.UnionOf[cwtypes.EvaluationWindow](&cwtypes.EvaluationWindowMemberSlidingWindow{}, &cwtypes.EvaluationWindowMemberWallClockWindow{}),
}

// alarms is a service that is spoken in two protocols.
var alarms = wire.Service{
	SigningName: "monitoring", Protocol: wire.AWSJSON10, Also: []wire.Protocol{wire.RPCv2CBOR},
	TargetPrefix: "GraniteServiceVersion20100801", Unions: alarmUnions,
}

// spoken is a service whose every operation goes over the wire, there and back.
type spoken struct {
	service wire.Service
	client  func(aws.Config) any
	only    []string // operations; nil is all
	without []string // operations that no server can answer so
}

var services = map[string]spoken{
	"autoscaling": {
		service: wire.Service{SigningName: "autoscaling", Protocol: wire.AWSQuery, Version: "2011-01-01", Namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/"},
		client:  func(c aws.Config) any { return autoscaling.NewFromConfig(c) },
	},
	"elbv2": {
		service: wire.Service{SigningName: "elasticloadbalancing", Protocol: wire.AWSQuery, Version: "2015-12-01", Namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"},
		client:  func(c aws.Config) any { return elasticloadbalancingv2.NewFromConfig(c) },
	},
	"sns": {
		service: wire.Service{SigningName: "sns", Protocol: wire.AWSQuery, Version: "2010-03-31", Namespace: "http://sns.amazonaws.com/doc/2010-03-31/"},
		client:  func(c aws.Config) any { return sns.NewFromConfig(c) },
		// The text message operations have wire names of their own, and are not modelled.
		without: []string{"CheckIfPhoneNumberIsOptedOut", "GetSMSAttributes", "ListPhoneNumbersOptedOut", "OptInPhoneNumber", "SetSMSAttributes"},
	},
	"sts": {
		service: wire.Service{SigningName: "sts", Protocol: wire.AWSQuery, Version: "2011-06-15", Namespace: "https://sts.amazonaws.com/doc/2011-06-15/"},
		client:  func(c aws.Config) any { return sts.NewFromConfig(c) },
		only:    []string{"GetCallerIdentity", "GetAccessKeyInfo", "GetSessionToken"},
	},
	"sfn": {
		service: wire.Service{SigningName: "states", Protocol: wire.AWSJSON10, TargetPrefix: "AWSStepFunctions", LowerCamel: true},
		client:  func(c aws.Config) any { return sfn.NewFromConfig(c) },
	},
	"ec2": {
		service: wire.Service{SigningName: "ec2", Protocol: wire.EC2Query, Version: "2016-11-15", Namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
			RequestNames: requestNames, ResponseNames: responseNames},
		client: func(c aws.Config) any { return ec2.NewFromConfig(c) },
		only:   strings.Split(ec2Operations, ","),
	},
	"dynamodb": {
		service: wire.Service{SigningName: "dynamodb", Protocol: wire.AWSJSON10, TargetPrefix: "DynamoDB_20120810", Unions: []wire.Union{attributeValues}},
		client:  func(c aws.Config) any { return dynamodb.NewFromConfig(c) },
	},
	"cloudwatch": {
		service: alarms,
		client:  func(c aws.Config) any { return cloudwatch.NewFromConfig(c) },
	},
	"cloudwatch in JSON": { // as the aws CLI speaks it
		service: alarms,
		client: func(c aws.Config) any {
			return cloudwatch.NewFromConfig(c, func(o *cloudwatch.Options) { o.Protocol = awsjson.New10(cwschemas.GraniteServiceVersion20100801) })
		},
	},
}

// One service answers in the protocol of the request, errors too.
func TestEachRequestIsAnsweredInItsProtocol(t *testing.T) {
	w := newWorld()
	service := alarms
	service.ActionPrefix, service.QueryCodes = "cloudwatch", map[string]string{"LimitExceededFault": "LimitExceeded"}
	service.Operations = []wire.Operation{wire.Op("DeleteAlarms", func(*wire.Call, *cloudwatch.DeleteAlarmsInput) (*cloudwatch.DeleteAlarmsOutput, error) {
		return nil, wire.Errorf("LimitExceededFault", "too many alarms")
	}, "AlarmNames")}
	w.endpoint.Add(service)
	w.clock.Run(func() {
		for _, protocol := range []func(*cloudwatch.Options){
			func(*cloudwatch.Options) {},
			func(o *cloudwatch.Options) { o.Protocol = awsjson.New10(cwschemas.GraniteServiceVersion20100801) },
		} {
			client := cloudwatch.NewFromConfig(w.endpoint.Config(wire.Caller{}), protocol)
			_, err := client.DeleteAlarms(context.Background(), &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{"a"}})
			wantError(t, err, "LimitExceeded", "too many alarms")
			var limit *cwtypes.LimitExceededFault
			if !errors.As(err, &limit) {
				t.Errorf("the client knows no LimitExceededFault: %v", err)
			}
			_, err = client.ListMetrics(context.Background(), &cloudwatch.ListMetricsInput{})
			wantError(t, err, "NotModelled", "localaws does not model monitoring:ListMetrics; of monitoring it models DeleteAlarms")
		}
	})
}

// TestEveryOperationRoundTrips sends filled inputs through the real clients and gets filled outputs back: what the
// server decoded is what was sent, and what the client decoded is what the server meant.
func TestEveryOperationRoundTrips(t *testing.T) {
	for name, s := range services {
		t.Run(name, func(t *testing.T) {
			e := &echo{filler: filler{rand: rand.New(rand.NewPCG(7, 7)), service: s.service}}
			s.service.Operations = e.operations(reflect.TypeOf(s.client(aws.Config{})), s)
			w := newWorld()
			settings := wire.DefaultSettings()
			settings.Buckets = nil
			w.endpoint = wire.NewEndpoint(w.account, settings, nil)
			w.endpoint.Add(s.service)
			w.clock.Run(func() {
				client := reflect.ValueOf(s.client(w.endpoint.Config(wire.Caller{})))
				for _, operation := range s.service.Operations {
					for _, fullness := range []float64{1, 1, 0.8, 0.6, 0.4, 0.2} {
						e.roundTrip(t, client, operation, fullness)
					}
				}
			})
		})
	}
}

// echo answers every operation with a filled output and remembers the input.
type echo struct {
	filler
	input, output any
}

// operations are those of a client type, found by reflection.
func (e *echo) operations(client reflect.Type, s spoken) []wire.Operation {
	var operations []wire.Operation
	for i := range client.NumMethod() {
		method := client.Method(i)
		if method.Type.NumIn() != 4 || method.Type.NumOut() != 2 || contains(s.without, method.Name) ||
			(s.only != nil && !contains(s.only, method.Name)) {
			continue
		}
		operation := wire.Operation{
			Name: method.Name, Input: method.Type.In(2).Elem(), Output: method.Type.Out(0).Elem(),
			Handle: func(call *wire.Call, input any) (any, error) {
				e.input = input
				return e.output, nil
			},
		}
		for j := range operation.Input.NumField() {
			if field := operation.Input.Field(j); field.IsExported() {
				operation.Modelled = append(operation.Modelled, field.Name)
			}
		}
		operations = append(operations, operation)
	}
	return operations
}

func contains(list []string, name string) bool {
	for _, item := range list {
		if item == name {
			return true
		}
	}
	return false
}

func (e *echo) roundTrip(t *testing.T, client reflect.Value, operation wire.Operation, fullness float64) {
	t.Helper()
	input, output := reflect.New(operation.Input), reflect.New(operation.Output)
	e.fullness = fullness
	e.fill(input.Elem(), 0)
	e.fill(output.Elem(), 0)
	for _, name := range []string{"ClientToken", "ClientRequestToken"} { // the client fills them by itself
		if token := input.Elem().FieldByName(name); token.IsValid() && token.IsZero() {
			token.Set(reflect.ValueOf(aws.String("token")))
		}
	}
	e.input, e.output = nil, output.Interface()
	results := client.MethodByName(operation.Name).Call([]reflect.Value{reflect.ValueOf(context.Background()), input})
	if err, _ := results[1].Interface().(error); err != nil {
		var invalid smithy.InvalidParamsError
		if errors.As(err, &invalid) && fullness < 1 {
			return // the client itself refuses what lacks a required member
		}
		t.Errorf("%s: %v", operation.Name, err)
		return
	}
	if diff := cmp.Diff(input.Interface(), e.input, comparing); diff != "" {
		t.Errorf("%s: the server decoded another input (-sent +decoded):\n%s", operation.Name, diff)
	}
	lists := cmpopts.EquateEmpty() // which of those that are empty are there, each service says
	if diff := cmp.Diff(output.Interface(), results[0].Interface(), comparing, lists); diff != "" {
		t.Errorf("%s: the client decoded another output (-meant +decoded):\n%s", operation.Name, diff)
	}
}

// comparing compares SDK types member by member.
var comparing = cmp.Options{
	cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && (field.Name() == "ResultMetadata" || field.Name() == "noSmithyDocumentSerde")
	}, cmp.Ignore()),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

// filler fills SDK types with seeded values.
type filler struct {
	rand     *rand.Rand
	service  wire.Service
	fullness float64 // the part of the optional members that are set
}

var texts = []string{"a", "name with spaces", "<&>\"'", "日本語", "a=b&c=d+e%20", "arn:aws:x:y:000000000000:z/a/b", "line\nbreak"}

func (f *filler) fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		if f.absent(depth) {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), depth)
	case reflect.String:
		v.SetString(texts[f.rand.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(f.rand.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(f.rand.Int64N(1 << 31))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(f.rand.IntN(1000)) / 8)
	case reflect.Slice:
		f.fillSlice(v, depth)
	case reflect.Map:
		if f.absent(depth) {
			return
		}
		v.Set(reflect.MakeMap(v.Type()))
		for range 1 + f.rand.IntN(2) {
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, depth+1)
			f.fill(item, depth+1)
			present(item)
			v.SetMapIndex(key, item)
		}
	case reflect.Interface:
		f.fillUnion(v, depth)
	case reflect.Struct:
		f.fillStruct(v, depth)
	}
}

func (f *filler) absent(depth int) bool {
	return depth > 12 || f.rand.Float64() >= f.fullness
}

func (f *filler) fillSlice(v reflect.Value, depth int) {
	if f.absent(depth) {
		return
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes([]byte{0, 255, byte(f.rand.IntN(256))})
		return
	}
	n := 1 + f.rand.IntN(2)
	if depth > 0 && f.fullness < 1 && f.service.Protocol != wire.EC2Query { // which has no way to write an empty list
		n = f.rand.IntN(3)
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		f.fill(v.Index(i), depth+1)
		present(v.Index(i))
	}
}

// present makes a nil item of a list, map or union an empty one: what is in there is there.
func present(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Slice && v.IsNil():
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case v.Kind() == reflect.Map && v.IsNil():
		v.Set(reflect.MakeMap(v.Type()))
	}
}

func (f *filler) fillUnion(v reflect.Value, depth int) {
	for _, union := range f.service.Unions {
		if union.Interface != v.Type() {
			continue
		}
		members := union.Members
		member := reflect.New(members[f.rand.IntN(len(members))].Elem())
		value := member.Elem().FieldByName("Value")
		f.fill(value, depth+3) // the only union contains itself
		present(value)
		v.Set(member)
	}
}

func (f *filler) fillStruct(v reflect.Value, depth int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(start.Add(time.Duration(f.rand.IntN(1e9)) * time.Millisecond)))
		return
	}
	if v.Type() == reflect.TypeFor[middleware.Metadata]() || v.NumField() == 0 {
		return
	}
	for i := range v.NumField() {
		if v.Field(i).CanSet() {
			f.fill(v.Field(i), depth+1)
		}
	}
	// The query protocols have no way to write a struct without members.
	if depth > 0 && v.IsZero() {
		defer func(fullness float64) { f.fullness = fullness }(f.fullness)
		f.fullness = 1
		f.fill(v.Field(0), depth)
	}
}
