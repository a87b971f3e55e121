// Package asl runs Amazon States Language machines whose query language is JSONPath, as AWS Step Functions runs
// Standard workflows: the same results, the same errors, and the same history, event by event.
//
//	machine, err := asl.Parse(definition)           // every problem of the definition at once, each with its place
//	run, err := machine.Start(asl.Options{...})     // records ExecutionStarted; the execution is RUNNING
//	clock.Go(func() { run.Run() })                  // runs the states to the end, on the clock's time
//	run.Stop("", "no longer wanted")                // StopExecution, from any other task
//	run.Redrive(); clock.Go(func() { run.Run() })   // RedriveExecution: same history, from the state that failed
//
// The package knows no AWS service. The host does the work of Task states (Tasks), keeps names and ARNs, and asks an
// Execution for its Status, its History and its Result at any time. A task that waits for a token (.waitForTaskToken)
// goes on by SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat.
//
// What is not modelled is refused by name when the machine is parsed: JSONata, distributed Map with its readers and
// writers, activities, and integrations other than lambda:invoke and sns:publish.
//
// States.Runtime cannot be retried, is caught only by its own name, and otherwise ends the execution; JSONPath machines
// have no EvaluationFailed event.
//
// Everything runs on a clock.Clock. On a Virtual clock a run is a function of its seed; on a Scaled one the branches of
// a Parallel and the items of a Map are concurrent. The methods of an Execution may be called from any task.
package asl
