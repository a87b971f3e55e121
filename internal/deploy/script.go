package deploy

import (
	"strconv"
	"strings"
)

// guarded is a script that runs lines once on an instance, however often it is sent: of two with one name and key the first runs the
// lines, and the second waits for it and ends as it did.
// The guard's place must belong to who runs the script, or somebody else on the instance could make it beforehand and the
// lines would never run. Its name holds the boot's id, so that an image of an instance that has drained carries no drain
// along. The agent's environment may name another place in BLUEGREEN_STATE.
func guarded(id, name, key string, lines []string) string {
	return strings.Join(append(append([]string{
		`# bluegreen-guard:` + id,
		`state="${BLUEGREEN_STATE:-/run/bluegreen}"`,
		`(umask 077; mkdir "$state") 2>/dev/null`,
		`if [ -L "$state" ] || [ ! -d "$state" ] || [ ! -O "$state" ]; then`,
		`  echo "bluegreen: $state must be a directory of the user who ` + name + `s: nothing was run" >&2`,
		`  exit 1`,
		`fi`,
		name + `="$state/` + name + `-$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)` + key + `"`,
		`if ! (umask 077; mkdir "$` + name + `") 2>/dev/null; then`,
		`  [ -d "$` + name + `" ] || { echo "bluegreen: $` + name + ` cannot be made: nothing was run" >&2; exit 1; }`,
		`  while [ ! -f "$` + name + `/code" ]; do sleep 1; done`,
		`  exit "$(cat "$` + name + `/code")"`,
		`fi`,
		`(`,
	}, lines...),
		`)`,
		`code=$?`,
		`(umask 077; echo "$code" > "$`+name+`/code.part") && mv "$`+name+`/code.part" "$`+name+`/code"`,
		`exit "$code"`,
	), "\n")
}

// OutputKept is how much of what a build's command wrote people are shown: its last characters.
const OutputKept = 2500

// BuildScript is what is sent to a builder for the command with a number, guarded as a drain is. All that the command writes goes to
// the script's output as it is written; its last part is repeated as the script's errors, since of an output Systems Manager keeps
// the first part.
func BuildScript(number int, command string) string {
	key := "-" + strconv.Itoa(number)
	return guarded("build"+key, "build", key, []string{
		`{ (`,
		command,
		`) 2>&1; echo $? > "$build/exit"; } | tee "$build/output"`,
		`tail -c ` + strconv.Itoa(OutputKept) + ` "$build/output" >&2`,
		`exit "$(cat "$build/exit")"`,
	})
}
