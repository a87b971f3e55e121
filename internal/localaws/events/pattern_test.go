package events_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/smithy-go"
)

// sample is an event with a value of every kind.
const sample = `{"version": "0", "id": "1", "account": "000000000000", "time": "2026-11-21T03:00:00Z", "region": "ap-northeast-1",
	"source": "aws.autoscaling", "detail-type": "EC2 Instance-terminate Lifecycle Action", "resources": ["arn:a", "arn:b"],
	"detail": {"name": "ec-mqagt-dev-asg-v001", "count": 300, "ratio": 0.5, "on": true, "none": null, "empty": [], "object": {"x": 1},
		"path": "C:\\temp\\*.log", "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}}`

func TestPatternsMatch(t *testing.T) {
	run(t, nil, func(w *world) {
		for _, c := range []struct {
			pattern string
			want    bool
		}{
			{`{"source": ["aws.ec2", "aws.autoscaling"]}`, true},
			{`{"source": ["aws.ec2"]}`, false},
			{`{"source": ["aws.autoscaling"], "detail-type": ["other"]}`, false},
			{`{"resources": ["arn:b"]}`, true},
			{`{"detail": {"count": [300]}}`, true},
			{`{"detail": {"count": [3.0e2]}}`, true},
			{`{"detail": {"count": ["300"]}}`, false},
			{`{"detail": {"on": [true]}}`, true},
			{`{"detail": {"on": [false, null]}}`, false},
			{`{"detail": {"none": [null]}}`, true},
			{`{"detail": {"none": [{"exists": true}]}}`, true},
			{`{"detail": {"absent": [null]}}`, false},
			{`{"detail": {"name": [{"prefix": "ec-mqagt-dev-asg"}]}}`, true},
			{`{"detail": {"name": [{"prefix": "mqagt"}]}}`, false},
			{`{"detail": {"name": [{"prefix": {"equals-ignore-case": "EC-"}}]}}`, true},
			{`{"detail": {"name": [{"suffix": "-v001"}]}}`, true},
			{`{"detail": {"name": [{"suffix": "-v002"}]}}`, false},
			{`{"detail": {"count": [{"prefix": "3"}]}}`, false},
			{`{"detail": {"name": [{"wildcard": "ec-*-asg*"}]}}`, true},
			{`{"detail": {"name": [{"wildcard": "ec-*-asg"}]}}`, false},
			{`{"detail": {"name": [{"wildcard": "*v001"}, "other"]}}`, true},
			{`{"detail": {"name": [{"wildcard": "ec-mqagt-dev-asg-v001"}]}}`, true},
			{`{"detail": {"name": [{"wildcard": "ec-mqagt-dev-asg-v001*1"}]}}`, false},
			{`{"detail": {"path": [{"wildcard": "*\\\\\\*.log"}]}}`, true},
			{`{"detail": {"name": [{"equals-ignore-case": "EC-MQAGT-DEV-ASG-V001"}]}}`, true},
			{`{"detail": {"name": [{"anything-but": "other"}]}}`, true},
			{`{"detail": {"name": [{"anything-but": ["other", "ec-mqagt-dev-asg-v001"]}]}}`, false},
			{`{"detail": {"name": [{"anything-but": {"prefix": "ec-"}}]}}`, false},
			{`{"detail": {"name": [{"anything-but": {"suffix": ["-v002", "-v003"]}}]}}`, true},
			{`{"detail": {"name": [{"anything-but": {"wildcard": "*dev*"}}]}}`, false},
			{`{"detail": {"name": [{"anything-but": {"equals-ignore-case": ["OTHER"]}}]}}`, true},
			{`{"detail": {"count": [{"anything-but": [1, 300]}]}}`, false},
			{`{"detail": {"absent": [{"anything-but": "x"}]}}`, false},
			{`{"resources": [{"anything-but": "arn:a"}]}`, true},
			{`{"detail": {"absent": [{"exists": false}]}}`, true},
			{`{"detail": {"name": [{"exists": false}]}}`, false},
			{`{"detail": {"object": [{"exists": true}]}}`, false},
			{`{"detail": {"empty": [{"exists": false}]}}`, true},
			{`{"absent": {"deep": [{"exists": false}]}}`, true},
			{`{"detail": {"count": [{"numeric": [">", 299, "<=", 300]}]}}`, true},
			{`{"detail": {"count": [{"numeric": ["<", 300]}]}}`, false},
			{`{"detail": {"ratio": [{"numeric": ["=", 0.5]}]}}`, true},
			{`{"detail": {"name": [{"numeric": [">", 0]}]}}`, false},
			{`{"detail": {"tags": {"key": ["a"], "value": ["1"]}}}`, true},
			{`{"detail": {"tags": {"key": ["a"], "value": ["2"]}}}`, false},
			{`{"$or": [{"source": ["x"]}, {"detail": {"count": [300]}}]}`, true},
			{`{"$or": [{"source": ["x"]}, {"detail": {"count": [301]}}]}`, false},
			{`{"source": ["aws.autoscaling"], "detail": {"$or": [{"on": [true]}, {"count": [1]}]}}`, true},
		} {
			out, err := w.events.TestEventPattern(ctx, &eventbridge.TestEventPatternInput{EventPattern: &c.pattern, Event: aws.String(sample)})
			if err != nil {
				t.Errorf("%s: %v", c.pattern, err)
			} else if out.Result != c.want {
				t.Errorf("%s: got %v", c.pattern, out.Result)
			}
		}
	})
}

// The first two places were seen on AWS (issues of cloud-custodian and of a blog); the texts are those of its rule engine.
func TestPatternsThatAreNone(t *testing.T) {
	run(t, nil, func(w *world) {
		for _, c := range []struct{ pattern, reason string }{
			{`{"source": ["aws.health"], "detail": {}}`, "Empty objects are not allowed" + at(`{"source": ["aws.health"], "detail": {}}`, "1, column: 40")},
			{`{"source":["test.event-pattern"],"detail":{"lenderId":"LenderA"}}`,
				`"lenderId" must be an object or an array` + at(`{"source":["test.event-pattern"],"detail":{"lenderId":"LenderA"}}`, "1, column: 56")},
			{"{\n \"source\": 1}", `"source" must be an object or an array` + at("{\n \"source\": 1}", "2, column: 13")},
			{`{"source": ["x"`, "Invalid JSON"},
			{`["x"]`, "Filter is not an object" + at(`["x"]`, "1, column: 2")},
			{`{"a": []}`, "Empty arrays are not allowed" + at(`{"a": []}`, "1, column: 9")},
			{`{"a": [[1]]}`, "Match value must be String, number, true, false, or null" + at(`{"a": [[1]]}`, "1, column: 9")},
			{`{"a": [{"like": "x"}]}`, "Unrecognized match type like" + at(`{"a": [{"like": "x"}]}`, "1, column: 10")},
			{`{"a": [{"prefix": 1}]}`, "prefix match pattern must be a string" + at(`{"a": [{"prefix": 1}]}`, "1, column: 20")},
			{`{"a": [{"prefix": "x", "suffix": "y"}]}`, "Only one key allowed in match expression" + at(`{"a": [{"prefix": "x", "suffix": "y"}]}`, "1, column: 25")},
			{`{"a": [{"exists": "true"}]}`, "exists match pattern must be either true or false." + at(`{"a": [{"exists": "true"}]}`, "1, column: 20")},
			{`{"a": [{"wildcard": "x**"}]}`, "Consecutive wildcard characters at pos 2" + at(`{"a": [{"wildcard": "x**"}]}`, "1, column: 22")},
			{`{"a": [{"anything-but": ["x", 1]}]}`,
				"Inside anything but list, either all values are number or string, mixed type is not supported" + at(`{"a": [{"anything-but": ["x", 1]}]}`, "1, column: 33")},
			{`{"a": [{"numeric": ["~", 1]}]}`, "Unrecognized numeric range operator: ~" + at(`{"a": [{"numeric": ["~", 1]}]}`, "1, column: 22")},
			{`{"a": [{"numeric": [">", 2, "<", 1]}]}`, "Bottom must be less than top" + at(`{"a": [{"numeric": [">", 2, "<", 1]}]}`, "1, column: 36")},
			{`{"$or": [{"a": [1]}]}`, "There must have at least 2 Objects in $or relationship." + at(`{"$or": [{"a": [1]}]}`, "1, column: 21")},
		} {
			_, err := w.events.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String("r"), EventPattern: &c.pattern})
			var answered smithy.APIError
			if !errors.As(err, &answered) || answered.ErrorCode() != "InvalidEventPatternException" {
				t.Errorf("%s: got %v", c.pattern, err)
			} else if want := "Event pattern is not valid. Reason: " + c.reason; answered.ErrorMessage() != want {
				t.Errorf("%s\ngot  %s\nwant %s", c.pattern, answered.ErrorMessage(), want)
			}
		}
	})
}

func at(source, place string) string {
	return "\n at [Source: (String)\"" + source + "\"; line: " + place + "]"
}
