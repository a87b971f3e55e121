package elbv2

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// condition is one condition of a rule: any of the values must match.
type condition struct {
	field  string
	header string // of http-header
	values []string
	regex  []string                        // of path-pattern, host-header and http-header, besides values
	query  []types.QueryStringKeyValuePair // of query-string, in place of values
}

func (c condition) describe() types.RuleCondition {
	described := types.RuleCondition{Field: aws.String(c.field)}
	switch c.field {
	case "path-pattern":
		described.Values, described.RegexValues = c.values, c.regex
		described.PathPatternConfig = &types.PathPatternConditionConfig{Values: c.values, RegexValues: c.regex}
	case "host-header":
		described.Values, described.RegexValues = c.values, c.regex
		described.HostHeaderConfig = &types.HostHeaderConditionConfig{Values: c.values, RegexValues: c.regex}
	case "query-string":
		described.QueryStringConfig = &types.QueryStringConditionConfig{Values: c.query}
	case "source-ip":
		described.SourceIpConfig = &types.SourceIpConditionConfig{Values: c.values}
	case "http-request-method":
		described.HttpRequestMethodConfig = &types.HttpRequestMethodConditionConfig{Values: c.values}
	case "http-header":
		described.HttpHeaderConfig = &types.HttpHeaderConditionConfig{HttpHeaderName: aws.String(c.header), Values: c.values, RegexValues: c.regex}
	}
	return described
}

func matchesAll(conditions []condition, request *http.Request) bool {
	return !slices.ContainsFunc(conditions, func(c condition) bool { return !c.matches(request) })
}

func (c condition) matches(request *http.Request) bool {
	if request == nil {
		return false
	}
	switch c.field {
	case "path-pattern":
		return c.anyMatches(request.URL.Path)
	case "host-header":
		host := request.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.ToLower(host)
		return c.anyExpression(host) || slices.ContainsFunc(c.values, func(pattern string) bool {
			return wildcardMatches(strings.ToLower(pattern), host)
		})
	case "query-string":
		return c.matchesQuery(request)
	case "source-ip":
		from, err := netip.ParseAddrPort(request.RemoteAddr)
		return err == nil && slices.ContainsFunc(c.values, func(cidr string) bool { return netip.MustParsePrefix(cidr).Contains(from.Addr()) })
	case "http-request-method":
		return slices.Contains(c.values, request.Method)
	}
	return slices.ContainsFunc(request.Header.Values(c.header), c.anyMatches)
}

// matchesQuery finds one of the pairs among the request's parameters; a pair without a key means any parameter.
func (c condition) matchesQuery(request *http.Request) bool {
	for key, values := range request.URL.Query() {
		for _, pair := range c.query {
			if (pair.Key == nil || wildcardMatches(strings.ToLower(*pair.Key), strings.ToLower(key))) && slices.ContainsFunc(values, func(value string) bool {
				return wildcardMatches(strings.ToLower(aws.ToString(pair.Value)), strings.ToLower(value))
			}) {
				return true
			}
		}
	}
	return false
}

func (c condition) anyMatches(value string) bool {
	return c.anyExpression(value) || slices.ContainsFunc(c.values, func(pattern string) bool { return wildcardMatches(pattern, value) })
}

func (c condition) anyExpression(value string) bool {
	return slices.ContainsFunc(c.regex, func(expression string) bool { return regexp.MustCompile(expression).MatchString(value) })
}

// wildcardMatches compares with *, any characters, and ?, one character.
func wildcardMatches(pattern, value string) bool {
	if pattern == "" {
		return value == ""
	}
	if pattern[0] == '*' {
		return wildcardMatches(pattern[1:], value) || value != "" && wildcardMatches(pattern, value[1:])
	}
	return value != "" && (pattern[0] == '?' || pattern[0] == value[0]) && wildcardMatches(pattern[1:], value[1:])
}
