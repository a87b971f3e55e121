package awserror_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/awserror"
)

// The scenarios of internal/rehearsal hold what AWS says; here nobody answers.
func TestTextWhereNobodyAnswers(t *testing.T) {
	for endpoint, want := range map[string]string{
		"http://127.0.0.1:1":        "list: DynamoDB ListTables: nothing answers at 127.0.0.1:1; look elsewhere",
		"http://127.0.0.1:99999999": "list: DynamoDB ListTables: no connection: address 99999999: invalid port; look elsewhere",
	} {
		client := dynamodb.NewFromConfig(aws.Config{
			Region: "ap-northeast-1", BaseEndpoint: &endpoint, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		})
		_, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{})
		if got := awserror.Text(fmt.Errorf("list: %w; look elsewhere", err)); got != want {
			t.Errorf("%s: %q, want %q", endpoint, got, want)
		}
	}
	if got := awserror.Text(errors.New("no call")); got != "no call" {
		t.Errorf("%q", got)
	}
}
