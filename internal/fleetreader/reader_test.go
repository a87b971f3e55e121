package fleetreader

import "testing"

func TestLedgerOfAGroup(t *testing.T) {
	for group, want := range map[string]string{
		"ec-mqagt-dev-asg": "ec-mqagt-dev-ledger", "ec-mqagt-dev-asg-v007": "ec-mqagt-dev-ledger", "ec-mqagt-dev": "", "web": "", "": "",
	} {
		if got := ledgerOf(group); got != want {
			t.Errorf("the ledger of %q is %q, want %q", group, got, want)
		}
	}
}
