// Command bootstrap is the Lambda function behind the state machine's package scaleinblue.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/scaleinblue"
)

func main() { lambdaentry.Start(scaleinblue.New) }
