package wire

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"sync"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/faults"
)

// Endpoint is the one HTTP endpoint of the model: it serves every service that was added. Services are added
// before the first request.
type Endpoint struct {
	account  *account.Account
	settings Settings
	plan     *faults.Plan
	services []*served
	identify func(caller string) Principal
	observe  []func(call *Call, input any) (done func(err error))

	authorize func(call *Call, input any) error
	documents map[string]func() []byte

	mu     sync.Mutex
	levels map[string]*level
}

// served is a service with what the endpoint needs to serve it.
type served struct {
	Service
	operations        map[string]*Operation
	request, response *naming
}

// NewEndpoint returns an endpoint without services. A nil plan is a plan without faults.
func NewEndpoint(acct *account.Account, settings Settings, plan *faults.Plan) *Endpoint {
	if plan == nil {
		plan = faults.NewPlan()
	}
	return &Endpoint{
		account: acct, settings: settings, plan: plan, levels: map[string]*level{}, documents: map[string]func() []byte{},
		identify: func(caller string) Principal {
			return Principal{ARN: fmt.Sprintf("arn:aws:iam::%s:user/%s", acct.ID, caller), UserID: caller}
		},
	}
}

// Plan is the endpoint's faults and its log of calls.
func (e *Endpoint) Plan() *faults.Plan { return e.plan }

// Identify sets who an access key id belongs to. Without it every key belongs to an IAM user of the key's name.
func (e *Endpoint) Identify(identify func(caller string) Principal) { e.identify = identify }

// Observe adds who looks on at the effects of calls: observe is called right before an operation's effect, and what it
// returns, unless that is nil, right after it with the operation's error. Both run with the account's lock held, in which
// the effect happens, so that nothing comes between; operations that take the lock themselves are not observed. The
// input is the SDK's own and not to be changed.
func (e *Endpoint) Observe(observe func(call *Call, input any) (done func(err error))) {
	e.observe = append(e.observe, observe)
}

// Authorize sets who may do what: authorize is asked before each operation, without the account's lock, and what it
// returns is the answer unless it is nil. Without it everyone may do everything. The input is the SDK's own and not to
// be changed.
func (e *Endpoint) Authorize(authorize func(call *Call, input any) error) { e.authorize = authorize }

// AddDocument serves a text at a path to every program of this machine, signed or not, as AWS does with a few. Documents are
// added before the first request.
func (e *Endpoint) AddDocument(path string, text func() []byte) { e.documents[path] = text }

// Add adds a service. It panics when an operation names members that its input does not have.
func (e *Endpoint) Add(service Service) {
	if service.ActionPrefix == "" {
		service.ActionPrefix = service.SigningName
	}
	for _, protocol := range append([]Protocol{service.Protocol}, service.Also...) {
		service.Protocol = protocol
		e.add(service)
	}
}

// add adds a service as it is spoken in one protocol.
func (e *Endpoint) add(service Service) {
	added := &served{Service: service, operations: map[string]*Operation{}}
	added.request, added.response = added.namings()
	for i := range service.Operations {
		operation := &service.Operations[i]
		checkOperation(&service, operation)
		added.operations[operation.Name] = operation
	}
	e.services = append(e.services, added)
}

// maxBody is more than any API takes: Lambda's 50 MB of zipped code, in base64.
const maxBody = 70 << 20

// ServeHTTP implements http.Handler: it serves the signed requests of programs on this machine, and refuses all others.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if why := Foreign(r); why != "" {
		route, _ := e.route(r, nil) // no body of a stranger is read: the rest is enough to find the words
		route.service.writeError(w, refuseForeign(route.service.Protocol, why), e.newRequestID())
		return
	}
	if document, ok := e.documents[r.URL.Path]; ok && r.Method == http.MethodGet {
		_, _ = w.Write(document())
		return
	}
	body, err := readBody(w, r)
	if err != nil {
		http.Error(w, "cannot read the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	requestID := e.newRequestID()
	route, refusal := e.route(r, body)
	if refusal != nil {
		route.service.writeError(w, refusal, requestID)
		return
	}
	call := &Call{
		Context: r.Context(), Service: route.service.SigningName, Prefix: route.service.ActionPrefix,
		Operation: route.operation.Name, Caller: route.caller,
		RequestID: requestID, Time: e.account.Now(), Principal: e.identify(route.caller),
		Trace: r.Header.Get("X-Amzn-Trace-Id"),
	}
	output, err := e.serve(call, route, func(input reflect.Value) error { return route.decode(r, body, call, input) })
	if err != nil {
		route.service.writeError(w, asError(err), requestID)
		return
	}
	route.service.writeAnswer(w, route.operation, output, requestID)
}

// readBody reads a request's body. Clients compress what some operations (PutMetricData) have much of.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := http.MaxBytesReader(w, r.Body, maxBody)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = http.MaxBytesReader(w, unpacked, maxBody)
	}
	return io.ReadAll(body)
}

func (e *Endpoint) newRequestID() string {
	e.account.Lock()
	defer e.account.Unlock()
	return e.account.UUID()
}

// asError makes an error that a service did not mean to give visible as what it is.
func asError(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	return &Error{Code: "InternalFailure", Message: "localaws: " + err.Error(), Status: http.StatusNotImplemented}
}

// decode fills input from the request, and tells the call what was sent.
func (rt *route) decode(r *http.Request, body []byte, call *Call, input reflect.Value) error {
	var err error
	switch rt.service.Protocol {
	case AWSQuery, EC2Query:
		err = rt.service.request.decodeParam(parseForm(rt.form), input)
	case RESTJSON1:
		err = rt.service.decodeREST(rt.operation, r, body, input)
	case RESTXML:
		err = rt.service.decodeRESTXML(rt.operation, r, body, input)
	case RPCv2CBOR:
		var tree any
		if tree, err = parseCBOR(body); err == nil {
			err = rt.service.request.decodeJSON(tree, input, "")
		}
	default:
		var tree any
		if tree, err = parseJSON(body); err == nil {
			call.Sent = sent(tree)
			err = rt.service.request.decodeJSON(tree, input, "")
		}
	}
	return rt.refuseInput(err, input)
}

// refuseInput says what is wrong with an input: what could not be decoded, what is not modelled, what is missing.
func (rt *route) refuseInput(err error, input reflect.Value) error {
	var unknown *unknownMember
	if errors.As(err, &unknown) {
		return NotModelled("parameter %s of %s:%s", unknown.path, rt.service.SigningName, rt.operation.Name)
	}
	var wrong *Error
	if errors.As(err, &wrong) && wrong.Code == "MalformedInput" {
		switch rt.service.Protocol {
		case EC2Query:
			wrong.Code = "InvalidParameterValue"
		case RESTXML:
			wrong.Code = "InvalidInput"
		case AWSJSON10, AWSJSON11, RESTJSON1, RPCv2CBOR:
			wrong.Code = "SerializationException"
		}
	}
	if err != nil {
		return err
	}
	if path := unmodelled(input, "", rt.operation.Modelled); path != "" {
		return NotModelled("parameter %s of %s:%s", path, rt.service.SigningName, rt.operation.Name)
	}
	return nil
}

func marshal(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), err
}

// route is where a request goes.
type route struct {
	service   *served
	operation *Operation
	caller    string
	form      url.Values
}
