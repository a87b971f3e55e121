package dynamodb

import (
	order "cmp"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bluegreen/internal/localaws/wire"
)

// sample has an attribute of every type; :x has the value of x.
func sample() item {
	return item{
		"s": &types.AttributeValueMemberS{Value: "text"}, "n": &types.AttributeValueMemberN{Value: "1.5"},
		"b": &types.AttributeValueMemberB{Value: []byte{1}}, "t": &types.AttributeValueMemberBOOL{Value: true},
		"z":  &types.AttributeValueMemberNULL{Value: true},
		"l":  &types.AttributeValueMemberL{Value: []value{&types.AttributeValueMemberN{Value: "2"}, &types.AttributeValueMemberM{Value: item{"n": &types.AttributeValueMemberN{Value: "3"}}}}},
		"m":  &types.AttributeValueMemberM{Value: item{"n": &types.AttributeValueMemberN{Value: "4"}, "l": &types.AttributeValueMemberL{Value: []value{}}}},
		"ss": &types.AttributeValueMemberSS{Value: []string{"a", "b"}}, "ns": &types.AttributeValueMemberNS{Value: []string{"1", "2"}},
	}
}

// words are what expressions are made of, so that random ones get far into the grammar.
var words = strings.Fields(`SET REMOVE ADD DELETE = = = + - , , ( ) ( ) AND OR NOT BETWEEN IN < > <= <> size if_not_exists
	list_append attribute_exists attribute_type begins_with contains s n b t z l m ss ns gone l[0] l[1].n l[7] m.n m.l m.l[0]
	m.gone.n :s :n :b :t :z :l :m :ss :ns :gone #s #gone . [ ] 0 status # : "`)

// TestNoExpressionBreaksTheModel: whatever is written, the answer is a value or DynamoDB's error, and what an update
// starts from stays as it was.
func TestNoExpressionBreaksTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 14).Draw(t, "words"), " ")
		if rapid.Bool().Draw(t, "starts well") {
			text = rapid.SampledFrom([]string{"SET n = ", "SET gone = ", "REMOVE ", "ADD n ", "DELETE ss ", "n = ", "NOT ("}).Draw(t, "start") + text
		}
		values := item{}
		for name, v := range sample() {
			values[":"+name] = v
		}
		before := sample()
		check := func(err error) {
			if _, ok := err.(*wire.Error); err != nil && !ok {
				t.Fatalf("%s: %v", text, err)
			}
		}
		s, err := newScope(map[string]string{"#s": "s"}, values, source{"UpdateExpression", &text})
		if err != nil {
			t.Fatal(err)
		}
		if u, err := s.update(source{"UpdateExpression", &text}); err == nil {
			after, err := u.apply(before)
			check(err)
			project(after, append([]path{}, u.paths()...))
		} else {
			check(err)
		}
		if c, err := s.condition(source{"ConditionExpression", &text}); err == nil {
			c.holds(before)
			c.holds(item{})
		} else {
			check(err)
		}
		_, err = s.projection(source{"ProjectionExpression", aws.String(text)})
		check(err)
		if diff := cmp.Diff(sample(), before, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Fatalf("%s changed the item before it: %s", text, diff)
		}
	})
}

// TestNumbersKeepTheirOrder compares sums and orders of decimals with the same ones of integers.
func TestNumbersKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Int64Range(-1e17, 1e17).Draw(t, "x"), rapid.Int64Range(-1e17, 1e17).Draw(t, "y")
		hundredths := func(i int64) number { return number{big.NewInt(i), -2}.normal() }
		a, b := numberOf(hundredths(x).String()), numberOf(hundredths(y).String())
		total, err := a.add(b)
		if err != nil || total.compare(hundredths(x+y)) != 0 || total.String() != hundredths(x+y).String() {
			t.Fatalf("%s + %s = %s (%v)", a, b, total, err)
		}
		if got, want := a.compare(b), order.Compare(x, y); got != want {
			t.Fatalf("%s compared with %s: %d, want %d", a, b, got, want)
		}
	})
}
