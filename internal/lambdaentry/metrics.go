package lambdaentry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/notice"
	"bluegreen/internal/text"
)

// namespace is that of the metrics in CloudWatch.
const namespace = "BlueGreen"

// Measured does handle's work, and writes what there was to measure of it to the function's log.
func Measured(env Environment, handle Handle) Handle {
	return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
		document, err := handle(ctx, call)
		if err == nil {
			project, _, _ := after(call, document).Asked()
			WriteMetrics(env.Log, call.Entered, Dimensions{machineOf(call.Execution.ID), project}, notice.Measure(call, document))
		}
		return document, err
	}
}

// after is the call with what it has come to.
func after(call deploy.Call, document deploy.Document) deploy.Call {
	call.Document = document
	return call
}

// Dimensions are what metrics are kept by: each metric once by either.
type Dimensions struct {
	StateMachine string // name
	Project      string // empty: not known; one that no dimension can be is left out
}

// directive is the metadata of CloudWatch's embedded metric format (CloudWatch user guide, "Specification: Embedded
// metric format"): which of the members beside it are metrics and dimensions.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []definition
}

type definition struct {
	Name string
	Unit notice.Unit
}

// WriteMetrics writes metrics to a function's log, from which CloudWatch takes them: one line of JSON.
func WriteMetrics(log io.Writer, at time.Time, by Dimensions, metrics []notice.Metric) {
	document := map[string]any{"StateMachine": by.StateMachine}
	d := directive{Namespace: namespace, Dimensions: [][]string{{"StateMachine"}}}
	if isDimension(by.Project) {
		document["Project"] = by.Project
		d.Dimensions = append(d.Dimensions, []string{"Project"})
	}
	for _, metric := range metrics {
		d.Metrics = append(d.Metrics, definition{metric.Name, metric.Unit})
		document[metric.Name] = metric.Value
	}
	document["_aws"] = map[string]any{"Timestamp": at.UnixMilli(), "CloudWatchMetrics": []directive{d}}
	line, err := json.Marshal(document)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	_, _ = fmt.Fprintf(log, "%s\n", line) // a log that takes nothing more is no reason to fail
}

// isDimension reports whether CloudWatch takes a text as the value of a dimension: ASCII, and not spaces alone (CloudWatch API
// reference, Dimension).
func isDimension(s string) bool { return text.IsASCII(s) && strings.TrimSpace(s) != "" }

// machineOf is the name of the state machine that an execution's ARN names.
func machineOf(execution string) string {
	parts := strings.Split(execution, ":")
	if len(parts) < 2 {
		return ""
	}
	return parts[len(parts)-2]
}
