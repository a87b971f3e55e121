package dynamodb

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"bluegreen/internal/localaws/wire"
)

// number is an exact decimal: digits * 10^exponent. DynamoDB's numbers have up to 38 significant digits and magnitudes
// from 1E-130 to 9.99…E+125.
type number struct {
	digits   *big.Int
	exponent int
}

var numeral = regexp.MustCompile(`^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$`)

// parseNumber reads a number as clients write it, and checks DynamoDB's limits.
func parseNumber(text string) (number, error) {
	parts := numeral.FindStringSubmatch(text)
	if parts == nil || parts[2]+parts[3] == "" {
		return number{}, invalid("The parameter cannot be converted to a numeric value: %s", text)
	}
	digits, _ := new(big.Int).SetString(parts[1]+parts[2]+parts[3], 10)
	n := number{digits, exponentOf(parts[4]) - len(parts[3])}.normal()
	return n, n.check()
}

// exponentOf reads an exponent. One of too many digits is one that is far out of range.
func exponentOf(text string) int {
	const far = 1 << 40
	exponent, err := strconv.Atoi(text)
	switch {
	case text == "":
		return 0
	case err == nil:
		return min(max(exponent, -far), far)
	case strings.HasPrefix(text, "-"):
		return -far
	}
	return far
}

// normal is the same number without trailing zeros among its digits.
func (n number) normal() number {
	if n.digits.Sign() == 0 {
		return number{new(big.Int), 0}
	}
	text := n.digits.String()
	short := strings.TrimRight(text, "0")
	digits, _ := new(big.Int).SetString(short, 10)
	return number{digits, n.exponent + len(text) - len(short)}
}

func (n number) check() error {
	if n.digits.Sign() == 0 {
		return nil
	}
	count := len(new(big.Int).Abs(n.digits).String())
	magnitude := n.exponent + count - 1
	switch {
	case magnitude > 125:
		return invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case magnitude < -130:
		return invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	case count > 38:
		return invalid("Attempting to store more than 38 significant digits in a Number")
	}
	return nil
}

// aligned returns the digits of both numbers at their smaller exponent.
func aligned(a, b number) (x, y *big.Int, exponent int) {
	exponent = min(a.exponent, b.exponent)
	return a.scaled(exponent), b.scaled(exponent), exponent
}

func (n number) scaled(exponent int) *big.Int {
	factor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n.exponent-exponent)), nil)
	return factor.Mul(factor, n.digits)
}

func (n number) add(other number) (number, error) {
	x, y, exponent := aligned(n, other)
	sum := number{new(big.Int).Add(x, y), exponent}.normal()
	return sum, sum.check()
}

func (n number) negative() number { return number{new(big.Int).Neg(n.digits), n.exponent} }

func (n number) compare(other number) int {
	x, y, _ := aligned(n, other)
	return x.Cmp(y)
}

// String writes the number as DynamoDB gives it back: plain, without an exponent.
func (n number) String() string {
	sign, text := "", n.digits.String()
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	switch point := len(text) + n.exponent; {
	case n.exponent >= 0:
		return sign + text + strings.Repeat("0", n.exponent)
	case point > 0:
		return sign + text[:point] + "." + text[point:]
	default:
		return sign + "0." + strings.Repeat("0", -point) + text
	}
}

// invalid is DynamoDB's answer to a request that makes no sense.
func invalid(format string, args ...any) *wire.Error {
	return wire.Errorf("ValidationException", format, args...)
}
