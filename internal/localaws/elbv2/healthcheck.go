package elbv2

import (
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// healthCheck is how the targets of a group are checked.
type healthCheck struct {
	protocol           string // HTTP, HTTPS or TCP
	port               string // "traffic-port" or a number
	path, httpCode     string // empty for TCP
	interval, timeout  time.Duration
	healthy, unhealthy int32 // thresholds
}

// defaultCheck is the health check of a group that says nothing else. The timeouts are those of the SDK, which is newer
// than the user guide's 5 s for HTTP (aws-facts B).
func defaultCheck(g *TargetGroup) healthCheck {
	check := healthCheck{
		protocol: "TCP", port: "traffic-port", interval: 30 * time.Second, timeout: 10 * time.Second, healthy: 5, unhealthy: 2,
	}
	if g.kind() == application {
		check.protocol = "HTTP"
	}
	if g.Protocol == "HTTP" {
		check.timeout = 6 * time.Second
	}
	check.completeHTTP(g.kind())
	return check
}

// completeHTTP sets or removes what only checks over HTTP have.
func (h *healthCheck) completeHTTP(kind string) {
	if h.protocol == "TCP" {
		h.path, h.httpCode = "", ""
		return
	}
	if h.path == "" {
		h.path = "/"
	}
	if h.httpCode == "" {
		h.httpCode = map[string]string{application: "200", network: "200-399"}[kind]
	}
}

// checkChange is what a request says about a health check; what is not set stays.
type checkChange struct {
	enabled            *bool
	protocol           types.ProtocolEnum
	port, path         *string
	interval, timeout  *int32
	healthy, unhealthy *int32
	matcher            *types.Matcher
}

// changeCheck applies a change, all of it or nothing.
func (g *TargetGroup) changeCheck(change checkChange) error {
	check := g.check
	if change.enabled != nil && !*change.enabled {
		return invalid("Health check enabled must be true for target groups with target type 'instance'")
	}
	if change.protocol != "" {
		check.protocol = string(change.protocol)
	}
	if err := checkProtocol(g, check.protocol); err != nil {
		return err
	}
	check.completeHTTP(g.kind())
	if change.port != nil {
		check.port = *change.port
	}
	if err := check.changeNumbers(change); err != nil {
		return err
	}
	if err := check.changeHTTP(change); err != nil {
		return err
	}
	g.check = check
	return g.check.consistent(g.kind())
}

func checkProtocol(g *TargetGroup, protocol string) error {
	switch {
	case protocol == "HTTP" || protocol == "HTTPS" || protocol == "TCP" && g.kind() == network:
		return nil
	}
	return invalid("Health check protocol '%s' is not supported for target groups with the protocol '%s'", protocol, g.Protocol)
}

func (h *healthCheck) changeNumbers(change checkChange) error {
	for _, number := range []struct {
		name        string
		value       *int32
		least, most int32
		set         func(int32)
	}{
		{"Health check interval", change.interval, 5, 300, func(n int32) { h.interval = time.Duration(n) * time.Second }},
		{"Health check timeout", change.timeout, 2, 120, func(n int32) { h.timeout = time.Duration(n) * time.Second }},
		{"Healthy threshold count", change.healthy, 2, 10, func(n int32) { h.healthy = n }},
		{"Unhealthy threshold count", change.unhealthy, 2, 10, func(n int32) { h.unhealthy = n }},
	} {
		if number.value == nil {
			continue
		}
		if *number.value < number.least || *number.value > number.most {
			return invalid("%s '%d' must be between '%d' and '%d'", number.name, *number.value, number.least, number.most)
		}
		number.set(*number.value)
	}
	return nil
}

var httpCodes = regexp.MustCompile(`^[2-5]\d\d(-[2-5]\d\d)?(,[2-5]\d\d(-[2-5]\d\d)?)*$`)

func (h *healthCheck) changeHTTP(change checkChange) error {
	if h.protocol == "TCP" {
		if change.path != nil || change.matcher != nil {
			return invalid("Health check path and matcher are not supported for health checks with the protocol 'TCP'")
		}
		return nil
	}
	if change.path != nil {
		h.path = *change.path
	}
	if h.path == "" || h.path[0] != '/' || len(h.path) > 1024 {
		return invalid("Health check path '%s' must begin with a '/' character, and can be at most 1024 characters in length", h.path)
	}
	if change.matcher == nil || change.matcher.HttpCode == nil {
		return nil
	}
	if !httpCodes.MatchString(*change.matcher.HttpCode) {
		return invalid("Health check matcher HTTP code '%s' must be within '200-499' inclusive", *change.matcher.HttpCode)
	}
	h.httpCode = *change.matcher.HttpCode
	return nil
}

// consistent checks what members say together. Only an Application Load Balancer wants the timeout below the interval.
func (h *healthCheck) consistent(kind string) error {
	if h.timeout > h.interval || h.timeout == h.interval && kind == application {
		return invalid("Health check interval must be greater than the timeout.")
	}
	if h.port != "traffic-port" {
		if port, err := strconv.Atoi(h.port); err != nil || port < 1 || port > 65535 {
			return invalid("Health check port '%s' must be 'traffic-port' or in the range 1-65535", h.port)
		}
	}
	return nil
}
