package localaws_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/wire"
)

func TestCertificateIsServed(t *testing.T) {
	inAccount(t, localaws.Options{}, func(a *localaws.AWS, _ aws.Config) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, wire.InMemoryURL+sns.CertificatePath, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Endpoint.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK || !strings.HasPrefix(string(text), "-----BEGIN CERTIFICATE-----") {
			t.Errorf("answered %s: %s", answer.Status, text)
		}
	})
}
