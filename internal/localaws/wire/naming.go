package wire

import (
	"reflect"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// member is one member of an SDK struct with its name on the wire.
type member struct {
	index int
	field string
	name  string
	item  string // of a list: the name of its items where it isn't the protocol's own
	list  bool
	empty EmptyList // of a list
}

// naming gives members their wire names. The rules, where the service's tables say nothing else:
//   - awsQuery: the Go field name, in requests and responses; but see queryNames.
//   - ec2Query requests: the Go field name; a list loses its final "s" (Filters is Filter.1, Filter.2, …).
//   - ec2Query responses: the Go field name beginning with a lower-case letter; a list also loses its final "s" and
//     gains "Set" (TagSet of Tags: tagSet).
//   - JSON: the Go field name, beginning with a lower-case letter if the service is LowerCamel.
//
// A name such as "Reference/item" also names the list's items. What differs from the rules goes into the service's RequestNames and ResponseNames. `go run ./internal/localaws/wire/wirenames`
// writes these tables from the source of the SDK.
type naming struct {
	protocol   Protocol
	lowerCamel bool
	exceptions map[string]string // "Type.Field" to wire name
	response   bool
	unions     map[reflect.Type]Union
	emptyLists map[string]EmptyList

	cache sync.Map // reflect.Type to []member
}

func (s *Service) namings() (request, response *naming) {
	unions := map[reflect.Type]Union{}
	for _, union := range s.Unions {
		unions[union.Interface] = union
	}
	request = &naming{protocol: s.Protocol, lowerCamel: s.LowerCamel, exceptions: s.RequestNames, unions: unions}
	response = &naming{
		protocol: s.Protocol, lowerCamel: s.LowerCamel, exceptions: s.ResponseNames, unions: unions, response: true,
		emptyLists: s.EmptyLists,
	}
	return request, response
}

// queryNames are the exceptions that the awsQuery services in use need: autoscaling alone has one.
var queryNames = map[string]string{"CpuPerformanceFactorRequest.References": "Reference/item"}

// members are the modelled members of the struct type t: its exported fields without the SDK's own ResultMetadata.
func (n *naming) members(t reflect.Type) []member {
	if cached, ok := n.cache.Load(t); ok {
		return cached.([]member)
	}
	var members []member
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() || field.Anonymous || field.Name == "ResultMetadata" {
			continue
		}
		name, item, _ := strings.Cut(n.wireName(t, field), "/")
		members = append(members, member{
			index: i, field: field.Name, name: name, item: item, list: isList(field.Type), empty: n.emptyList(t, field.Name),
		})
	}
	n.cache.Store(t, members)
	return members
}

func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8
}

// emptyList is what becomes of the list in field of the type t when it is empty.
func (n *naming) emptyList(t reflect.Type, field string) EmptyList {
	if listed, ok := n.emptyLists[t.Name()+"."+field]; ok {
		return listed
	}
	if strings.HasSuffix(t.Name(), "Output") { // how the SDK names the answer of an operation
		return There
	}
	return LeftOut
}

func (n *naming) wireName(t reflect.Type, field reflect.StructField) string {
	if name, ok := n.exceptions[t.Name()+"."+field.Name]; ok {
		return name
	}
	if name, ok := queryNames[t.Name()+"."+field.Name]; ok && n.protocol == AWSQuery {
		return name
	}
	list := isList(field.Type)
	switch {
	case n.protocol == EC2Query && list && n.response:
		return lowerFirst(strings.TrimSuffix(field.Name, "s")) + "Set"
	case n.protocol == EC2Query && list:
		return strings.TrimSuffix(field.Name, "s")
	case n.protocol == EC2Query && n.response, n.lowerCamel:
		return lowerFirst(field.Name)
	}
	return field.Name
}

func lowerFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
