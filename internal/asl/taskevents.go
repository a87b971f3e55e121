package asl

// Tasks whose resource is a function's ARN have events of their own; those of integrations name the integration.

func (t *taskFields) integration() Integration {
	resource := t.action
	if t.waits {
		resource += waitForTaskToken
	}
	return Integration{ResourceType: t.service, Resource: resource}
}

func (v *visit) recordScheduled(payload document, timeout, heartbeat int64) {
	t := v.state.task
	if t.service == "" {
		v.record("LambdaFunctionScheduled", &LambdaFunctionScheduledDetails{Resource: t.resource, Input: payload.text, TimeoutInSeconds: timeout})
		v.record("LambdaFunctionStarted", nil)
		return
	}
	v.record("TaskScheduled", &TaskScheduledDetails{Integration: t.integration(), Region: v.x.options.Region, Parameters: payload.text,
		TimeoutInSeconds: timeout, HeartbeatInSeconds: heartbeat})
	v.record("TaskStarted", &TaskStartedDetails{t.integration()})
}

func (v *visit) recordSucceeded(result document) {
	t := v.state.task
	if t.service == "" {
		v.record("LambdaFunctionSucceeded", &LambdaFunctionSucceededDetails{Output: result.text})
		return
	}
	v.record("TaskSucceeded", &TaskSucceededDetails{Integration: t.integration(), Output: result.text})
}

func (v *visit) recordTimedOut(failure Failure) {
	t := v.state.task
	if t.service == "" {
		v.record("LambdaFunctionTimedOut", &LambdaFunctionTimedOutDetails{failure})
		return
	}
	v.record("TaskTimedOut", &TaskTimedOutDetails{t.integration(), failure})
}

func (v *visit) recordFailed(e *TaskError) {
	t := v.state.task
	i := t.integration()
	switch {
	case t.service == "" && e.Stage == ScheduleFailed:
		v.record("LambdaFunctionScheduleFailed", &LambdaFunctionScheduleFailedDetails{e.Failure})
	case t.service == "" && e.Stage == StartFailed:
		v.record("LambdaFunctionStartFailed", &LambdaFunctionStartFailedDetails{e.Failure})
	case t.service == "":
		v.record("LambdaFunctionFailed", &LambdaFunctionFailedDetails{e.Failure})
	case e.Stage == StartFailed:
		v.record("TaskStartFailed", &TaskStartFailedDetails{i, e.Failure})
	case e.Stage == SubmitFailed:
		v.record("TaskSubmitFailed", &TaskSubmitFailedDetails{i, e.Failure})
	default:
		v.record("TaskFailed", &TaskFailedDetails{i, e.Failure})
	}
}
