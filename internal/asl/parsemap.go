package asl

import "math"

const onlyInline = "it belongs to a distributed Map, and only inline Map states are modelled"

// mapState reads an inline Map state, in its present form (ItemProcessor) and its earlier one (Iterator).
func (p *parser) mapState(s *state, f *fields) {
	s.work(f)
	f.refuse(onlyInline, "ItemReader", "ItemBatcher", "ResultWriter", "Label", "ToleratedFailureCount", "ToleratedFailureCountPath",
		"ToleratedFailurePercentage", "ToleratedFailurePercentagePath")
	f.exclusive("ItemProcessor", "Iterator")
	f.exclusive("ItemSelector", "Parameters")
	f.exclusive("MaxConcurrency", "MaxConcurrencyPath")
	m := &mapFields{concurrency: f.integer("MaxConcurrency", 0, math.MaxInt64, 0)}
	m.concurrencyPath, _ = f.reference("MaxConcurrencyPath", false)
	m.itemsPath, _ = f.path("ItemsPath", false)
	if m.selector = f.template("ItemSelector"); m.selector == nil {
		m.selector = f.template("Parameters")
	}
	name := "ItemProcessor"
	if f.has("Iterator") {
		name = "Iterator"
	}
	f.require(name)
	if value, ok := f.take(name); ok {
		inner := p.objectFields(value, f.at(name))
		p.processorConfig(inner)
		m.processor = p.flow(inner)
		inner.finish()
	}
	s.items = m
}

func (p *parser) processorConfig(f *fields) {
	value, ok := f.take("ProcessorConfig")
	if !ok {
		return
	}
	config := p.objectFields(value, f.at("ProcessorConfig"))
	if mode := config.text("Mode"); mode != "" && mode != "INLINE" {
		config.schema(config.at("Mode"), "The processing mode '%s' is not supported here: only inline Map states are modelled, so it must be 'INLINE'", mode)
	}
	config.refuse(onlyInline, "ExecutionType")
	config.finish()
}
