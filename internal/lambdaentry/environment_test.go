package lambdaentry

import (
	"strings"
	"testing"
)

// A function that is configured wrongly says so when it starts, and does nothing else instead.
func TestEnvironmentIsChecked(t *testing.T) {
	for _, test := range []struct{ table, recover, want string }{
		{"ledger", "", ""},
		{"ledger", "tell", ""},
		{"", "", "LEDGER_TABLE is not set"},
		{"ledger", "Start", `RECOVER is "Start": it must be "start" or "tell"`},
	} {
		t.Setenv(LedgerTableVariable, test.table)
		t.Setenv(RecoverVariable, test.recover)
		env, err := fromEnvironment()
		if test.want == "" && (err != nil || env.Recover == "") || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("table %q, recover %q: %+v, %v; want %q", test.table, test.recover, env.Recover, err, test.want)
		}
	}
}
