package local

import "testing"

// A launch configuration has no versions: only a request for such a fleet names the new image, unless it says itself what green is.
func TestRequestNamesTheImage(t *testing.T) {
	e := &Environment{namesImage: true}
	e.World.GreenImage = "ami-2"
	for input, want := range map[string]string{
		`{"project":"ec"}`:                       `{"green":{"image":{"id":"ami-2"}},"project":"ec"}`,
		`{"green":{"instance_type":"t3.small"}}`: `{"green":{"instance_type":"t3.small"}}`,
	} {
		if got, err := e.Request(input); err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", input, got, err, want)
		}
	}
	if _, err := e.Request("no JSON"); err == nil {
		t.Error("no JSON is no error")
	}
	if got, _ := (&Environment{}).Request("as it is"); got != "as it is" {
		t.Errorf("got %s", got)
	}
}
