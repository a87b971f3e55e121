// Command bootstrap is the Lambda function that people call to approve or abort a deployment: package answer.
package main

import (
	"bluegreen/internal/lambdaentry"
	"bluegreen/lambdas/answer"
)

func main() { lambdaentry.StartRequest(answer.New) }
