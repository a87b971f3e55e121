// Command bootstrap is the Lambda function behind the state machine's package report.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/report"
)

func main() { lambdaentry.Start(report.New) }
