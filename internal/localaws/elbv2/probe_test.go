package elbv2_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// A probe may take its time: everything else goes on, and what it finds about a target that has left counts no more.
func TestSlowProbe(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		must(w, w.client.ModifyTargetGroup, &sdk.ModifyTargetGroupInput{
			TargetGroupArn: aws.String(group), HealthCheckPort: aws.String("9000"), HealthCheckPath: aws.String("/health"),
		})
		w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		id := w.launch("ap-northeast-1a", 1)[0]
		probing, good := 0, true
		w.do(func() {
			w.balancers.SetProbe(func(instanceID string, port int32, path string) bool {
				if instanceID != id || port != 9000 || path != "/health" {
					w.Errorf("probed %s:%d%s", instanceID, port, path)
				}
				probing++
				_ = w.clock.Sleep(context.Background(), 4*time.Second)
				probing--
				return good
			})
		})
		w.until(40 * second)
		w.register(group, id)
		w.until(61 * second)
		if got := w.health(group, id); got != "healthy" {
			w.Errorf("the target is %s", got)
		}
		good = false
		w.until(100 * second)
		if got := w.health(group, id); got != failing {
			w.Errorf("the target is %s", got)
		}
		good = true
		w.until(150 * second)
		for at := 150 * second; probing == 0; at += second / 4 {
			w.until(at)
		}
		w.deregister(group, id)
		_ = w.clock.Sleep(context.Background(), 10*time.Second)
		if got := w.health(group, id); got != drains || probing != 0 {
			w.Errorf("the target is %s, %d probes", got, probing)
		}
	})
}
