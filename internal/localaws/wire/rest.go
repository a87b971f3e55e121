package wire

import (
	"cmp"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// matchPath compares a request's escaped path with an operation's, and returns the labels: {FunctionName} matches one
// segment, {Name+} the rest of the path.
func matchPath(pattern, escaped string) (labels map[string]string, ok bool) {
	want := strings.Split(strings.Trim(pattern, "/"), "/")
	have := strings.Split(strings.Trim(escaped, "/"), "/")
	labels = map[string]string{}
	for i, segment := range want {
		if i >= len(have) {
			return nil, false
		}
		label, isLabel := strings.CutPrefix(segment, "{")
		if !isLabel {
			if segment != have[i] {
				return nil, false
			}
			continue
		}
		label = strings.TrimSuffix(label, "}")
		text := have[i]
		if name, greedy := strings.CutSuffix(label, "+"); greedy {
			label, text = name, strings.Join(have[i:], "/")
			have = have[:i+1]
		}
		value, err := url.PathUnescape(text)
		if err != nil || value == "" {
			return nil, false
		}
		labels[label] = value
	}
	return labels, len(want) == len(have)
}

// decodeREST fills an input from path labels, query string, headers, and the body: a JSON object of the other members,
// or the payload member itself.
func (s *served) decodeREST(o *Operation, r *http.Request, body []byte, v reflect.Value) error {
	if o.PayloadMember != "" {
		if field := v.FieldByName(o.PayloadMember); field.IsValid() {
			field.SetBytes(body)
			body = nil
		}
	}
	tree, err := parseJSON(body)
	if err != nil {
		return err
	}
	if err := s.request.decodeJSON(tree, v, ""); err != nil {
		return err
	}
	for member, header := range o.Headers {
		if text := r.Header.Get(header); text != "" && v.FieldByName(member).IsValid() {
			if err := setMember(v, member, text); err != nil {
				return err
			}
		}
	}
	return setFromURL(o, r, v)
}

// setFromURL sets the members that the path's labels and the query string hold.
func setFromURL(o *Operation, r *http.Request, v reflect.Value) error {
	labels, _ := matchPath(o.Path, r.URL.EscapedPath())
	for _, name := range sortedKeys(labels) {
		if err := setMember(v, name, labels[name]); err != nil {
			return err
		}
	}
	query := r.URL.Query()
	for _, name := range sortedKeys(query) {
		if strings.HasPrefix(name, "X-Amz-") {
			continue
		}
		if err := setMember(v, cmp.Or(o.Queries[name], name), query.Get(name)); err != nil {
			return err
		}
	}
	return nil
}

// setMember sets the scalar member name from text.
func setMember(v reflect.Value, name, text string) error {
	field := v.FieldByName(name)
	if !field.IsValid() {
		return &unknownMember{name}
	}
	if field.Kind() == reflect.Pointer {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	return setScalar(field, text, name)
}

// restAnswer writes an output as its operation's headers, status and body.
func (s *served) restAnswer(o *Operation, output any, header http.Header) (status int, body []byte, err error) {
	v := reflect.ValueOf(output).Elem()
	status = o.Success
	if status == 0 {
		status = http.StatusOK
	}
	elsewhere := map[string]bool{o.StatusMember: true, o.PayloadMember: true}
	if o.StatusMember != "" {
		if set := int(v.FieldByName(o.StatusMember).Int()); set != 0 {
			status = set
		}
	}
	inHeaders, err := setHeaders(o, v, header)
	if err != nil {
		return 0, nil, err
	}
	for _, member := range inHeaders {
		elsewhere[member] = true
	}
	if o.PayloadMember != "" {
		if payload := v.FieldByName(o.PayloadMember); payload.IsValid() {
			return status, payload.Bytes(), nil
		}
	}
	if status == http.StatusNoContent {
		return status, nil, nil
	}
	object, err := s.response.encodeObject(v, elsewhere)
	if err != nil {
		return 0, nil, err
	}
	body, err = marshal(object)
	return status, body, err
}

// setHeaders sets the headers that an output's members travel as, and returns those members.
func setHeaders(o *Operation, v reflect.Value, header http.Header) (members []string, err error) {
	for member, name := range o.Headers {
		field := v.FieldByName(member)
		if !field.IsValid() {
			continue
		}
		members = append(members, member)
		if field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		if !field.IsValid() {
			continue
		}
		text, err := scalarText(field)
		if err != nil {
			return nil, err
		}
		if text != "" {
			header.Set(name, text)
		}
	}
	return members, nil
}
