package wire

import (
	"cmp"
	"net/http"
	"strconv"
)

// contentType is what a protocol's answers are.
func (p Protocol) contentType() string {
	switch p {
	case AWSJSON10:
		return "application/x-amz-json-1.0"
	case AWSJSON11:
		return "application/x-amz-json-1.1"
	case RESTJSON1:
		return "application/json"
	case RPCv2CBOR:
		return "application/cbor"
	}
	return "text/xml"
}

// writeAnswer writes the answer of a call that succeeded.
func (s *served) writeAnswer(w http.ResponseWriter, o *Operation, output any, requestID string) {
	status, body, err := http.StatusOK, []byte(nil), error(nil)
	switch s.Protocol {
	case AWSQuery, EC2Query:
		body, err = s.queryAnswer(o, output, requestID)
	case RESTJSON1:
		status, body, err = s.restAnswer(o, output, w.Header())
	case RESTXML:
		status, body, err = s.restXMLAnswer(o, output, w.Header())
	default:
		body, err = s.objectAnswer(output)
	}
	if err != nil {
		s.writeError(w, asError(err), requestID)
		return
	}
	s.write(w, status, body, requestID)
}

// writeError writes the answer of a call that failed.
func (s *served) writeError(w http.ResponseWriter, e *Error, requestID string) {
	status := e.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	if s.Protocol == AWSQuery || s.Protocol == EC2Query || s.Protocol == RESTXML {
		s.write(w, status, s.queryError(e, requestID), requestID)
		return
	}
	object := map[string]any{"message": e.Message}
	if s.Protocol == RESTJSON1 {
		object["Type"] = "User"
		if status >= 500 {
			object["Type"] = "Service"
		}
		object["Message"] = e.Message
		w.Header().Set("X-Amzn-Errortype", e.Code)
	} else {
		object["__type"] = cmp.Or(s.ErrorTypes[e.Code], e.Code)
	}
	for name, value := range e.Members {
		encoded, err := s.encodeMember(value)
		if err != nil {
			object["message"] = e.Message + " (" + name + ": " + err.Error() + ")"
			continue
		}
		object[name] = encoded
	}
	if s.QueryCodes != nil {
		w.Header().Set("X-Amzn-Query-Error", s.queryCode(e.Code, status))
	}
	body, err := s.marshal(object)
	if err != nil {
		body, _ = s.marshal(map[string]any{})
	}
	s.write(w, status, body, requestID)
}

// queryCode is an error's code in the service's former query protocol, and whose fault it is.
func (s *served) queryCode(code string, status int) string {
	if former, ok := s.QueryCodes[code]; ok {
		code = former
	}
	if status >= 500 {
		return code + ";Receiver"
	}
	return code + ";Sender"
}

func (s *served) write(w http.ResponseWriter, status int, body []byte, requestID string) {
	header := w.Header()
	header.Set("Content-Type", s.Protocol.contentType())
	header.Set("X-Amzn-Requestid", requestID)
	if s.Protocol == RPCv2CBOR {
		header.Set("Smithy-Protocol", smithyCBOR)
	}
	if status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent {
		_, _ = w.Write(body)
	}
}
