// Command bootstrap is the Lambda function behind the state machine's package buildimage.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/buildimage"
)

func main() { lambdaentry.Start(buildimage.New) }
