package builder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/text"
)

// next notes what EC2 refuses in the attempt's subnet, and has another one be tried next; where there is none that is a fault.
func (m Maker) next(ctx context.Context, s *step.Step, building ledger.Building, refused string) (string, error) {
	said := append(slices.Clone(building.Refused), refused)
	if building.Attempt >= len(s.Deployment.Build.Subnets) {
		return "", fault.New(fault.CapacityUnavailable, "EC2 has no %s for the builder of green's image: %s", s.Deployment.Build.Type, text.Numbered(said))
	}
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		if b := r.Lock.Build; b.Attempt == building.Attempt { // a function that outlived its task may have come later
			b.Attempt, b.Refused = building.Attempt+1, said
		}
	}, ledger.Creating)
	return refused, err
}

// refusal is what EC2 says of a launch in a subnet, in a line: its first sentence, and its code. Without a subnet EC2 has chosen one.
func refusal(subnet string, err error) string {
	const longest = 250
	var said smithy.APIError
	errors.As(err, &said) // elsewhere has seen it
	first, _, _ := strings.Cut(strings.TrimSuffix(said.ErrorMessage(), "."), ". ")
	line := fmt.Sprintf("%s (%s)", text.Short(text.Line(first), longest), said.ErrorCode())
	if subnet == "" {
		return line
	}
	return "in " + subnet + ": " + line
}

// subnet is that of an attempt; none: EC2 chooses it.
func subnet(making deploy.Making, attempt int) *string {
	if n := len(making.Subnets); n > 0 {
		return &making.Subnets[(attempt-1)%n]
	}
	return nil
}

// elsewhere reports whether a launch that EC2 refuses in one subnet may succeed in another: there is no capacity, the zone does not have
// the type, no address is left (aws-facts A4).
func elsewhere(err error) bool {
	return is(err, "InsufficientInstanceCapacity") || is(err, "Unsupported") || is(err, "InsufficientFreeAddressesInSubnet")
}
