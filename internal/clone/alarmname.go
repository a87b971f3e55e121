package clone

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// maxAlarmName is how many characters an alarm's name has at most (aws-facts H2).
const maxAlarmName = 255

var numbered = regexp.MustCompile(`-v\d{3,}$`)

// alarmNames are the names of green's alarms by those of blue's. Each ends like green or contains its name, so that a role can
// tell what deployments make; no two are alike, and none is one of blue's.
func alarmNames(blues []string, blue, green string) map[string]string {
	names, taken := make(map[string]string), make(map[string]bool)
	for _, name := range blues {
		taken[name] = true
	}
	for _, name := range blues {
		made := alarmName(name, blue, green)
		if len([]rune(made)) > maxAlarmName || taken[made] {
			made = shortened(name, made, numbered.FindString(green))
		}
		names[name], taken[made] = made, true
	}
	return names
}

// alarmName is the name of an alarm of green's by the rule of the lineage.
func alarmName(name, blue, green string) string {
	for at := 0; ; {
		next := strings.Index(name[at:], blue)
		if next < 0 {
			return numbered.ReplaceAllString(name, "") + numbered.FindString(green)
		}
		at += next
		end := at + len(blue)
		if !alphanumeric(last(name[:at])) && !alphanumeric(first(name[end:])) {
			return name[:at] + green + name[end:]
		}
		at = end
	}
}

// shortened makes a name that is too long, or taken, one of its own: a part of a digest of blue's takes the place of its middle.
func shortened(name, made, suffix string) string {
	sum := sha256.Sum256([]byte(name))
	digest := "-" + hex.EncodeToString(sum[:4])
	text := []rune(numbered.ReplaceAllString(made, ""))
	if room := maxAlarmName - len(digest) - len(suffix); len(text) > room {
		text = append(text[:room/2:room/2], text[len(text)-(room-room/2):]...)
	}
	return string(text) + digest + suffix
}
