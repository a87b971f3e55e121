package twin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/twin"
)

// kinds are load balancers of each kind, with all that they may have.
var kinds = map[twin.Kind]func(*account, string) []deploy.Source{
	twin.Application: (*account).application,
	twin.Network:     (*account).network,
	twin.Classic:     (*account).classicBalancer,
}

// A twin is made in some looks, is like blue's balancer, and is gone once it is unmade.
func TestTwinOfEachKind(t *testing.T) {
	for kind, seed := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			meet(t, func(a *account) {
				sources := seed(a, "front")
				before := a.there()
				blue := a.read(sources)
				if len(blue) != 1 || blue[0].Kind != kind || len(blue[0].Sources) != len(sources) {
					t.Fatalf("read: %+v", blue)
				}
				if made, err := a.make(blue); err != nil || made != (twin.Made{}) {
					t.Fatalf("%+v, %v", made, err)
				}
				standing := a.stand(blue)
				if !standing.Ready() || len(standing.Twins) != 1 {
					t.Fatalf("it stands so: %s", text(standing))
				}
				got := standing.Twins[0]
				if got.Name != "front-v001" || got.Of != blue[0].ID || got.DNSName == blue[0].DNSName || got.ZoneID != blue[0].ZoneID || len(got.Sources) != len(sources) {
					t.Errorf("the twin is %+v", got)
				}
				for i, source := range got.Sources {
					if own := blue[0].Sources[i]; source.Named != own.Named || source.ID == own.ID {
						t.Errorf("green joins %+v for %+v", source, own)
					}
				}
				calls := a.aws.Faults.Total()
				if made, err := a.make(blue); err != nil || made != (twin.Made{}) {
					t.Errorf("again: %+v, %v", made, err)
				}
				if again := a.stand(blue); !again.Ready() || a.there() == before || calls == a.aws.Faults.Total() {
					t.Errorf("again it stands so: %s", text(again))
				}
				if left, err := a.unmake(blue); err != nil || left != "" {
					t.Errorf("unmaking leaves %s, %v", left, err)
				}
				if after := a.there(); after != before {
					t.Errorf("there is %s, and was %s", after, before)
				}
			})
		})
	}
}

// Whichever call fails, loses its answer, or is the last one of a function that dies: there is one twin in the end, and none once it is unmade.
func TestEachCallThatGoesWrong(t *testing.T) {
	for kind, seed := range kinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			for _, point := range points(t, seed) {
				disturb(t, seed, point)
				if strings.HasPrefix(point.Operation, "Create") {
					halfway(t, seed, point)
				}
				if point.Kind == faults.LoseAnswer && point.Nth == 1 { // and tried again at once
					point.Times = -point.Nth
					disturb(t, seed, point)
				}
			}
		})
	}
}

// halfway makes as much of a twin as there is when a call fails after its effect, and unmakes that.
func halfway(t *testing.T, seed func(*account, string) []deploy.Source, point faults.Rule) {
	t.Helper()
	meet(t, func(a *account) {
		blue := a.read(seed(a, "front"))
		before := a.there()
		a.config.RetryMaxAttempts = 1
		a.twins = twin.New(a.config)
		a.aws.Faults.Add(point)
		for range 10 {
			if _, err := a.twins.Make(t.Context(), a.step, ledger.Switching, blue); err != nil {
				break
			}
		}
		if left, err := a.unmake(blue); err != nil || left != "" || a.there() != before {
			t.Errorf("%s %d: unmaking leaves %q, %v; there is %s, and was %s", point.Operation, point.Nth, left, err, a.there(), before)
		}
	})
}

// points are each write of ours, whose answer is lost, and the first of each read, which fails.
func points(t *testing.T, seed func(*account, string) []deploy.Source) (all []faults.Rule) {
	meet(t, func(a *account) {
		blue := a.read(seed(a, "front"))
		a.aws.Faults.Keep(-1)
		_, _ = a.make(blue)
		_, _ = a.unmake(blue)
		count := make(map[string]int)
		for _, call := range a.aws.Faults.Calls() {
			reads := strings.HasPrefix(call.Operation, "Describe")
			if call.Caller != "ours" || call.Service != "elasticloadbalancing" || reads && count[call.Operation] > 0 {
				continue
			}
			count[call.Operation]++
			rule := faults.Rule{Service: call.Service, Caller: call.Caller, Operation: call.Operation, Nth: count[call.Operation], Kind: faults.LoseAnswer}
			if reads {
				rule.Kind = faults.FailBefore
			}
			all = append(all, rule)
		}
	})
	return all
}

// disturb makes and unmakes a twin, in which one call goes wrong.
func disturb(t *testing.T, seed func(*account, string) []deploy.Source, point faults.Rule) {
	t.Helper()
	what := fmt.Sprintf("%s %s %d", point.Kind, point.Operation, point.Nth)
	meet(t, func(a *account) {
		blue := a.read(seed(a, "front"))
		before := a.there()
		if point.Times < 0 {
			point.Times = 1
		} else { // nothing is tried again: the function ends with the call
			a.config.RetryMaxAttempts = 1
			a.twins = twin.New(a.config)
		}
		a.aws.Faults.Add(point)
		a.aws.Faults.Keep(-1)
		made, err := a.make(blue)
		if err == nil && made == (twin.Made{}) {
			if standing := a.stand(blue); !standing.Ready() {
				t.Errorf("%s: it stands so: %s", what, text(standing))
			}
		} else {
			t.Errorf("%s: %+v, %v", what, made, err)
		}
		if made := twin.Making(blue, *a.step.Deployment); len(strings.Fields(a.there())) != len(strings.Fields(before))+len(made) {
			t.Errorf("%s: there is %s", what, a.there())
		}
		if left, err := a.unmake(blue); err != nil || left != "" {
			t.Errorf("%s: unmaking leaves %s, %v", what, left, err)
		}
		if after := a.there(); after != before {
			t.Errorf("%s: there is %s, and was %s", what, after, before)
		}
		if !slices.ContainsFunc(a.aws.Faults.Calls(), func(r faults.Record) bool { return len(r.Struck) > 0 }) {
			t.Errorf("%s: no call met it", what)
		}
	})
}

// What others have made under a name of ours is left alone, by making and by unmaking.
func TestOthersThingsUnderOurNames(t *testing.T) {
	for _, name := range []string{"front-v001", "front-api-v001"} {
		meet(t, func(a *account) {
			blue := a.read(a.application("front"))
			if strings.Contains(name, "api") {
				a.group(name, types.ProtocolEnumHttp, nil)
			} else {
				subnets, _ := a.subnets()
				must(a, a.elb.CreateLoadBalancer, &elb.CreateLoadBalancerInput{Name: aws.String(name), Subnets: subnets})
			}
			before := a.there()
			if _, err := a.make(blue); err == nil || !strings.Contains(err.Error(), name+" exists already and is not of this deployment") {
				t.Errorf("%s: %v", name, err)
			}
			if left, err := a.unmake(blue); err != nil || left != "" || a.there() != before {
				t.Errorf("%s: unmaking leaves %q, %v, and there is %s", name, left, err, a.there())
			}
		})
	}
}

// Where the bucket refuses a twin's logs all else is made, and it is said; once it takes them they are set.
func TestLogsThatAreRefused(t *testing.T) {
	meet(t, func(a *account) {
		blue := a.read(a.application("front"))
		a.do(func() { a.aws.Balancers.RefuseLogs("logs", true) })
		made, err := a.make(blue)
		if err != nil || !strings.Contains(made.LogsRefused, "Access Denied for bucket: logs") {
			t.Fatalf("%+v, %v", made, err)
		}
		for _, difference := range a.stand(blue).Differences {
			if !strings.Contains(difference, "access_logs") {
				t.Errorf("besides: %s", difference)
			}
		}
		a.do(func() { a.aws.Balancers.RefuseLogs("logs", false) })
		if made, err := a.make(blue); err != nil || made != (twin.Made{}) || !a.stand(blue).Ready() {
			t.Errorf("then: %+v, %v, %s", made, err, text(a.stand(blue)))
		}
	})
}

// What differs is said, whoever changed it. A twin is protected once it is to stay, and can be unmade all the same.
func TestDriftAndProtection(t *testing.T) {
	meet(t, func(a *account) {
		blue := a.read(a.application("front"))
		if _, err := a.make(blue); err != nil {
			t.Fatal(err)
		}
		standing := a.stand(blue)
		if err := a.twins.Protect(t.Context(), a.step, blue, standing.Twins, "switching"); err != nil {
			t.Error(err)
		}
		protected := must(a, a.elb.DescribeLoadBalancerAttributes, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &standing.Twins[0].ID}).Attributes
		if !slices.ContainsFunc(protected, func(at types.LoadBalancerAttribute) bool {
			return *at.Key == "deletion_protection.enabled" && *at.Value == "true"
		}) {
			t.Errorf("attributes: %s", text(protected))
		}
		must(a, a.elb.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: &blue[0].ID, Attributes: []types.LoadBalancerAttribute{attribute("idle_timeout.timeout_seconds", "30")}})
		want := "load balancer front-v001, the twin of front: it: attribute idle_timeout.timeout_seconds is 120, and blue's 30"
		if got := a.stand(a.read(blue[0].Sources)).Differences; len(got) != 1 || got[0] != want {
			t.Errorf("differences: %s", text(got))
		}
		if left, err := a.unmake(blue); err != nil || left != "" {
			t.Errorf("unmaking leaves %s, %v", left, err)
		}
	})
}

// The twin of a twin is called after the same first balancer, bears its own deployment's tags, and leaves the one before alone.
func TestTwinOfATwin(t *testing.T) {
	for kind, seed := range kinds {
		meet(t, func(a *account) {
			first := a.read(seed(a, "front"))
			if _, err := a.make(first); err != nil {
				t.Fatal(err)
			}
			before := a.there()
			var sources []deploy.Source
			for _, made := range a.stand(first).Twins {
				sources = append(sources, made.Sources...)
			}
			a.step.Deployment.Generation = 2
			second := a.read(sources)
			if made, err := a.make(second); err != nil || made != (twin.Made{}) {
				t.Errorf("%s: %+v, %v", kind, made, err)
			}
			standing := a.stand(second)
			if !standing.Ready() || standing.Twins[0].Name != "front-v002" || standing.Twins[0].Reserved() != first[0].Reserved() {
				t.Errorf("%s: it stands so: %s", kind, text(standing))
			}
			if left, err := a.unmake(second); err != nil || left != "" || a.there() != before {
				t.Errorf("%s: unmaking leaves %s, %v", kind, left, err)
			}
		})
	}
}

// The twins of several balancers are begun in one look, since each takes minutes.
func TestTwinsOfSeveralBalancers(t *testing.T) {
	meet(t, func(a *account) {
		sources := slices.Concat(a.network("inner"), a.application("front"), a.classicBalancer("back"))
		before := a.there()
		blue := a.read(sources)
		if _, err := a.twins.Make(t.Context(), a.step, ledger.Switching, blue); err != nil {
			t.Error(err)
		}
		for _, name := range []string{"inner-v001", "front-v001", "back-v001"} {
			if !slices.Contains(strings.Fields(a.there()), name) {
				t.Errorf("after one look there is %s, and no %s", a.there(), name)
			}
		}
		if made, err := a.make(blue); err != nil || made != (twin.Made{}) {
			t.Errorf("%+v, %v", made, err)
		}
		if standing := a.stand(blue); !standing.Ready() || len(standing.Twins) != 3 || len(twin.Making(blue, *a.step.Deployment)) != 6 {
			t.Errorf("they stand so: %s", text(standing))
		}
		if left, err := a.unmake(blue); err != nil || left != "" || a.there() != before {
			t.Errorf("unmaking leaves %s, %v; there is %s", left, err, a.there())
		}
	})
}
