package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// setup is what the files say of stages and fields. What an administrator changed since stands in the store, is put over it at
// start, and again on every replica when it changes.
type setup struct {
	// ways and fields are as the files have them.
	ways   []*sales.Pipeline
	fields []sales.CustomField
	types  []sales.RecordType
}

// setUp reads what the files say, puts over it what was changed since, and has it made again when it changes.
func (p *program) setUp(ctx context.Context) error {
	ways, err := configuredWays(p.cfg)
	if err != nil {
		return err
	}
	custom, err := configuredFields(p.cfg, ways)
	if err != nil {
		return err
	}
	if err := checkConfiguredGates(p.cfg, custom); err != nil {
		return err
	}
	p.set = &setup{ways: ways}
	if custom != nil {
		p.set.fields, p.set.types = custom.Fields, custom.Types
	}
	// What the revision counts is read first: what changes meanwhile is then read again at the next look.
	rev, err := p.db.Revisions(ctx)
	if err != nil {
		return fmt.Errorf("read revisions: %w", err)
	}
	changed, err := p.db.AllSetups(ctx)
	if err != nil {
		return err
	}
	now := make([]*sales.Pipeline, len(ways))
	for i, w := range ways {
		now[i] = changed.Pipeline(w)
	}
	// Another replica may begin at this moment with the same: then its version is found.
	for range 3 {
		if p.app.Pipelines, err = p.db.UsePipelines(ctx, now); sales.KindOf(err) != sales.Conflict {
			break
		}
	}
	if err != nil {
		return err
	}
	p.app.Custom = custom
	if custom != nil {
		custom.Become(changed.Fields(p.set.fields))
	}
	p.app.Gates = conditions(custom)
	p.app.Setup = p.set
	p.subjects = subject.New(p.aboutObjects())
	p.books.setup, p.books.setupRevision = p.remake, rev.Setup
	return nil
}

func (p *program) aboutObjects() []*subject.Object {
	return subject.WithCustom(subject.All(p.app.Pipelines.Current()...), p.app.Custom)
}

// remake puts over the files what has been changed of stages and fields since they were last made. It reads only, so that it may
// run within a transaction.
func (p *program) remake(ctx context.Context) error {
	keys := make([]string, len(p.set.ways))
	for i, w := range p.set.ways {
		keys[i] = w.Key
	}
	if err := p.db.RefreshPipelines(ctx, p.app.Pipelines, keys); err != nil {
		return err
	}
	if p.app.Custom != nil {
		changed, err := p.db.AllSetups(ctx)
		if err != nil {
			return err
		}
		p.app.Custom.Become(changed.Fields(p.set.fields))
	}
	p.subjects.Become(p.aboutObjects())
	zerolog.Ctx(ctx).Info().Msg("stages and fields made anew")
	return nil
}

// Stage implements handlers.SetupFiles.
func (s *setup) Stage(key sales.Stage) (sales.StageDef, bool) {
	for _, w := range s.ways {
		if d, ok := w.Def(key); ok {
			return d, true
		}
	}
	return sales.StageDef{}, false
}

// Field implements handlers.SetupFiles.
func (s *setup) Field(object, key string) (sales.CustomField, bool) {
	for _, f := range s.fields {
		if f.Object == object && f.Key == key {
			return f, true
		}
	}
	return sales.CustomField{}, false
}

// CheckPipeline implements handlers.SetupFiles.
func (s *setup) CheckPipeline(p *sales.Pipeline) error {
	return configs.CheckPipelines([]configs.Pipeline{pipelineFile(p)})
}

// CheckFields implements handlers.SetupFiles.
func (s *setup) CheckFields(fields []sales.CustomField) error {
	f := configs.FieldFile{}
	place := map[string]int{}
	for i, t := range s.types {
		place[t.Key] = i
		f.Records = append(f.Records, configs.RecordType{
			Key: t.Key, Name: t.Name, Aliases: t.Aliases, Prefix: t.Prefix, Customer: t.Customer, See: roleKeys(t.See), File: roleKeys(t.File),
		})
	}
	for _, x := range fields {
		c := configs.CustomField{
			Object: x.Object, Key: x.Key, Name: x.Name, Aliases: x.Aliases, Type: string(x.Type), Options: x.Options, Unit: x.Unit, Max: int(x.Max),
			Required: x.Required, Stage: string(x.Stage), See: roleKeys(x.See), Edit: roleKeys(x.Edit), Card: x.Card,
		}
		if i, own := place[x.Object]; own {
			c.Object = ""
			f.Records[i].Fields = append(f.Records[i].Fields, c)
			continue
		}
		f.Fields = append(f.Fields, c)
	}
	return configs.CheckFields(f)
}

func roleKeys(list []sales.Role) []string {
	var out []string
	for _, r := range list {
		out = append(out, string(r))
	}
	return out
}

// pipelineFile is a pipeline as the configuration writes it.
func pipelineFile(p *sales.Pipeline) configs.Pipeline {
	out := configs.Pipeline{Key: p.Key, Name: p.Name}
	if out.Key == "" {
		out.Key = standardKey
	}
	gates := func(list []sales.Gate) []configs.PipelineGate {
		var out []configs.PipelineGate
		for _, g := range list {
			out = append(out, configs.PipelineGate(g))
		}
		return out
	}
	for _, s := range p.Stages {
		d := configs.PipelineStage{
			Key: string(s.Key), Name: s.Name, Aliases: s.Aliases, Like: string(s.Like), Chance: s.Chance, Benchmark: time.Duration(s.Benchmark) * time.Second,
			Enter: gates(s.Enter), Leave: gates(s.Leave),
		}
		for _, n := range s.Nodes {
			d.Nodes = append(d.Nodes, configs.PipelineNode(n))
		}
		out.Stages = append(out.Stages, d)
	}
	return out
}

var _ handlers.SetupFiles = (*setup)(nil)
