package elbv2

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// Redirect is an answer that sends the client elsewhere.
type Redirect struct {
	Status int // 301 or 302
	config types.RedirectActionConfig
}

func parseRedirect(given types.Action, x *listener) (action, error) {
	config := given.RedirectConfig
	switch {
	case x.balancer.kind != application:
		return action{}, wire.Errorf("InvalidLoadBalancerAction", "The action type 'redirect' is not valid with network load balancers")
	case config == nil:
		return action{}, wire.Errorf("InvalidLoadBalancerAction", "A redirect configuration must be specified for actions of type 'redirect'")
	case config.StatusCode != types.RedirectActionStatusCodeEnumHttp301 && config.StatusCode != types.RedirectActionStatusCodeEnumHttp302:
		return action{}, invalid("1 validation error detected: Value '%s' at 'statusCode' failed to satisfy constraint: Member must satisfy enum value set: [HTTP_301, HTTP_302]", config.StatusCode)
	}
	whole := types.RedirectActionConfig{
		StatusCode: config.StatusCode,
		Protocol:   cmp.Or(config.Protocol, aws.String("#{protocol}")), Host: cmp.Or(config.Host, aws.String("#{host}")),
		Port: cmp.Or(config.Port, aws.String("#{port}")), Path: cmp.Or(config.Path, aws.String("/#{path}")), Query: cmp.Or(config.Query, aws.String("#{query}")),
	}
	if *whole.Protocol == "#{protocol}" && *whole.Host == "#{host}" && *whole.Port == "#{port}" && *whole.Path == "/#{path}" {
		return action{}, wire.Errorf("InvalidLoadBalancerAction", "The redirect must change at least one of protocol, host, port and path: it would loop")
	}
	status, _ := strconv.Atoi(strings.TrimPrefix(string(config.StatusCode), "HTTP_"))
	return action{order: given.Order, redirect: &Redirect{Status: status, config: whole}}, nil
}

// Location is where a request is sent that came over a protocol to a port of the listener.
func (r *Redirect) Location(request *http.Request, protocol string, port int32) string {
	host, _, _ := strings.Cut(request.Host, ":")
	fill := strings.NewReplacer("#{protocol}", protocol, "#{host}", host, "#{port}", portText(port),
		"#{path}", strings.TrimPrefix(request.URL.Path, "/"), "#{query}", request.URL.RawQuery)
	scheme, to := strings.ToLower(fill.Replace(*r.config.Protocol)), fill.Replace(*r.config.Port)
	location := scheme + "://" + fill.Replace(*r.config.Host)
	if usual := map[string]string{"http": "80", "https": "443"}[scheme]; to != usual {
		location += ":" + to
	}
	location += fill.Replace(*r.config.Path)
	if query := fill.Replace(*r.config.Query); query != "" {
		location += "?" + query
	}
	return location
}
