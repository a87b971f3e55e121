package route53

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// normal is a name as Route 53 shows it: in lower case, with a dot at its end, and what is none of a-z 0-9 - _ . as octal.
func normal(name string) string {
	var b strings.Builder
	name = strings.ToLower(strings.TrimSuffix(name, ".") + ".")
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '\\' && i+3 < len(name): // it is octal already
			b.WriteString(name[i : i+4])
			i += 3
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "\\%03o", c)
		}
	}
	return b.String()
}

// backwards are a name's labels from its end: listings are in this order.
func backwards(name string) string {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

// within reports whether a name lies in a zone, or is the zone's own.
func within(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// position is where a record set stands in a listing.
type position struct{ name, kind, identifier string }

func positionOf(set types.ResourceRecordSet) position {
	return position{*set.Name, string(set.Type), aws.ToString(set.SetIdentifier)}
}

func (p position) compare(other position) int {
	return cmp.Or(cmp.Compare(backwards(p.name), backwards(other.name)), cmp.Compare(p.kind, other.kind), cmp.Compare(p.identifier, other.identifier))
}

// String is how errors name a record set.
func (p position) String() string {
	if p.identifier == "" {
		return fmt.Sprintf("resource record set [name='%s', type='%s']", p.name, p.kind)
	}
	return fmt.Sprintf("resource record set [name='%s', type='%s', set-identifier='%s']", p.name, p.kind, p.identifier)
}
