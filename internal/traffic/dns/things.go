package dns

import (
	"bluegreen/internal/deploy"
	"bluegreen/internal/twin"
)

// makes are green's load balancers with what belongs to them, as a plan shows them, of the deployment that gets this number.
func makes(blue []twin.Balancer, d deploy.Deployment, generation int) (all []deploy.Planned) {
	d.Generation = generation
	for _, made := range twin.Making(blue, d) {
		all = append(all, deploy.Planned{Effect: deploy.EffectCreate, Kind: string(made.What), Name: made.Name, About: "like blue's, for green"})
	}
	return all
}

// moves are the records, as a plan shows them.
func moves(aliases []deploy.Alias) (all []deploy.Planned) {
	for _, a := range aliases {
		to := "green's load balancer"
		if a.To != nil {
			to = a.To.Name
		}
		all = append(all, deploy.Planned{Effect: deploy.EffectChange, Kind: "record", Name: a.String(), About: "from " + a.Target.Name + " to " + to})
	}
	return all
}
