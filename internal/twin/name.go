package twin

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// longestName is how many characters AWS takes as the name of a load balancer or target group.
const longestName = 32

// names are the names of what twins consist of, by what they are copies of.
type names map[ledger.Made]string

var numbered = regexp.MustCompile(`-v\d{3,}$`)

// namesOf names the twins of blue's balancers: blue's names with the deployment's number. No two of a kind are alike, and none is one of blue's.
func namesOf(blue []Balancer, d deploy.Deployment) names {
	var originals []ledger.Made
	for _, b := range blue {
		originals = append(originals, b.whole.things()...)
	}
	taken, all := make(map[ledger.Made]bool), make(names)
	slices.SortFunc(originals, func(a, b ledger.Made) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Name, b.Name))
	})
	for _, original := range originals {
		taken[original] = true
	}
	suffix := fmt.Sprintf("-v%03d", d.Generation)
	for _, original := range originals {
		name := numbered.ReplaceAllString(original.Name, "") + suffix
		if len(name) > longestName || taken[ledger.Made{What: original.What, Name: name}] {
			name = shortened(original.Name, suffix)
		}
		taken[ledger.Made{What: original.What, Name: name}], all[original] = true, name
	}
	return all
}

// shortened makes a name that is too long, or taken, one of its own: a part of a digest of blue's takes the place of its end.
func shortened(name, suffix string) string {
	sum := sha256.Sum256([]byte(name))
	digest := "-" + hex.EncodeToString(sum[:4])
	text := numbered.ReplaceAllString(name, "")
	text = strings.TrimRight(text[:min(len(text), longestName-len(digest)-len(suffix))], "-")
	return text + digest + suffix
}
