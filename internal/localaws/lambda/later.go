package lambda

import "context"

// InvokeLater invokes a function as the Invoke operation does with InvocationType Event, for a service that does so by
// itself, such as EventBridge: it returns once Lambda has taken the payload. It is called without the account's lock.
// Errors are those of the API, *wire.Error.
func (f *Functions) InvokeLater(nameOrARN string, payload []byte) error {
	_, err := f.invokeLater(context.Background(), nameOrARN, "", payload)
	return err
}
