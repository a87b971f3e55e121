package elbv2

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// parseConditions reads the conditions of a rule. Only headers and query strings may be in several of them.
func parseConditions(conditions []types.RuleCondition) ([]condition, error) {
	if len(conditions) == 0 {
		return nil, invalid("A condition must be specified")
	}
	parsed := make([]condition, len(conditions))
	for k, given := range conditions {
		c, err := readCondition(given)
		if err != nil {
			return nil, err
		}
		if err := c.check(); err != nil {
			return nil, err
		}
		once := c.field != "http-header" && c.field != "query-string"
		if once && slices.ContainsFunc(parsed[:k], func(other condition) bool { return other.field == c.field }) {
			return nil, wire.Errorf("InvalidConfigurationRequest", "You can only specify one '%s' condition per rule", c.field)
		}
		parsed[k] = c
	}
	return parsed, checkTogether(parsed)
}

// readCondition takes one apart. A host header or a path may come as one value, without a structure of its own.
func readCondition(given types.RuleCondition) (condition, error) {
	c := condition{field: aws.ToString(given.Field), values: given.Values, regex: given.RegexValues}
	structure, alone := "", false
	switch c.field {
	case "path-pattern":
		if alone = given.PathPatternConfig == nil; !alone {
			c.values, c.regex = given.PathPatternConfig.Values, given.PathPatternConfig.RegexValues
		}
	case "host-header":
		if alone = given.HostHeaderConfig == nil; !alone {
			c.values, c.regex = given.HostHeaderConfig.Values, given.HostHeaderConfig.RegexValues
		}
	case "http-request-method":
		if structure = "HttpRequestMethodConfig"; given.HttpRequestMethodConfig != nil {
			c.values, structure = given.HttpRequestMethodConfig.Values, ""
		}
	case "http-header":
		if structure = "HttpHeaderConfig"; given.HttpHeaderConfig != nil {
			c.header, structure = aws.ToString(given.HttpHeaderConfig.HttpHeaderName), ""
			c.values, c.regex = given.HttpHeaderConfig.Values, given.HttpHeaderConfig.RegexValues
		}
	case "query-string":
		if structure = "QueryStringConfig"; given.QueryStringConfig != nil {
			c.query, structure = given.QueryStringConfig.Values, ""
		}
	case "source-ip":
		if structure = "SourceIpConfig"; given.SourceIpConfig != nil {
			c.values, structure = given.SourceIpConfig.Values, ""
		}
	default:
		return c, invalid("Condition field '%s' must be one of '[path-pattern, host-header, http-request-method, http-header, query-string, source-ip]'", c.field)
	}
	if structure != "" {
		return c, invalid("A '%s' must be specified with '%s'", structure, c.field)
	}
	if alone && len(given.Values) > 1 {
		return c, invalid("The '%s' field contains too many values; the limit is '1'", c.field)
	}
	return c, nil
}

// The most characters of what conditions compare with (SDK, RuleCondition and its structures).
const (
	mostOfAValue = 128
	mostOfAName  = 40 // of a header or a method
)

var methodCharacters = regexp.MustCompile(`^[A-Z_-]+$`)

// check refuses what a condition cannot compare with.
func (c condition) check() error {
	if len(c.values)+len(c.query)+len(c.regex) == 0 {
		if c.field == "source-ip" {
			return invalid("A 'source-ip' value must be specified")
		}
		return invalid("A condition value must be specified")
	}
	if len(c.header) > mostOfAName {
		return tooLong("HttpHeaderName", mostOfAName)
	}
	limit := mostOfAValue
	if c.field == "http-request-method" {
		limit = mostOfAName
	}
	for _, value := range slices.Concat(c.values, c.regex) {
		if len(value) > limit {
			return tooLong(c.field, limit)
		}
	}
	for _, value := range c.values {
		switch _, err := netip.ParsePrefix(value); {
		case c.field == "source-ip" && err != nil:
			return invalid("Condition value '%s' must be a CIDR block", value)
		case c.field == "http-request-method" && !methodCharacters.MatchString(value):
			return invalid("The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore")
		}
	}
	for _, expression := range c.regex {
		if _, err := regexp.Compile(expression); err != nil {
			return invalid("Condition value '%s' is not a valid regular expression", expression)
		}
	}
	return checkQuery(c.query)
}

func checkQuery(pairs []types.QueryStringKeyValuePair) error {
	for _, pair := range pairs {
		switch {
		case len(aws.ToString(pair.Key)) > mostOfAValue:
			return tooLong("Key", mostOfAValue)
		case aws.ToString(pair.Value) == "":
			return invalid("A 'Value' must be specified in 'QueryStringKeyValuePair'")
		case len(*pair.Value) > mostOfAValue:
			return tooLong("Value", mostOfAValue)
		}
	}
	return nil
}

func tooLong(what string, limit int) error {
	return invalid("The '%s' value is too long; the limit is '%d'", what, limit)
}

// checkTogether holds all conditions of a rule to the quotas of one: of values, and of the wildcards in them.
func checkTogether(conditions []condition) error {
	values, wildcards := 0, 0
	count := func(pattern string) { wildcards += strings.Count(pattern, "*") + strings.Count(pattern, "?") }
	for _, c := range conditions {
		values += len(c.values) + len(c.regex) + len(c.query)
		for _, value := range c.values {
			count(value)
		}
		for _, pair := range c.query {
			count(aws.ToString(pair.Key))
			count(*pair.Value)
		}
	}
	if limit := most("condition-values-per-alb-rule"); values > limit {
		return invalid("A rule can only have '%d' condition values and regex values", limit)
	}
	if limit := most("condition-wildcards-per-alb-rule"); wildcards > limit {
		return invalid("A rule can only have '%d' condition wildcards", limit)
	}
	return nil
}
