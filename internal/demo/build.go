package demo

import (
	"encoding/json"
	"fmt"
)

// builtVersion is that of the application which Building has commands install.
const builtVersion = "2.0"

// Building is a request that has green's image built first: its commands install another version of the application, and look whether
// it is there. What the request says of green besides stays; its image does not.
func Building(request string) (string, error) {
	var members, green map[string]json.RawMessage
	if err := json.Unmarshal([]byte(request), &members); err != nil {
		return "", fmt.Errorf("not a JSON object: %w", err)
	}
	if own, given := members["green"]; given {
		if err := json.Unmarshal(own, &green); err != nil {
			return "", fmt.Errorf("$.green is no object: %w", err)
		}
	} else {
		green = make(map[string]json.RawMessage)
	}
	image, err := json.Marshal(map[string]any{"build": map[string]any{
		"commands": []string{"echo " + builtVersion + " > version", "grep -x " + builtVersion + " version"},
	}})
	if err != nil {
		return "", err
	}
	green["image"] = image
	if members["green"], err = json.Marshal(green); err != nil {
		return "", err
	}
	built, err := json.Marshal(members)
	return string(built), err
}
