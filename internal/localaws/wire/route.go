package wire

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// unrouted answers requests whose service is not known, in the form that most clients can read.
func unrouted(r *http.Request) *served {
	protocol := AWSQuery
	if r.Header.Get("Smithy-Protocol") == smithyCBOR {
		protocol = RPCv2CBOR
	} else if r.Header.Get("X-Amz-Target") != "" || strings.Contains(r.Header.Get("Content-Type"), "json") {
		protocol = AWSJSON11
	}
	return &served{Service: Service{Protocol: protocol}}
}

// route finds the operation that a request is for: of the service that it is signed for, by X-Amz-Target, by Action and
// Version, or by its path. On a refusal the route still holds a service, to word the answer.
func (e *Endpoint) route(r *http.Request, body []byte) (*route, *Error) {
	signed := readSignature(r)
	rt := &route{service: unrouted(r), caller: signed.accessKeyID, form: url.Values{}}
	if form, err := url.ParseQuery(string(body)); err == nil && !strings.Contains(r.Header.Get("Content-Type"), "json") {
		rt.form = form
	}
	for key, values := range r.URL.Query() {
		rt.form[key] = values
	}
	target := r.Header.Get("X-Amz-Target")
	candidates := e.services
	if signed.service != "" {
		candidates = e.signedFor(signed.service)
		if len(candidates) == 0 {
			return rt, NotModelled("the service %s; it models %s", signed.service, strings.Join(e.names(), ", "))
		}
		rt.service = candidates[0]
		if home := cmp.Or(rt.service.Region, e.account.Region); signed.region != home && !rt.service.Global {
			return rt, NotModelled("the Region %s; %s lives in %s", signed.region, signed.service, home)
		}
	}
	found := slices.ContainsFunc(candidates, func(candidate *served) bool { return candidate.speaks(r, rt, target) })
	if refusal := signed.refusal(rt.service.Protocol); refusal != nil {
		return rt, refusal
	}
	if !found {
		return rt, rt.refuse(r, target)
	}
	return rt, nil
}

func (e *Endpoint) signedFor(name string) []*served {
	var found []*served
	for _, service := range e.services {
		if service.SigningName == name {
			found = append(found, service)
		}
	}
	return found
}

func (e *Endpoint) names() []string {
	names := map[string]bool{}
	for _, service := range e.services {
		names[service.SigningName] = true
	}
	return sortedKeys(names)
}

// speaks reports whether the request is for an operation of the service, and if so makes it the route.
func (s *served) speaks(r *http.Request, rt *route, target string) bool {
	switch s.Protocol {
	case AWSQuery, EC2Query:
		version := rt.form.Get("Version")
		if target != "" || (version != "" && version != s.Version) {
			return false
		}
		if version != "" { // two services may share a name: it is this one that lacks an operation
			rt.service = s
		}
		rt.operation = s.operations[rt.form.Get("Action")]
	case AWSJSON10, AWSJSON11:
		prefix, name, _ := strings.Cut(target, ".")
		if prefix != s.TargetPrefix {
			return false
		}
		rt.operation = s.operations[name]
	case RPCv2CBOR:
		name, ok := s.named(r)
		if !ok {
			return false
		}
		rt.operation = s.operations[name]
	case RESTJSON1, RESTXML:
		rt.operation = s.atPath(r)
	}
	if rt.operation != nil || s.Protocol == AWSJSON10 || s.Protocol == AWSJSON11 || s.Protocol == RPCv2CBOR {
		rt.service = s
	}
	return rt.operation != nil
}

// smithyCBOR is the header Smithy-Protocol of requests and answers in RPCv2CBOR.
const smithyCBOR = "rpc-v2-cbor"

// named is the operation that a request in RPCv2CBOR to this service names in its path.
func (s *served) named(r *http.Request) (string, bool) {
	name, ok := strings.CutPrefix(r.URL.Path, "/service/"+s.TargetPrefix+"/operation/")
	return name, ok && r.Header.Get("Smithy-Protocol") == smithyCBOR
}

// atPath finds the REST operation at the request's path; the one with the most literal path wins.
func (s *served) atPath(r *http.Request) *Operation {
	var found *Operation
	fewest := -1
	for i := range s.Operations {
		operation := &s.Operations[i]
		if operation.Method != r.Method {
			continue
		}
		labels, ok := matchPath(operation.Path, r.URL.EscapedPath())
		if ok && (fewest < 0 || len(labels) < fewest) {
			found, fewest = operation, len(labels)
		}
	}
	return found
}

// refuse words why no operation was found.
func (rt *route) refuse(r *http.Request, target string) *Error {
	name := rt.form.Get("Action")
	if _, after, ok := strings.Cut(target, "."); ok {
		name = after
	}
	if operation, ok := rt.service.named(r); ok {
		name = operation
	}
	if name == "" {
		name = r.Method + " " + r.URL.Path
	}
	if version := rt.form.Get("Version"); version != "" && version != rt.service.Version {
		return NotModelled("%s:%s of API version %s; it models version %s", rt.service.SigningName, name, version, rt.service.Version)
	}
	return NotModelled("%s:%s; of %s it models %s", rt.service.SigningName, name, rt.service.SigningName,
		strings.Join(sortedKeys(rt.service.operations), ", "))
}
