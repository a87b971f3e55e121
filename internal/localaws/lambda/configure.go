package lambda

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"bluegreen/internal/localaws/wire"
)

// reservedKeys are the environment variables that a function cannot set (developer guide, configuration-envvars).
var reservedKeys = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
	"AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}

func (f *Functions) createFunction(_ *wire.Call, in *sdk.CreateFunctionInput) (*sdk.CreateFunctionOutput, error) {
	name, _ := splitName(*in.FunctionName)
	if !functionName.MatchString(name) {
		return nil, wire.Errorf("InvalidParameterValueException", "1 validation error detected: Value '%s' at 'functionName' "+
			"failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+", name)
	}
	if _, ok := f.byName[name]; ok {
		return nil, conflict("Function already exist: " + name)
	}
	if in.PackageType == types.PackageTypeImage {
		return nil, wire.NotModelled("PackageType Image: use Zip")
	}
	fn := &function{
		name: name, arn: f.acct.ARN("lambda", "function:"+name),
		description: aws.ToString(in.Description), role: *in.Role, handler: aws.ToString(in.Handler),
		runtime: string(in.Runtime), tags: in.Tags,
	}
	if in.Handler == nil || in.Runtime == "" {
		return nil, wire.Errorf("InvalidParameterValueException", "Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	}
	if err := fn.configure(in.Timeout, in.MemorySize, in.Runtime, in.Environment); err != nil {
		return nil, err
	}
	if err := fn.setArchitecture(in.Architectures); err != nil {
		return nil, err
	}
	if err := fn.setTracing(in.TracingConfig); err != nil {
		return nil, err
	}
	fn.setDefaults(f.acct.ID)
	if err := f.unpack(fn, in.Code.ZipFile); err != nil {
		return nil, err
	}
	f.byName[name] = fn
	f.activate(fn)
	return answerWith[sdk.CreateFunctionOutput](fn), nil
}

func (f *Functions) updateFunctionCode(_ *wire.Call, in *sdk.UpdateFunctionCodeInput) (*sdk.UpdateFunctionCodeOutput, error) {
	fn, err := f.toUpdate(in.FunctionName, in.RevisionId)
	if err != nil {
		return nil, err
	}
	if err := fn.setArchitecture(in.Architectures); err != nil {
		return nil, err
	}
	if err := f.unpack(fn, in.ZipFile); err != nil {
		return nil, err
	}
	fn.code = nil
	if !in.DryRun {
		f.replace(fn)
	}
	return answerWith[sdk.UpdateFunctionCodeOutput](fn), nil
}

func (f *Functions) updateFunctionConfiguration(_ *wire.Call, in *sdk.UpdateFunctionConfigurationInput) (*sdk.UpdateFunctionConfigurationOutput, error) {
	fn, err := f.toUpdate(in.FunctionName, in.RevisionId)
	if err != nil {
		return nil, err
	}
	if err := fn.configure(in.Timeout, in.MemorySize, in.Runtime, in.Environment); err != nil {
		return nil, err
	}
	if err := fn.setTracing(in.TracingConfig); err != nil {
		return nil, err
	}
	set(&fn.description, in.Description)
	set(&fn.role, in.Role)
	set(&fn.handler, in.Handler)
	f.replace(fn)
	return answerWith[sdk.UpdateFunctionConfigurationOutput](fn), nil
}

func set(to, from *string) {
	if from != nil {
		*to = *from
	}
}

// toUpdate returns a copy of the function to change: what runs now keeps what it began with. The lock is held.
func (f *Functions) toUpdate(nameOrARN, revision *string) (*function, error) {
	fn, err := f.find(aws.ToString(nameOrARN), "")
	if err != nil {
		return nil, err
	}
	if !fn.active || fn.updating {
		return nil, conflict("The operation cannot be performed at this time. An update is in progress for resource: " + fn.arn)
	}
	if revision != nil && *revision != fn.revision {
		return nil, &wire.Error{Code: "PreconditionFailedException", Status: 412, Message: "The Revision Id provided does not match " +
			"the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"}
	}
	changed := *fn
	changed.idle = nil
	changed.environment = maps.Clone(fn.environment)
	return &changed, nil
}

// replace puts the changed copy of a function in the function's place. The lock is held.
func (f *Functions) replace(fn *function) {
	f.retire(f.byName[fn.name])
	f.byName[fn.name] = fn
	f.activate(fn)
}

// activate lets fn be Pending, or InProgress, for as long as AWS takes. The lock is held.
func (f *Functions) activate(fn *function) {
	f.touch(fn)
	fn.updating = true
	f.acct.After(f.acct.Draw(f.settings.Activation), func() {
		fn.active, fn.updating = true, false
	})
}

func conflict(message string) *wire.Error {
	return &wire.Error{Code: "ResourceConflictException", Message: message, Status: 409}
}

func (fn *function) configure(timeout, memory *int32, runtime types.Runtime, environment *types.Environment) error {
	if timeout != nil {
		if *timeout < 1 || *timeout > int32(maxTimeout/time.Second) {
			return rangeError("timeout", *timeout, 1, int32(maxTimeout/time.Second))
		}
		fn.timeout = time.Duration(*timeout) * time.Second
	}
	if memory != nil {
		if *memory < defaultMemory || *memory > maxMemory {
			return rangeError("memorySize", *memory, defaultMemory, maxMemory)
		}
		fn.memory = *memory
	}
	if runtime != "" {
		if runtime != types.RuntimeProvidedal2023 && runtime != types.RuntimeProvidedal2 {
			return wire.NotModelled("Runtime %s: it has provided.al2023 and provided.al2", runtime)
		}
		fn.runtime = string(runtime)
	}
	if environment == nil {
		return nil
	}
	fn.environment = environment.Variables
	var taken []string
	for _, key := range slices.Sorted(maps.Keys(fn.environment)) {
		if slices.Contains(reservedKeys, key) {
			taken = append(taken, key)
		}
	}
	if taken != nil {
		return wire.Errorf("InvalidParameterValueException", "Lambda was unable to configure your environment variables because the "+
			"environment variables you have provided contains reserved keys that are currently not supported for modification. "+
			"Reserved keys used in this request: %s", strings.Join(taken, ", "))
	}
	return nil
}

func rangeError(member string, value, low, high int32) *wire.Error {
	bound, word := low, "greater"
	if value > high {
		bound, word = high, "less"
	}
	return wire.Errorf("InvalidParameterValueException", "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: "+
		"Member must have value %s than or equal to %d", value, member, word, bound)
}

func (fn *function) setArchitecture(architectures []types.Architecture) error {
	if len(architectures) == 0 {
		return nil
	}
	if len(architectures) > 1 || !slices.Contains(types.Architecture("").Values(), architectures[0]) {
		return wire.Errorf("InvalidParameterValueException", "1 validation error detected: Value '%v' at 'architectures' failed to satisfy "+
			"constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64]]", architectures)
	}
	fn.architecture = string(architectures[0])
	return nil
}

func (fn *function) setTracing(config *types.TracingConfig) error {
	if config == nil || config.Mode == "" {
		return nil
	}
	if !slices.Contains(config.Mode.Values(), config.Mode) {
		return wire.Errorf("InvalidParameterValueException", "1 validation error detected: Value '%s' at 'tracingConfig.mode' failed to "+
			"satisfy constraint: Member must satisfy enum value set: [Active, PassThrough]", config.Mode)
	}
	fn.tracing = config.Mode
	return nil
}

// names are the functions' names in order. The lock is held.
func (f *Functions) names() []string { return slices.Sorted(maps.Keys(f.byName)) }

// configuration is fn as the API shows it. The lock is held.
func (fn *function) configuration() *types.FunctionConfiguration {
	c := &types.FunctionConfiguration{
		FunctionName: aws.String(fn.name), FunctionArn: aws.String(fn.arn), Description: aws.String(fn.description),
		Role: aws.String(fn.role), Handler: aws.String(fn.handler), Runtime: types.Runtime(fn.runtime),
		Timeout: aws.Int32(int32(fn.timeout / time.Second)), MemorySize: aws.Int32(fn.memory),
		Architectures: []types.Architecture{types.Architecture(fn.architecture)}, PackageType: types.PackageTypeZip,
		CodeSize: fn.size, Version: aws.String(latest), RevisionId: aws.String(fn.revision),
		LastModified:     aws.String(fn.modified.Format("2006-01-02T15:04:05.000-0700")),
		TracingConfig:    &types.TracingConfigResponse{Mode: fn.tracing},
		EphemeralStorage: &types.EphemeralStorage{Size: aws.Int32(512)},
		State:            types.StateActive, LastUpdateStatus: types.LastUpdateStatusSuccessful,
	}
	if fn.sha256 != "" {
		c.CodeSha256 = aws.String(fn.sha256)
	}
	if fn.environment != nil {
		c.Environment = &types.EnvironmentResponse{Variables: fn.environment}
	}
	if !fn.active {
		c.State, c.LastUpdateStatus = types.StatePending, ""
		c.StateReason, c.StateReasonCode = aws.String("The function is being created."), types.StateReasonCodeCreating
	} else if fn.updating {
		c.LastUpdateStatus = types.LastUpdateStatusInProgress
		c.LastUpdateStatusReason = aws.String("The function is being created.")
		c.LastUpdateStatusReasonCode = types.LastUpdateStatusReasonCode("Creating")
	}
	return c
}

// answerWith returns an output whose members are those of a function's configuration: AWS's model repeats them in each.
func answerWith[Out any](fn *function) *Out {
	out := new(Out)
	from, to := reflect.ValueOf(fn.configuration()).Elem(), reflect.ValueOf(out).Elem()
	for _, field := range reflect.VisibleFields(from.Type()) {
		if field.IsExported() {
			to.FieldByName(field.Name).Set(from.FieldByName(field.Name))
		}
	}
	return out
}
