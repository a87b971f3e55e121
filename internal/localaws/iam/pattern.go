package iam

import (
	"fmt"
	"strings"
)

// pattern is a text in which * stands for any characters and ? for one.
type pattern struct {
	text  string
	plain bool // neither occurs
}

func newPattern(text string) pattern {
	return pattern{text: text, plain: !strings.ContainsAny(text, "*?")}
}

func (p pattern) matches(text string) bool {
	if p.plain {
		return p.text == text
	}
	return glob(p.text, text)
}

// glob goes back to the last * whenever what follows it does not match.
func glob(p, text string) bool {
	i, star, mark := 0, -1, 0
	for k := 0; k < len(text); {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, k
			i++
		case i < len(p) && (p[i] == '?' || p[i] == text[k]):
			i++
			k++
		case star >= 0:
			mark++
			i, k = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(p[i:], "*") == ""
}

// arnPattern is an ARN's pattern: each of its parts is matched by itself, so that no * reaches over a colon but in the
// last one, which is the resource.
type arnPattern struct {
	any   bool // * alone
	parts [arnParts]pattern
}

// arnParts are arn, partition, service, Region, account and resource.
const arnParts = 6

func newARNPattern(text string) (arnPattern, error) {
	if text == "*" {
		return arnPattern{any: true}, nil
	}
	if strings.Contains(text, "${") {
		return arnPattern{}, fmt.Errorf("has a policy variable, which the model does not know")
	}
	parts := strings.SplitN(text, ":", arnParts)
	if len(parts) != arnParts || parts[0] != "arn" {
		return arnPattern{}, fmt.Errorf("must be * or an ARN: arn:partition:service:region:account:resource")
	}
	var p arnPattern
	for i, part := range parts {
		p.parts[i] = newPattern(part)
	}
	return p, nil
}

func (p *arnPattern) matches(arn string) bool {
	if p.any {
		return true
	}
	for i := range p.parts {
		part, rest, more := arn, "", false
		if i < arnParts-1 {
			part, rest, more = strings.Cut(arn, ":")
			if !more {
				return false
			}
		}
		if !p.parts[i].matches(part) {
			return false
		}
		arn = rest
	}
	return true
}
