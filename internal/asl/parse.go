package asl

import (
	"fmt"
	"strings"
	"time"
)

// The bounds of a definition's numbers (States Language and developer guide, quotas).
const (
	maxDefinitionBytes = 1 << 20
	maxStateName       = 80
	maxSeconds         = 99_999_999
)

// Parse reads a definition in the States Language. The error, if any, is a *DefinitionError with every problem found.
func Parse(definition []byte) (*Machine, error) {
	p := &parser{names: make(map[string]string)}
	m := p.machine(definition)
	if len(p.list) > 0 {
		return nil, &DefinitionError{Problems: p.list}
	}
	return m, nil
}

// parser reads one definition.
type parser struct {
	problems
	names map[string]string // where each state name was seen: it is unique in the whole machine
}

func (p *parser) machine(definition []byte) *Machine {
	if len(definition) > maxDefinitionBytes {
		p.add(schemaFailed, "", "The definition is larger than %d bytes", maxDefinitionBytes)
		return nil
	}
	value, err := decode(definition)
	if err != nil && len(strings.TrimSpace(string(definition))) > 0 {
		p.add("INVALID_JSON_DESCRIPTION", "", "The definition is not valid JSON")
		return nil
	}
	if _, ok := value.(*object); !ok {
		p.add(schemaFailed, "", "Definition must be a valid JSON object")
		return nil
	}
	f := p.objectFields(value, "")
	m := &Machine{definition: append([]byte(nil), definition...)}
	m.timeout = time.Duration(f.integer("TimeoutSeconds", 1, maxSeconds, 0)) * time.Second
	if version := f.text("Version"); version != "" && version != "1.0" {
		f.schema(f.at("Version"), "Value must be '1.0'")
	}
	p.queryLanguage(f)
	m.flow = p.flow(f)
	f.finish()
	return m
}

// queryLanguage refuses what is not JSONPath.
func (p *parser) queryLanguage(f *fields) {
	if language := f.text("QueryLanguage"); language != "" && language != "JSONPath" {
		f.schema(f.at("QueryLanguage"), "The query language '%s' is not supported here: it must be 'JSONPath'", language)
	}
}

// flow reads StartAt and States, and checks that every transition leads somewhere and every state is led to.
func (p *parser) flow(f *fields) *flow {
	f.text("Comment")
	f.require("States", "StartAt")
	result := &flow{startAt: f.text("StartAt"), states: make(map[string]*state)}
	value, ok := f.take("States")
	if !ok {
		return result
	}
	states := p.objectFields(value, f.at("States"))
	if len(states.object.members) == 0 {
		f.schema(f.at("States"), "There must be at least one state")
	}
	for _, m := range states.object.members {
		result.states[m.name] = p.state(m.name, m.value, states.at(m.name))
	}
	p.transitions(f, result)
	return result
}

func (p *parser) transitions(f *fields, result *flow) {
	reached := make(map[string]bool)
	visit := func(place, target string) {
		if target == "" {
			return // its absence is a problem of its own
		}
		if _, ok := result.states[target]; !ok {
			p.add("MISSING_TRANSITION_TARGET", place, "Missing 'Next' target: %s", target)
		}
		reached[target] = true
	}
	visit(f.at("StartAt"), result.startAt)
	ends := false
	states, _ := f.object.get("States")
	for _, m := range states.(*object).members {
		place, s := f.at("States")+"/"+m.name, result.states[m.name]
		ends = ends || s.ends()
		visit(place+"/Next", s.next)
		visit(place+"/Default", s.otherwise)
		for i, c := range s.choices {
			visit(fmt.Sprintf("%s/Choices[%d]/Next", place, i), c.next)
		}
		for i, c := range s.catchers {
			visit(fmt.Sprintf("%s/Catch[%d]/Next", place, i), c.next)
		}
	}
	for _, m := range states.(*object).members {
		if !reached[m.name] {
			p.add("MISSING_TRANSITION_TARGET", f.at("States")+"/"+m.name, "State \"%s\" is not reachable.", m.name)
		}
	}
	if !ends && len(result.states) > 0 {
		p.add("MISSING_END_STATE", f.at("States"), "There is no state with 'End': true, and no Succeed or Fail state")
	}
}

// ends reports whether the state can end its flow.
func (s *state) ends() bool {
	return s.kind == kindSucceed || s.kind == kindFail || s.kind != kindChoice && s.next == ""
}

func (p *parser) state(name string, value any, place string) *state {
	f := p.objectFields(value, place)
	if len([]rune(name)) > maxStateName || name == "" {
		p.add("INVALID_STATE_NAME", place, "A state's name has 1 to %d characters", maxStateName)
	}
	if other, seen := p.names[name]; seen {
		p.add("DUPLICATE_STATE_NAME", place, "State name '%s' is already used at %s", name, other)
	}
	p.names[name] = place
	s := &state{name: name, kind: stateKind(f.text("Type"))}
	f.text("Comment")
	p.queryLanguage(f)
	if !f.has("Type") {
		f.require("Type")
		return s
	}
	read := s.kind.reader()
	if read == nil {
		f.schema(f.at("Type"), "State type must be one of Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map, not '%s'", s.kind)
		return s
	}
	f.refuse("it belongs to the query language JSONata", "Arguments", "Output", "Items", "Condition")
	read(p, s, f)
	f.finish()
	return s
}

// reader gives what reads the fields of this kind of state, or nil for an unknown kind.
func (k stateKind) reader() func(*parser, *state, *fields) {
	switch k {
	case kindPass:
		return (*parser).pass
	case kindTask:
		return (*parser).task
	case kindChoice:
		return (*parser).choice
	case kindWait:
		return (*parser).wait
	case kindSucceed:
		return (*parser).succeed
	case kindFail:
		return (*parser).fail
	case kindParallel:
		return (*parser).parallel
	case kindMap:
		return (*parser).mapState
	}
	return nil
}

// paths reads InputPath and OutputPath.
func (s *state) paths(f *fields) {
	s.inputPath, s.discardInput = f.path("InputPath", true)
	s.outputPath, s.discardOutput = f.path("OutputPath", true)
}

// transition reads Next or End.
func (s *state) transition(f *fields) {
	s.next = f.text("Next")
	ends := f.isTrue("End")
	if s.next == "" && !ends {
		f.schema(f.place, "Either 'Next' or 'End': true is required")
	}
	if s.next != "" && ends {
		f.schema(f.place, "Fields 'Next' and 'End' must not be used together")
	}
}

func (p *parser) pass(s *state, f *fields) {
	s.paths(f)
	s.transition(f)
	s.parameters = f.template("Parameters")
	s.result, s.hasResult = f.take("Result")
	s.resultPath, s.discardResult = f.resultPath()
	s.assign = f.assign()
}

func (p *parser) succeed(s *state, f *fields) { s.paths(f) }

func (p *parser) fail(s *state, f *fields) {
	f.exclusive("Error", "ErrorPath")
	f.exclusive("Cause", "CausePath")
	s.failError = failText{text: f.text("Error"), expression: f.failExpression("ErrorPath")}
	s.failCause = failText{text: f.text("Cause"), expression: f.failExpression("CausePath")}
}

func (f *fields) failExpression(name string) *expression {
	if !f.has(name) {
		return nil
	}
	e, err := parseExpression(f.text(name))
	if err != nil {
		f.schema(f.at(name), "Value must be a valid JSONPath or a valid intrinsic function call%s", detail(err))
	}
	return &e
}

// work reads the fields that Task, Parallel and Map share.
func (s *state) work(f *fields) {
	s.paths(f)
	s.transition(f)
	s.resultSelector = f.template("ResultSelector")
	s.resultPath, s.discardResult = f.resultPath()
	s.assign = f.assign()
	s.retriers = f.retriers()
	s.catchers = f.catchers()
}

func (p *parser) parallel(s *state, f *fields) {
	s.work(f)
	s.parameters = f.template("Parameters")
	f.require("Branches")
	value, _ := f.take("Branches")
	branches, isArray := value.([]any)
	if f.has("Branches") && (!isArray || len(branches) == 0) {
		f.schema(f.at("Branches"), "Value must be an array that is not empty")
	}
	for i, branch := range branches {
		inner := p.objectFields(branch, fmt.Sprintf("%s[%d]", f.at("Branches"), i))
		s.branches = append(s.branches, p.flow(inner))
		inner.finish()
	}
}
