package asl

// Tasks whose resource is a function's ARN have events of their own; those of integrations name the integration.

// label is what AWS calls the task when its result is too large.
func (t *taskFields) label() string {
	if t.service == "" {
		return t.resource
	}
	return t.service
}

func (t *taskFields) integration() Integration {
	resource := t.action
	if t.waits {
		resource += waitForTaskToken
	}
	return Integration{ResourceType: t.service, Resource: resource}
}

func (t *taskFields) scheduled(payload document, region string, timeout, heartbeat int64) (string, Details) {
	if t.service == "" {
		return "LambdaFunctionScheduled", &LambdaFunctionScheduledDetails{Resource: t.resource, Input: payload.text, TimeoutInSeconds: timeout}
	}
	return "TaskScheduled", &TaskScheduledDetails{Integration: t.integration(), Region: region, Parameters: payload.text,
		TimeoutInSeconds: timeout, HeartbeatInSeconds: heartbeat}
}

func (t *taskFields) started() (string, Details) {
	if t.service == "" {
		return "LambdaFunctionStarted", nil
	}
	return "TaskStarted", &TaskStartedDetails{t.integration()}
}

func (t *taskFields) succeeded(result document) (string, Details) {
	if t.service == "" {
		return "LambdaFunctionSucceeded", &LambdaFunctionSucceededDetails{Output: result.text}
	}
	return "TaskSucceeded", &TaskSucceededDetails{Integration: t.integration(), Output: result.text}
}

func (t *taskFields) timedOut(failure Failure) (string, Details) {
	if t.service == "" {
		return "LambdaFunctionTimedOut", &LambdaFunctionTimedOutDetails{failure}
	}
	return "TaskTimedOut", &TaskTimedOutDetails{t.integration(), failure}
}

func (t *taskFields) failed(e *TaskError) (string, Details) {
	i := t.integration()
	switch {
	case t.service == "" && e.Stage == ScheduleFailed:
		return "LambdaFunctionScheduleFailed", &LambdaFunctionScheduleFailedDetails{e.Failure}
	case t.service == "" && e.Stage == StartFailed:
		return "LambdaFunctionStartFailed", &LambdaFunctionStartFailedDetails{e.Failure}
	case t.service == "":
		return "LambdaFunctionFailed", &LambdaFunctionFailedDetails{e.Failure}
	case e.Stage == StartFailed:
		return "TaskStartFailed", &TaskStartFailedDetails{i, e.Failure}
	case e.Stage == SubmitFailed:
		return "TaskSubmitFailed", &TaskSubmitFailedDetails{i, e.Failure}
	default:
		return "TaskFailed", &TaskFailedDetails{i, e.Failure}
	}
}
