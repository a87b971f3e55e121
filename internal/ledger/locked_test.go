package ledger_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"bluegreen/internal/ledger"
)

// Locked finds the lineages that are locked, at once after the lock was written, and one record that cannot be read hides no
// other.
func TestLocked(t *testing.T) {
	meet(t, func(w *world) {
		if got, err := w.ledger.Locked(context.Background()); err != nil || len(got) > 0 {
			t.Errorf("in an empty table: %v, %v", got, err)
		}
		w.put(ledger.Record{Lineage: "idle"})
		_, err := w.ledger.Items.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &w.ledger.Table, Item: map[string]types.AttributeValue{
			ledger.KeyAttribute: &types.AttributeValueMemberS{Value: "broken"},
			"lock":              &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"execution": &types.AttributeValueMemberL{}}},
		}})
		if err != nil {
			t.Error(err)
			return
		}
		locked := held("mine", "first", ledger.Switching)
		w.put(locked)
		got, err := w.ledger.Locked(context.Background())
		if len(got) != 1 || got[0].Lineage != locked.Lineage || got[0].Lock.Execution != locked.Lock.Execution {
			t.Errorf("locked are %+v", got)
		}
		if err == nil || !strings.Contains(err.Error(), "decoding the record of broken") {
			t.Errorf("the broken one: %v", err)
		}
	})
}
