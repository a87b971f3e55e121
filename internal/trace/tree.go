package trace

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/xray/types"
)

// node is one segment or subsegment of a trace, as far as it is shown.
type node struct {
	ID          string         `json:"id"`
	ParentID    string         `json:"parent_id,omitempty"`
	Name        string         `json:"name"`
	Origin      string         `json:"origin,omitempty"`
	Namespace   string         `json:"namespace,omitempty"`
	Start       float64        `json:"start_time"`
	End         float64        `json:"end_time"`
	InProgress  bool           `json:"in_progress,omitempty"`
	Inferred    bool           `json:"inferred,omitempty"` // X-Ray's guess at a service that writes nothing itself
	Error       bool           `json:"error,omitempty"`
	Fault       bool           `json:"fault,omitempty"`
	Throttle    bool           `json:"throttle,omitempty"`
	Cause       cause          `json:"cause,omitzero"`
	Annotations map[string]any `json:"annotations,omitempty"`
	Metadata    struct {
		Default struct {
			Verdict string `json:"verdict,omitempty"`
			Message string `json:"message,omitempty"`
		} `json:"default,omitzero"`
	} `json:"metadata,omitzero"`
	AWS struct {
		Operation string `json:"operation,omitempty"`
		Retries   int    `json:"retries,omitempty"`
	} `json:"aws,omitzero"`
	Children []*node `json:"subsegments,omitempty"`
}

// cause is what went wrong: exceptions, or the id of the segment in which they are.
type cause struct {
	Exceptions []struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"exceptions"`
}

// UnmarshalJSON takes both forms of a cause (X-Ray developer guide, segment documents).
func (c *cause) UnmarshalJSON(text []byte) error {
	var segmentID string
	if json.Unmarshal(text, &segmentID) == nil {
		return nil
	}
	type plain cause
	return json.Unmarshal(text, (*plain)(c))
}

// grow makes a tree of documents: what names its parent hangs below it, be it in its document or not. The children of
// every node, and the roots, come in the order of their starts.
func grow(documents []types.Segment) ([]*node, error) {
	var all []*node
	byID := make(map[string]*node)
	for _, document := range documents {
		n := &node{}
		if err := json.Unmarshal([]byte(aws.ToString(document.Document)), n); err != nil {
			return nil, err
		}
		if n.Inferred {
			continue
		}
		all = append(all, n)
		n.walk(func(below *node) { byID[below.ID] = below })
	}
	var roots []*node
	for _, n := range all {
		if parent, here := byID[n.ParentID]; here && parent != n {
			parent.Children = append(parent.Children, n)
		} else {
			roots = append(roots, n)
		}
	}
	for _, n := range all {
		n.walk(func(below *node) { slices.SortStableFunc(below.Children, earlier) })
	}
	slices.SortStableFunc(roots, earlier)
	return roots, nil
}

func earlier(a, b *node) int { return cmp.Compare(a.Start, b.Start) }

// walk visits n and all below it.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, child := range n.Children {
		child.walk(visit)
	}
}

// marked says that something went wrong in the node itself.
func (n *node) marked() bool { return n.Error || n.Fault || n.Throttle }

// seconds is how long the node took; of one that is under way, 0.
func (n *node) seconds() float64 { return max(n.End-n.Start, 0) }

// The origins of segments that AWS's services write.
const (
	originMachine  = "AWS::StepFunctions::StateMachine"
	originLambda   = "AWS::Lambda"
	originFunction = "AWS::Lambda::Function"
)

// isCall says that the node is a call to AWS.
func (n *node) isCall() bool { return n.Namespace == "aws" }

// isInvocation says that the node is a state's call of a function.
func (n *node) isInvocation() bool { return n.isCall() && n.Name == "Lambda" && len(n.Children) > 0 }

// invocation is what lies below a call of a function, without the layers that say nothing new.
type invocation struct {
	cold    float64 // seconds of the cold start; 0: it was warm
	verdict string  // of a poll
	message string
	because *node // the innermost that says why it failed; nil: it did not
	calls   []*node
}

// unwrap gathers what lies below a call of a function.
func (n *node) unwrap() *invocation {
	in := &invocation{}
	in.gather(n)
	return in
}

func (in *invocation) gather(n *node) {
	if n.marked() && len(n.Cause.Exceptions) > 0 {
		in.because = n
	}
	if said := n.Metadata.Default; said.Verdict != "" {
		in.verdict, in.message = said.Verdict, said.Message
	}
	for _, child := range n.Children {
		switch {
		case child.Name == "Initialization":
			in.cold = child.seconds()
		case child.isCall():
			in.calls = append(in.calls, child)
		default:
			in.gather(child)
		}
	}
}
