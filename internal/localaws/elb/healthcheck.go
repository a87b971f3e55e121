package elb

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/wire"
)

// healthCheck is how the instances of a load balancer are checked.
type healthCheck struct {
	target             string // e.g. HTTP:80/health or TCP:80
	port               int32  // of the target
	path               string // of the target; empty for TCP and SSL, which only connect
	interval, timeout  time.Duration
	healthy, unhealthy int32 // thresholds
}

// defaultCheck is the health check of a new load balancer: the instance port of its first listener takes connections.
func defaultCheck(first *listener) healthCheck {
	return healthCheck{
		target: fmt.Sprintf("TCP:%d", first.InstancePort), port: first.InstancePort,
		interval: 30 * time.Second, timeout: 5 * time.Second, healthy: 10, unhealthy: 2,
	}
}

var targetForm = regexp.MustCompile(`^(HTTP|HTTPS|TCP|SSL):(\d+)(/.*)?$`)

func parseTarget(target string) (port int32, path string, err error) {
	parts := targetForm.FindStringSubmatch(target)
	if parts == nil || len(target) > 1024 {
		return 0, "", invalid("HealthCheck Target must begin with one of HTTP, TCP, HTTPS, SSL, and a port, such as TCP:80 or HTTP:80/index.html: '%s'", target)
	}
	number, err := strconv.Atoi(parts[2])
	if err != nil || number < 1 || number > 65535 {
		return 0, "", invalid("HealthCheck Target port '%s' must be between 1 and 65535", parts[2])
	}
	switch over := strings.HasPrefix(parts[1], "HTTP"); {
	case over && parts[3] == "":
		return 0, "", invalid("HealthCheck HTTP Target must specify a port followed by a path that begins with a slash. e.g. HTTP:80/ping/this/path")
	case !over && parts[3] != "":
		return 0, "", invalid("HealthCheck TCP Target must specify a port and no path. e.g. TCP:80")
	}
	return int32(number), parts[3], nil
}

// configureHealthCheck replaces the health check. Checks that run go on; the next one is by the new settings.
func (l *LoadBalancers) configureHealthCheck(_ *wire.Call, in *sdk.ConfigureHealthCheckInput) (*sdk.ConfigureHealthCheckOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	check := healthCheck{target: aws.ToString(in.HealthCheck.Target)}
	if check.port, check.path, err = parseTarget(check.target); err != nil {
		return nil, err
	}
	if err := check.setNumbers(in.HealthCheck); err != nil {
		return nil, err
	}
	b.check = check
	l.changed()
	return &sdk.ConfigureHealthCheckOutput{HealthCheck: b.check.describe()}, nil
}

func (h *healthCheck) setNumbers(in *types.HealthCheck) error {
	for _, number := range []struct {
		name        string
		value       *int32
		least, most int32
	}{
		{"Interval", in.Interval, 5, 300},
		{"Timeout", in.Timeout, 2, 60},
		{"Healthy Threshold", in.HealthyThreshold, 2, 10},
		{"Unhealthy Threshold", in.UnhealthyThreshold, 2, 10},
	} {
		if number.value == nil {
			return invalid("HealthCheck %s must be specified", number.name)
		}
		if *number.value < number.least || *number.value > number.most {
			return invalid("HealthCheck %s must be between %d and %d", number.name, number.least, number.most)
		}
	}
	if *in.Timeout >= *in.Interval {
		return invalid("HealthCheck timeout must be less than interval")
	}
	h.interval, h.timeout = time.Duration(*in.Interval)*time.Second, time.Duration(*in.Timeout)*time.Second
	h.healthy, h.unhealthy = *in.HealthyThreshold, *in.UnhealthyThreshold
	return nil
}

func (h *healthCheck) describe() *types.HealthCheck {
	return &types.HealthCheck{
		Target: aws.String(h.target), Interval: seconds(h.interval), Timeout: seconds(h.timeout),
		HealthyThreshold: aws.Int32(h.healthy), UnhealthyThreshold: aws.Int32(h.unhealthy),
	}
}

func seconds(d time.Duration) *int32 { return aws.Int32(int32(d / time.Second)) }
