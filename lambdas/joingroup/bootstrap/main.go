// Command bootstrap is the Lambda function behind the state machine's package joingroup.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/joingroup"
)

func main() { lambdaentry.Start(joingroup.New) }
