package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// parseCBOR reads a body in CBOR into the tree that parseJSON reads JSON into; an empty body is an empty object.
func parseCBOR(body []byte) (any, error) {
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	value, err := cbor.Decode(body)
	if err != nil {
		return nil, Errorf("SerializationException", "the body is not CBOR: %v", err)
	}
	return fromCBOR(value)
}

func fromCBOR(value cbor.Value) (any, error) {
	switch v := value.(type) {
	case cbor.Map:
		object := make(map[string]any, len(v))
		for key, item := range v {
			tree, err := fromCBOR(item)
			if err != nil {
				return nil, err
			}
			object[key] = tree
		}
		return object, nil
	case cbor.List:
		list := make([]any, len(v))
		for i, item := range v {
			tree, err := fromCBOR(item)
			if err != nil {
				return nil, err
			}
			list[i] = tree
		}
		return list, nil
	case *cbor.Tag: // 1 is a time, as its number of seconds
		if v.ID != 1 {
			return nil, Errorf("SerializationException", "the body has a CBOR tag %d: only times (1) are known", v.ID)
		}
		return fromCBOR(v.Value)
	case cbor.String:
		return string(v), nil
	case cbor.Slice:
		return base64.StdEncoding.EncodeToString(v), nil
	case cbor.Bool:
		return bool(v), nil
	case cbor.Uint, cbor.NegInt:
		number, err := cbor.AsBigInt(v)
		return json.Number(number.String()), err
	case cbor.Float32:
		return numberOf(float64(v)), nil
	case cbor.Float64:
		return numberOf(float64(v)), nil
	}
	return nil, nil // null, undefined
}

// numberOf is a number as JSON has it: what JSON cannot write is a text.
func numberOf(f float64) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
}

// marshalCBOR writes a tree in CBOR.
func marshalCBOR(tree any) ([]byte, error) {
	value, err := toCBOR(tree)
	if err != nil {
		return nil, err
	}
	return cbor.Encode(value), nil
}

func toCBOR(tree any) (cbor.Value, error) {
	switch v := tree.(type) {
	case nil:
		return &cbor.Nil{}, nil
	case map[string]any:
		object := make(cbor.Map, len(v))
		for key, item := range v {
			value, err := toCBOR(item)
			if err != nil {
				return nil, err
			}
			object[key] = value
		}
		return object, nil
	case []any:
		list := make(cbor.List, len(v))
		for i, item := range v {
			value, err := toCBOR(item)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case epoch:
		return &cbor.Tag{ID: 1, Value: cbor.Float64(float64(time.Time(v).UnixMilli()) / 1000)}, nil
	case []byte:
		return cbor.Slice(v), nil
	}
	return scalarToCBOR(reflect.ValueOf(tree))
}

func scalarToCBOR(v reflect.Value) (cbor.Value, error) {
	switch v.Kind() {
	case reflect.String:
		return cbor.String(v.String()), nil
	case reflect.Bool:
		return cbor.Bool(v.Bool()), nil
	case reflect.Int, reflect.Int32, reflect.Int64:
		if v.Int() < 0 {
			return cbor.NegInt(-v.Int()), nil
		}
		return cbor.Uint(v.Int()), nil
	case reflect.Float32, reflect.Float64:
		return cbor.Float64(v.Float()), nil
	}
	return nil, fmt.Errorf("cannot encode %s", v.Type())
}
