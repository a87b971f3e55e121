package local

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// entrancePort is the one that clients come to who know the fleet by a name.
const entrancePort = 80

// Entrances are the listeners that clients come to: the fleet's own, or, where they know it by a name, those of the load balancers that name
// servers answer with now.
func (e *Environment) Entrances() []string {
	if e.World.Record == "" {
		return []string{e.World.ListenerARN}
	}
	e.AWS.Account.Lock()
	defer e.AWS.Account.Unlock()
	answers := e.AWS.Zones.Answers(e.World.Record, types.RRTypeA)
	var arns []string
	for _, view := range e.AWS.Listeners() {
		if view.Port == entrancePort && slices.Contains(answers, strings.ToLower(view.DNSName)) {
			arns = append(arns, view.ARN)
		}
	}
	return arns
}
