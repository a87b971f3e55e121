package lambda_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/localaws/lambda"
)

// TestNoWebPageReachesTheRuntimeAPI: its requests bear no signature, and a page that got through could take a function's
// invocations away and answer them.
func TestNoWebPageReachesTheRuntimeAPI(t *testing.T) {
	w, _ := withProcess(t, lambda.FunctionSpec{Timeout: time.Minute})
	first, _ := w.ask(t, `{"Do":"env","Key":"AWS_LAMBDA_RUNTIME_API"}`)
	base := "http://" + first.Value + "/2018-06-01/runtime/"
	for _, page := range []struct {
		name, method, path, host, header, value string
	}{
		{"an image", "GET", "invocation/next", "", "Sec-Fetch-Site", "cross-site"},
		{"an image from [::ffff:127.0.0.1]", "GET", "invocation/next", "", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0"},
		{"a plain POST", "POST", "init/error", "", "Origin", "https://evil.example"},
		{"DNS rebinding", "GET", "invocation/next", "evil.example", "Accept", "*/*"},
		{"an answer after DNS rebinding", "POST", "invocation/" + first.RequestID + "/response", "evil.example", "Accept", "*/*"},
	} {
		t.Run(page.name, func(t *testing.T) {
			waited, cancel := w.account.Clock.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			request, err := http.NewRequestWithContext(waited, page.method, base+page.path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			request.Host = page.host
			request.Header.Set(page.header, page.value)
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatalf("it is let in, and waits for an invocation: %v", err)
			}
			defer answer.Body.Close()
			text, _ := io.ReadAll(answer.Body)
			if answer.StatusCode != http.StatusForbidden || !strings.Contains(string(text), `"errorType":"Forbidden"`) {
				t.Errorf("%s: %s", answer.Status, text)
			}
		})
	}
	if last, _ := w.ask(t, `{}`); last.PID != first.PID {
		t.Error("the function is not what it was")
	}
}
