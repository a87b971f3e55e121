// Command bootstrap is the Lambda function that EventBridge starts when an execution has ended badly: package statuschange.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/statuschange"
)

func main() { lambdaentry.StartEvent(statuschange.New) }
