package wire_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/localaws/wire"
)

// sign signs a request for a service, with some key.
func sign(request *http.Request, service string) {
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAPERSON/20260102/ap-northeast-1/"+service+"/aws4_request, SignedHeaders=host;x-amz-date, Signature=00")
	request.Header.Set("X-Amz-Date", "20260102T030405Z")
}

// answer is what the endpoint of one service answers to a call of it, which change has changed; effects counts the calls
// that had an effect.
func answer(change func(*http.Request)) (got *httptest.ResponseRecorder, effects int) {
	w := newWorld()
	w.endpoint.Add(counting(&effects))
	form := url.Values{"Action": {"SetDesiredCapacity"}, "Version": {"2011-01-01"}, "AutoScalingGroupName": {"g"}, "DesiredCapacity": {"1"}}
	request := httptest.NewRequest("POST", "http://127.0.0.1:4566/", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("User-Agent", "aws-cli/1.45.11 md/Botocore#1.43.11 Python/3.11.7")
	sign(request, "autoscaling")
	change(request)
	got = httptest.NewRecorder()
	w.clock.Run(func() { w.endpoint.ServeHTTP(got, request) })
	return got, effects
}

// wantRefused wants no effect, and an answer in the query protocol that no page may read.
func wantRefused(t *testing.T, change func(*http.Request), status int, code, message string) {
	t.Helper()
	got, effects := answer(change)
	body := strings.ReplaceAll(got.Body.String(), "&#39;", "'")
	if got.Code != status || effects != 0 || !strings.Contains(body, "<Code>"+code+"</Code>") || !strings.Contains(body, message) {
		t.Errorf("%d effects, status %d: %s; want none, %d, %s and %q", effects, got.Code, body, status, code, message)
	}
	for name := range got.Header() {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("answered with %s", name)
		}
	}
}

func TestHosts(t *testing.T) {
	for host, served := range map[string]bool{
		"127.0.0.1:4566": true, "127.0.0.1": true, "127.1.2.3:80": true, "[::1]:4566": true, "[::1]": true, "[::ffff:127.0.0.1]:4566": true,
		"localhost:4566": true, "localhost": true, "LocalHost:4566": true, "localhost.:4566": true, "sync-states.localhost:4566": true,
		"":                    false, // HTTP/1.0 without a Host
		"evil.example":        false,
		"evil.example:4566":   false,
		"localhost.evil.com":  false,
		"127.0.0.1.evil.com":  false,
		"evillocalhost:4566":  false,
		"localhost@evil.com":  false,
		"127.0.0.1:4566@evil": false,
		"192.168.1.5:4566":    false,
		"0.0.0.0:4566":        false,
		"[::]:4566":           false,
		"[::ffff:8.8.8.8]":    false,
		"127.1":               false, // browsers write it as 127.0.0.1
	} {
		t.Run(host, func(t *testing.T) {
			change := func(r *http.Request) { r.Host = host }
			if !served {
				wantRefused(t, change, http.StatusForbidden, "AccessDenied", "does not name this machine: use 127.0.0.1, [::1] or localhost")
				return
			}
			if got, effects := answer(change); got.Code != http.StatusOK || effects != 1 {
				t.Errorf("%d effects: %s", effects, got.Body)
			}
		})
	}
}

func TestBrowsersAreRefused(t *testing.T) {
	const preSigned = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k/20260102/ap-northeast-1/autoscaling/aws4_request&X-Amz-Date=d&X-Amz-SignedHeaders=host&X-Amz-Signature=0" +
		"&Action=SetDesiredCapacity&Version=2011-01-01&AutoScalingGroupName=g&DesiredCapacity=1"
	for _, c := range []struct {
		name, method, query, header, value string
	}{
		{"another origin", "POST", "", "Origin", "http://127.0.0.1:8000"},
		{"an opaque origin", "POST", "", "Origin", "null"},
		{"no page of ours calls AWS", "POST", "", "Origin", "http://127.0.0.1:4566"},
		{"an empty origin", "POST", "", "Origin", ""},
		{"another port of this host", "POST", "", "Sec-Fetch-Site", "same-site"},
		{"another site", "POST", "", "Sec-Fetch-Site", "cross-site"},
		{"a redirect from a typed address", "GET", preSigned, "Sec-Fetch-Site", "none"},
		{"an image", "GET", preSigned, "Sec-Fetch-Site", "cross-site"},
		{"an image from [::ffff:127.0.0.1]", "GET", preSigned, "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"},
		{"a preflight", "OPTIONS", "", "Origin", "https://evil.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantRefused(t, func(r *http.Request) {
				r.Method, r.URL.RawQuery = c.method, strings.TrimPrefix(c.query, "?")
				r.Header.Set(c.header, c.value)
				if c.method == "OPTIONS" {
					r.Header.Del("Authorization")
					r.Header.Set("Access-Control-Request-Method", "POST")
					r.Header.Set("Access-Control-Request-Headers", "authorization")
				}
			}, http.StatusForbidden, "AccessDenied", "the request comes from a web browser ("+c.header+": "+c.value+"): only programs are served")
		})
	}
}

func TestSignatures(t *testing.T) {
	header := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	query := func(values string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Del("Authorization"); r.URL.RawQuery = values }
	}
	for _, c := range []struct {
		name          string
		change        func(*http.Request)
		status        int
		code, message string
	}{
		{"none", func(r *http.Request) { r.Header.Del("Authorization") }, 403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
		{"another scheme", header("Bearer AKIAPERSON"), 403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
		{"nothing but the algorithm", header("AWS4-HMAC-SHA256"), 400, "IncompleteSignature",
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256"},
		{"no date", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, 400, "IncompleteSignature",
			"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."},
		{"half a scope", header("AWS4-HMAC-SHA256 Credential=AKIAPERSON/20260102, SignedHeaders=host, Signature=00"), 400, "IncompleteSignature",
			"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIAPERSON/20260102'"},
		{"no key", header("AWS4-HMAC-SHA256 Credential=/20260102/ap-northeast-1/autoscaling/aws4_request, SignedHeaders=host, Signature=00"), 400, "IncompleteSignature",
			"Credential must have exactly 5 slash-delimited elements"},
		{"a credential alone", query("X-Amz-Credential=k/20260102/ap-northeast-1/autoscaling/aws4_request"), 403, "MissingAuthenticationToken", ""},
		{"half a query", query("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k/20260102/ap-northeast-1/autoscaling/aws4_request&X-Amz-Date=d"), 400, "IncompleteSignature",
			"AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters."},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, c.change, c.status, c.code, c.message) })
	}
}

func TestCallersInMemoryMeetTheSameRules(t *testing.T) {
	w, effects := newWorld(), 0
	w.endpoint.Add(counting(&effects))
	unsigned, elsewhere := w.endpoint.Config(wire.Caller{}), w.endpoint.Config(wire.Caller{})
	unsigned.Credentials, elsewhere.BaseEndpoint = aws.AnonymousCredentials{}, aws.String("http://evil.example")
	input := &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("g"), DesiredCapacity: aws.Int32(1)}
	w.clock.Run(func() {
		_, err := autoscaling.NewFromConfig(unsigned).SetDesiredCapacity(t.Context(), input)
		wantError(t, err, "MissingAuthenticationToken", "Request is missing Authentication Token")
		_, err = autoscaling.NewFromConfig(elsewhere).SetDesiredCapacity(t.Context(), input)
		wantError(t, err, "AccessDenied", `the host "evil.example" does not name this machine`)
	})
	if effects != 0 {
		t.Errorf("%d effects", effects)
	}
}

// A refusal comes in the protocol of the service that the request is for, also when nothing but the head may be read.
func TestRefusalsAreWordedByTheService(t *testing.T) {
	w := newWorld()
	w.endpoint.Add(functions(map[string]any{}))
	request := httptest.NewRequest("POST", "http://evil.example:4566/2015-03-31/functions", strings.NewReader("{}"))
	request.Header.Set("Content-Type", "text/plain")
	got := httptest.NewRecorder()
	w.clock.Run(func() { w.endpoint.ServeHTTP(got, request) })
	if got.Code != http.StatusForbidden || got.Header().Get("X-Amzn-Errortype") != "AccessDeniedException" || got.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %v %s", got.Code, got.Header(), got.Body)
	}
}
