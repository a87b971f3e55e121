package asl

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"
)

// intrinsic is an intrinsic function of the States Language.
type intrinsic struct {
	name        string
	least, most int // arguments
	apply       func(s *scope, arguments []any) (any, error)
}

const anyNumber = math.MaxInt

// intrinsics are all functions of the States Language, by name.
var intrinsics = map[string]intrinsic{}

func init() {
	for _, f := range []intrinsic{
		{"States.Format", 1, anyNumber, format},
		{"States.StringToJson", 1, 1, stringToJSON},
		{"States.JsonToString", 1, 1, func(_ *scope, a []any) (any, error) { return encode(a[0]), nil }},
		{"States.Array", 0, anyNumber, func(_ *scope, a []any) (any, error) { return slices.Clone(a), nil }},
		{"States.ArrayPartition", 2, 2, arrayPartition},
		{"States.ArrayContains", 2, 2, arrayContains},
		{"States.ArrayRange", 3, 3, arrayRange},
		{"States.ArrayGetItem", 2, 2, arrayGetItem},
		{"States.ArrayLength", 1, 1, arrayLength},
		{"States.ArrayUnique", 1, 1, arrayUnique},
		{"States.Base64Encode", 1, 1, base64Encode},
		{"States.Base64Decode", 1, 1, base64Decode},
		{"States.Hash", 2, 2, hashOf},
		{"States.JsonMerge", 3, 3, jsonMerge},
		{"States.MathRandom", 2, 3, mathRandom},
		{"States.MathAdd", 2, 2, mathAdd},
		{"States.StringSplit", 2, 2, stringSplit},
		{"States.UUID", 0, 0, uuid},
	} {
		intrinsics[f.name] = f
	}
}

// format fills each {} of the template with the next argument; \ keeps the sign after it.
func format(_ *scope, a []any) (any, error) {
	text, ok := a[0].(string)
	if !ok {
		return nil, errors.New("the first argument must be a string")
	}
	var out strings.Builder
	used := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			out.WriteByte(text[i])
		case c == '{' && i+1 < len(text) && text[i+1] == '}':
			i++
			used++
			if used >= len(a) {
				return nil, errors.New("the template has more {} than there are arguments")
			}
			out.WriteString(asJava(a[used]))
		case c == '{' || c == '}':
			return nil, fmt.Errorf("a single %c must be escaped with a backslash", c)
		default:
			out.WriteByte(c)
		}
	}
	if used != len(a)-1 {
		return nil, fmt.Errorf("the template has %d {} for %d arguments", used, len(a)-1)
	}
	return out.String(), nil
}

// asJava is a value as Java's toString writes it, which AWS's interpreter uses: objects and lists are no JSON then.
func asJava(value any) string {
	var parts []string
	switch v := value.(type) {
	case string:
		return v
	case []any:
		for _, item := range v {
			parts = append(parts, asJava(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *object:
		for _, m := range v.members {
			parts = append(parts, m.name+"="+asJava(m.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return encode(value)
}

func stringToJSON(_ *scope, a []any) (any, error) {
	text, ok := a[0].(string)
	if !ok {
		return nil, errors.New("the argument must be a string")
	}
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	return decode([]byte(text))
}

// The limits of the functions (developer guide, intrinsic functions).
const (
	maxRangeItems  = 1000
	maxFunctionLen = 10_000
)

func arrayPartition(_ *scope, a []any) (any, error) {
	items, ok := a[0].([]any)
	size, err := wholeNumber(a[1])
	if !ok || err != nil || size <= 0 {
		return nil, errors.New("the arguments must be an array and a positive integer")
	}
	parts := []any{}
	for part := range slices.Chunk(items, int(min(size, math.MaxInt32))) {
		parts = append(parts, slices.Clone(part))
	}
	return parts, nil
}

func arrayContains(_ *scope, a []any) (any, error) {
	items, ok := a[0].([]any)
	if !ok {
		return nil, errors.New("the first argument must be an array")
	}
	return contains(items, a[1]), nil
}

func arrayRange(_ *scope, a []any) (any, error) {
	var bounds [3]int64
	for i := range bounds {
		n, err := wholeNumber(a[i])
		if err != nil {
			return nil, err
		}
		bounds[i] = n
	}
	from, to, step := bounds[0], bounds[1], bounds[2]
	if step == 0 {
		return nil, errors.New("the step must not be zero")
	}
	items := []any{}
	for i := from; step > 0 && i <= to || step < 0 && i >= to; i += step {
		if len(items) == maxRangeItems {
			return nil, fmt.Errorf("the range has more than %d items", maxRangeItems)
		}
		items = append(items, intNumber(i))
	}
	return items, nil
}

func arrayGetItem(_ *scope, a []any) (any, error) {
	items, ok := a[0].([]any)
	i, err := wholeNumber(a[1])
	switch {
	case !ok || err != nil:
		return nil, errors.New("the arguments must be an array and an integer")
	case i < 0 || i >= int64(len(items)):
		return nil, fmt.Errorf("the index %d is outside of the array of %d items", i, len(items))
	}
	return items[i], nil
}

func arrayLength(_ *scope, a []any) (any, error) {
	items, ok := a[0].([]any)
	if !ok {
		return nil, errors.New("the argument must be an array")
	}
	return intNumber(int64(len(items))), nil
}

func arrayUnique(_ *scope, a []any) (any, error) {
	items, ok := a[0].([]any)
	if !ok {
		return nil, errors.New("the argument must be an array")
	}
	unique := []any{}
	for _, item := range items {
		if !contains(unique, item) {
			unique = append(unique, item)
		}
	}
	return unique, nil
}

func base64Encode(_ *scope, a []any) (any, error) {
	text, err := boundedString(a[0])
	return base64.StdEncoding.EncodeToString([]byte(text)), err
}

func base64Decode(_ *scope, a []any) (any, error) {
	text, err := boundedString(a[0])
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	return string(data), err
}

func boundedString(v any) (string, error) {
	text, ok := v.(string)
	if !ok {
		return "", errors.New("the argument must be a string")
	}
	if utf8.RuneCountInString(text) > maxFunctionLen {
		return "", fmt.Errorf("the argument is longer than %d characters", maxFunctionLen)
	}
	return text, nil
}

// hashOf hashes a string, or the JSON text of any other value.
func hashOf(_ *scope, a []any) (any, error) {
	text, isString := a[0].(string)
	if !isString {
		text = encode(a[0])
	}
	if _, err := boundedString(text); err != nil {
		return nil, err
	}
	data := []byte(text)
	var sum []byte
	switch a[1] {
	case "MD5":
		digest := md5.Sum(data)
		sum = digest[:]
	case "SHA-1":
		digest := sha1.Sum(data)
		sum = digest[:]
	case "SHA-256":
		digest := sha256.Sum256(data)
		sum = digest[:]
	case "SHA-384":
		digest := sha512.Sum384(data)
		sum = digest[:]
	case "SHA-512":
		digest := sha512.Sum512(data)
		sum = digest[:]
	default:
		return nil, errors.New("the algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512")
	}
	return hex.EncodeToString(sum), nil
}

func jsonMerge(_ *scope, a []any) (any, error) {
	first, ok1 := a[0].(*object)
	second, ok2 := a[1].(*object)
	if !ok1 || !ok2 || a[2] != false {
		return nil, errors.New("the arguments must be two objects and false: only the shallow merge is supported")
	}
	merged := newObject(first.members...)
	for _, m := range second.members {
		merged.set(m.name, m.value)
	}
	return merged, nil
}

// mathRandom draws from [start, end); a seed makes the draw repeatable.
func mathRandom(s *scope, a []any) (any, error) {
	from, err1 := wholeNumber(a[0])
	to, err2 := wholeNumber(a[1])
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if to <= from {
		return nil, errors.New("the end must be above the start")
	}
	if len(a) == 3 {
		seed, err := wholeNumber(a[2])
		if err != nil {
			return nil, err
		}
		return intNumber(from + rand.New(rand.NewPCG(uint64(seed), 0)).Int64N(to-from)), nil
	}
	var drawn int64
	s.random(func(r *rand.Rand) { drawn = from + r.Int64N(to-from) })
	return intNumber(drawn), nil
}

func mathAdd(_ *scope, a []any) (any, error) {
	x, err1 := wholeNumber(a[0])
	y, err2 := wholeNumber(a[1])
	return intNumber(x + y), errors.Join(err1, err2)
}

// wholeNumber rounds as Java's Math.round does: a half goes up.
func wholeNumber(v any) (int64, error) {
	n, ok := v.(number)
	if !ok {
		return 0, errors.New("the argument must be a number")
	}
	if i, whole := n.integer(); whole {
		return i, nil
	}
	f := math.Floor(n.float() + 0.5)
	if f < math.MinInt64 || f >= math.MaxInt64 {
		return 0, errors.New("the argument is beyond the integers")
	}
	return int64(f), nil
}

// stringSplit cuts at every sign of the delimiter and drops empty parts.
func stringSplit(_ *scope, a []any) (any, error) {
	text, ok1 := a[0].(string)
	delimiters, ok2 := a[1].(string)
	if !ok1 || !ok2 {
		return nil, errors.New("the arguments must be strings")
	}
	if delimiters == "" {
		return nil, errors.New("the delimiter must not be empty")
	}
	parts := []any{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(delimiters, r) }) {
		parts = append(parts, part)
	}
	return parts, nil
}

func uuid(s *scope, _ []any) (any, error) {
	var bytes [16]byte
	s.random(func(r *rand.Rand) {
		for i := range bytes {
			bytes[i] = byte(r.Uint32())
		}
	})
	return uuidText(bytes), nil
}

// uuidText writes a version 4 UUID.
func uuidText(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
