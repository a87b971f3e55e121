package wire

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Foreign says why a server on loopback must not serve r, and is empty for what a program sends to this machine. Every web
// page in a browser of the machine reaches such a server: a page from anywhere blindly, and one whose name has come to
// resolve to loopback (DNS rebinding) with answers.
func Foreign(r *http.Request) string {
	if !isLoopback(r.Host) {
		return fmt.Sprintf("the host %q does not name this machine: use 127.0.0.1, [::1] or localhost", r.Host)
	}
	for _, mark := range browserMarks {
		for _, value := range r.Header.Values(mark.header) {
			if strings.HasPrefix(value, mark.begins) {
				return fmt.Sprintf("the request comes from a web browser (%s: %s): only programs are served", mark.header, value)
			}
		}
	}
	return ""
}

// browserMarks are what browsers put into a request and pages cannot leave out. The first two do not come with each: an
// image from [::ffff:127.0.0.1] has neither, and where an address that a person typed redirects to, Sec-Fetch-Site is
// none, as if the person had typed that.
var browserMarks = []struct{ header, begins string }{{"Origin", ""}, {"Sec-Fetch-Site", ""}, {"User-Agent", "Mozilla/"}}

// isLoopback reports whether a Host header names loopback: an address of it, or a name that no DNS may give another
// (RFC 6761, section 6.3).
func isLoopback(host string) bool {
	name := strings.TrimSuffix(strings.ToLower((&url.URL{Host: host}).Hostname()), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.IsLoopback()
}

// algorithm is the one in which requests are signed.
const algorithm = "AWS4-HMAC-SHA256"

// signature is what a request is signed for. Whether it is signed with the right secret is not looked at: the model knows
// no secrets, and takes every key.
type signature struct {
	accessKeyID, region, service string

	missing bool
	lacks   string // in AWS's words, what an incomplete one does; "" for one that is complete
}

// readSignature reads the Authorization header, or the query string of a pre-signed request.
func readSignature(r *http.Request) signature {
	query := r.URL.Query()
	parameters, inHeader := strings.CutPrefix(r.Header.Get("Authorization"), algorithm)
	var credential, lacks string
	switch {
	case inHeader:
		credential, lacks = headerCredential(parameters, r.Header)
	case query.Has("X-Amz-Algorithm"):
		credential, lacks = queryCredential(query)
	default:
		return signature{missing: true}
	}
	if lacks != "" {
		return signature{lacks: lacks}
	}
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || slices.Contains(parts, "") {
		return signature{lacks: "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + credential + "'"}
	}
	return signature{accessKeyID: parts[0], region: parts[2], service: parts[3]}
}

// refusal is the answer to a request with this signature, and nil when it is complete.
func (s signature) refusal(p Protocol) *Error {
	switch {
	case s.missing:
		return unsigned(p)
	case s.lacks != "":
		return incompletelySigned(p, s.lacks)
	}
	return nil
}

// headerCredential reads what follows the algorithm in an Authorization header.
func headerCredential(parameters string, header http.Header) (credential, lacks string) {
	given := map[string]string{}
	for _, parameter := range strings.FieldsFunc(parameters, func(c rune) bool { return c == ',' || c == ' ' }) {
		name, value, _ := strings.Cut(parameter, "=")
		given[name] = value
	}
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if given[name] == "" {
			lacks += "Authorization header requires '" + name + "' parameter. "
		}
	}
	if header.Get("X-Amz-Date") == "" && header.Get("Date") == "" {
		lacks += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	if lacks != "" {
		lacks += "Authorization=" + header.Get("Authorization")
	}
	return given["Credential"], lacks
}

// queryCredential reads a pre-signed request's query string.
func queryCredential(query url.Values) (credential, lacks string) {
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if query.Get(name) == "" {
			lacks += "AWS query-string parameters must include '" + name + "'. "
		}
	}
	if lacks != "" {
		lacks += "Re-examine the query-string parameters."
	}
	return query.Get("X-Amz-Credential"), lacks
}
