package localaws_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// overTCP serves a fresh account at a URL, as "bluegreen local" does; functions are active at once. The configuration is
// that of a person's client.
func overTCP(t *testing.T) (url string, config aws.Config) {
	t.Helper()
	settings := localaws.DefaultSettings()
	settings.Lambda.Activation = account.Constant(0)
	a := localaws.New(localaws.Options{Clock: clock.NewScaled(20), Settings: &settings})
	t.Cleanup(a.Close)
	server := httptest.NewServer(a.Endpoint)
	t.Cleanup(server.Close)
	config = a.Endpoint.Config(wire.Caller{AccessKeyID: "local"})
	config.BaseEndpoint, config.HTTPClient = &server.URL, server.Client()
	return server.URL, config
}

// intruder is the package of a function that writes a file when it runs.
func intruder(t *testing.T) (code []byte, written string) {
	t.Helper()
	written = filepath.Join(t.TempDir(), "ran")
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: "bootstrap"}
	header.SetMode(0o755)
	file, err := archive.CreateHeader(header)
	if err == nil {
		_, err = io.WriteString(file, "#!/bin/sh\n: > '"+written+"'\n")
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return packed.Bytes(), written
}

func ran(written string) bool {
	_, err := os.Stat(written)
	return err == nil
}

// A page can sign as well as any program: any key and any signature do.
const (
	signedFor    = "local/20260102/ap-northeast-1/lambda/aws4_request"
	signedHeader = "AWS4-HMAC-SHA256 Credential=" + signedFor + ", SignedHeaders=host;x-amz-date, Signature=00"
	signedQuery  = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + signedFor + "&X-Amz-Date=20260102T030405Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
)

const chromium = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36"

// pages are the ways in which a web page's requests come, with what Chromium 156 was seen to add to them
// (docs/security.md says how to see it).
var pages = []struct {
	name   string
	host   string // "" is the server's own
	query  string
	header map[string]string
}{
	{"another origin's plain POST", "", "", map[string]string{"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-site", "Content-Type": "text/plain"}},
	{"the same, signed in the query string", "", signedQuery, map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}},
	{"a sandboxed frame or a form without a referrer", "", signedQuery, map[string]string{"Origin": "null", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}},
	{"an address that was typed, redirected", "", signedQuery, map[string]string{"Sec-Fetch-Site": "none"}},
	{"a browser that says nothing, as of a GET to [::ffff:127.0.0.1]", "", signedQuery, nil},
	{"DNS rebinding", "evil.example:4566", "", map[string]string{"Origin": "http://evil.example:4566", "Authorization": signedHeader, "X-Amz-Date": "20260102T030405Z", "Content-Type": "application/json"}},
}

func TestNoWebPageRunsCode(t *testing.T) {
	code, written := intruder(t)
	create, err := json.Marshal(map[string]any{
		"FunctionName": "page", "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": "arn:aws:iam::000000000000:role/page",
		"Code": map[string]any{"ZipFile": code},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		t.Run(page.name, func(t *testing.T) {
			url, _ := overTCP(t)
			send := func(path, body string) {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+path+page.query, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				request.Host = page.host
				request.Header.Set("User-Agent", chromium)
				for name, value := range page.header {
					request.Header.Set(name, value)
				}
				answer, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				text, _ := io.ReadAll(answer.Body)
				if answer.StatusCode != http.StatusForbidden || answer.Header.Get("X-Amzn-Errortype") != "AccessDeniedException" {
					t.Errorf("%s is answered %s: %s", path, answer.Status, text)
				}
				for name := range answer.Header {
					if strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("%s is answered with %s", path, name)
					}
				}
			}
			send("/2015-03-31/functions", string(create))
			send("/2015-03-31/functions/page/invocations", "{}")
			if ran(written) {
				t.Error("the page's code ran")
				_ = os.Remove(written)
			}
		})
	}
}

// TestAClientRunsCode shows that the function which no page can run is one that runs.
func TestAClientRunsCode(t *testing.T) {
	code, written := intruder(t)
	_, config := overTCP(t)
	client := lambda.NewFromConfig(config)
	_, err := client.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: aws.String("own"), Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Role: aws.String("arn:aws:iam::000000000000:role/own"), Code: &types.FunctionCode{ZipFile: code},
	})
	if err == nil {
		_, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("own")})
	}
	if err != nil || !ran(written) {
		t.Errorf("%v; ran: %t", err, ran(written))
	}
}

// TestUnsignedCallsAreRefused: in the words of each service's protocol, which its client understands.
func TestUnsignedCallsAreRefused(t *testing.T) {
	_, config := overTCP(t)
	config.Credentials = aws.AnonymousCredentials{}
	for service, c := range map[string]struct {
		call          func() error
		code, message string
		status        int
	}{
		"autoscaling": {func() error {
			_, err := autoscaling.NewFromConfig(config).DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
			return err
		}, "MissingAuthenticationToken", "Request is missing Authentication Token", 403},
		"ec2": {func() error {
			_, err := ec2.NewFromConfig(config).DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{})
			return err
		}, "MissingParameter", "The request must contain the parameter AWSAccessKeyId", 400},
		"states": {func() error {
			_, err := sfn.NewFromConfig(config).ListStateMachines(t.Context(), &sfn.ListStateMachinesInput{})
			return err
		}, "MissingAuthenticationTokenException", "Request is missing Authentication Token", 400},
		"ssm": {func() error {
			_, err := ssm.NewFromConfig(config).DescribeInstanceInformation(t.Context(), &ssm.DescribeInstanceInformationInput{})
			return err
		}, "MissingAuthenticationTokenException", "Request is missing Authentication Token", 400},
		"lambda": {func() error {
			_, err := lambda.NewFromConfig(config).ListFunctions(t.Context(), &lambda.ListFunctionsInput{})
			return err
		}, "MissingAuthenticationTokenException", "Missing Authentication Token", 403},
	} {
		t.Run(service, func(t *testing.T) {
			err := c.call()
			var api smithy.APIError
			var answer *smithyhttp.ResponseError
			if !errors.As(err, &api) || !errors.As(err, &answer) || api.ErrorCode() != c.code || api.ErrorMessage() != c.message || answer.HTTPStatusCode() != c.status {
				t.Errorf("%v; want %s: %s, with status %d", err, c.code, c.message, c.status)
			}
		})
	}
}

// TestPreSignedCallIsServed: an API call as a link, which any program that holds it may follow.
func TestPreSignedCallIsServed(t *testing.T) {
	_, config := overTCP(t)
	signed, err := sts.NewPresignClient(sts.NewFromConfig(config)).PresignGetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK || !strings.Contains(string(text), "<Arn>arn:aws:iam::000000000000:user/local</Arn>") {
		t.Errorf("%s: %s", answer.Status, text)
	}
}
