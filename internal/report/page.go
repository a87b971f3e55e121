package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"strings"
	"time"

	"bluegreen/internal/deployments"
	"bluegreen/internal/graph"
)

//go:embed page.html
var page string

//go:embed page.css
var css string

var pages = template.Must(template.New("page").Funcs(template.FuncMap{
	"length": length,
	"moment": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"clock":  func(t time.Time) string { return t.UTC().Format(time.TimeOnly) },
	"after":  func(from, to time.Time) string { return length(max(0, to.Sub(from).Seconds())) },
	"sum": func(t Traffic) (sum Minute) {
		for _, m := range t.Minutes {
			sum.Requests, sum.Failed = sum.Requests+m.Requests, sum.Failed+m.Failed
		}
		return sum
	},
}).Parse(page))

// HTML writes the report as one page, which needs nothing else: no script, no picture, no font.
func (r Report) HTML(out io.Writer) error {
	var machine bytes.Buffer
	if err := graph.SVG(&machine, "deploy", r.Visits()); err != nil {
		return err
	}
	var written bytes.Buffer
	err := pages.Execute(&written, struct {
		Report
		CSS            template.CSS
		Machine, Chart template.HTML // of ours: what is others' in them was escaped
		Class, Region  string
	}{r, template.CSS(css), template.HTML(machine.String()), template.HTML(r.Chart()), strings.ToLower(string(r.State)), region(r.Execution)})
	if err != nil {
		return err
	}
	_, err = out.Write(written.Bytes())
	return err
}

// SVG writes the state machine, with the states that were visited.
func (r Report) SVG(out io.Writer) error { return graph.SVG(out, "deploy", r.Visits()) }

// region says where an execution ran: account and Region, by its ARN.
func region(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 4 {
		return parts[4] + ", " + parts[3]
	}
	return ""
}

// Untold says that mails are missing, since no state of the machine sends them: nobody was left who could.
func (r Report) Untold() bool {
	return r.State == deployments.Stranded || r.State == deployments.Stopped || r.State == deployments.Failed
}
