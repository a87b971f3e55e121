package balancer_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
)

// An instance that is registered on several ports is as well as the worst of them, whichever AWS lists first.
func TestTargetOnSeveralPorts(t *testing.T) {
	meet(t, func(a *account) {
		web, api := a.targetGroup("web"), a.targetGroup("api")
		ids := a.launch(4)
		for _, id := range ids[:3] {
			a.register(web, id, 8080, 8081)
		}
		a.register(web, ids[3], 8080)
		a.register(api, ids[0], 8080)
		a.sleep(time.Minute)
		a.deregister(web, ids[0], 8080)
		a.deregister(web, ids[1], 8081)
		a.sleep(10 * time.Second)
		traffic, err := a.balancers.Traffic(context.Background(), deploy.TargetGroups([]string{web, api}), nil)
		want := deploy.Traffic{
			{Type: deploy.TargetGroup, ID: web}: {ids[0]: deploy.TargetDraining, ids[1]: deploy.TargetDraining, ids[2]: deploy.TargetHealthy, ids[3]: deploy.TargetHealthy},
			{Type: deploy.TargetGroup, ID: api}: {ids[0]: deploy.TargetHealthy},
		}
		if diff := cmp.Diff(want, traffic); err != nil || diff != "" {
			t.Errorf("%v, -want +got\n%s", err, diff)
		}
	})
}

func TestTrafficOfATargetGroupThatIsGone(t *testing.T) {
	meet(t, func(a *account) {
		traffic, err := a.balancers.Traffic(context.Background(), deploy.TargetGroups([]string{"arn:aws:elasticloadbalancing:ap-northeast-1:000000000000:targetgroup/gone/0"}), nil)
		if !balancer.Gone(err) || traffic != nil {
			t.Errorf("%v, %v", traffic, err)
		}
	})
}
