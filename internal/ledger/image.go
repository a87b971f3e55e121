package ledger

import "time"

// Building is how far the making of an image has come, of which nothing else knows: the launch of its builder, and its image, are found
// again by names that the deployment has (deploy.Making) and by the attempt's token.
type Building struct {
	Attempt  int      `json:"attempt"`            // to launch the builder; its number is in the launch's token
	Refused  []string `json:"refused,omitempty"`  // what EC2 said of each attempt before, a line each
	Instance string   `json:"instance,omitempty"` // id of the builder, once it is known
	Image    string   `json:"image,omitempty"`    // id of the image, once it is known
}

// ImagesKept is how many images of a lineage are kept although neither the fleet that serves nor the one before launches them: the latest.
const ImagesKept = 3

// Image is one that a deployment of the lineage has made.
type Image struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Inputs    string    `json:"inputs"`    // deploy.Build.Inputs
	Green     string    `json:"green"`     // that it was made for
	Execution string    `json:"execution"` // ARN of the one that began the deployment
	At        time.Time `json:"at"`
}
