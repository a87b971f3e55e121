package dataplane_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/dataplane"
)

func TestStickyClientKeepsItsTargetGroup(t *testing.T) {
	f := newFixture(t)
	blue, green := f.targetGroup("blue", "5", types.ProtocolEnumHttp), f.targetGroup("green", "5", types.ProtocolEnumHttp)
	listener := f.listener(application, types.ProtocolEnumHttp, to(blue, 1), to(green, 0))
	at := f.address(listener)
	ids := f.launchAnswering(2)
	f.register(blue, ids[0])
	f.register(green, ids[1])
	f.untilTargets(blue, 1, types.TargetHealthStateEnumHealthy)
	f.untilTargets(green, 1, types.TargetHealthStateEnumHealthy)
	weigh := func(forward ...types.TargetGroupTuple) {
		_, err := f.elbv2.ModifyListener(t.Context(), &elbv2.ModifyListenerInput{
			ListenerArn: &listener,
			DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{
				TargetGroups:                forward,
				TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: aws.Bool(true), DurationSeconds: aws.Int32(3600)},
			}}},
		})
		f.must(err)
	}
	weigh(to(blue, 1), to(green, 0))
	jar, err := cookiejar.New(nil)
	f.must(err)
	sticky := &http.Client{Jar: jar}
	answeredBy := func() string {
		response, err := sticky.Get("http://" + at + "/")
		f.must(err)
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
		f.must(err)
		return response.Header.Get(dataplane.InstanceHeader)
	}
	address, err := url.Parse("http://" + at)
	f.must(err)
	f.until("blue answers with a cookie", func() bool { return answeredBy() == ids[0] && len(jar.Cookies(address)) == 1 })
	weigh(to(blue, 0), to(green, 1))
	f.until("new clients are answered by green", func() bool { return f.ask(at, "/").instance == ids[1] })
	if got := answeredBy(); got != ids[0] {
		t.Errorf("a client with a cookie is answered by %s after the weights moved, want %s", got, ids[0])
	}
}

func TestRuleAnswersForItsPath(t *testing.T) {
	f := newFixture(t)
	group := f.targetGroup("app", "5", types.ProtocolEnumHttp)
	listener := f.listener(application, types.ProtocolEnumHttp, to(group, 1))
	_, err := f.elbv2.CreateRule(t.Context(), &elbv2.CreateRuleInput{
		ListenerArn: &listener, Priority: aws.Int32(1),
		Conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), Values: []string{"/closed/*"}}},
		Actions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{
			StatusCode: aws.String("418"), ContentType: aws.String("text/plain"), MessageBody: aws.String("closed"),
		}}},
	})
	f.must(err)
	at := f.address(listener)
	f.until("the rule's path answers 418", func() bool { return f.ask(at, "/closed/today").status == http.StatusTeapot })
	if got := f.ask(at, "/").status; got != http.StatusServiceUnavailable {
		t.Errorf("any other path answers %d, want 503 for want of targets", got)
	}
}
