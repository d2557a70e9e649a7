package main

import (
	"os"
	"slices"
	"sync"
	"time"

	"salesflow/configs"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// checkConfiguredGates reads the conditions of the pipelines in use, which may ask for custom fields.
func checkConfiguredGates(cfg configs.Config, custom *sales.Custom) error {
	read, err := cfg.ReadPipelines(os.ReadFile)
	if err != nil {
		return err
	}
	return checkGates(read, custom)
}

// checkGates reads every condition once, so that a wrong one ends the start and not somebody's move.
func checkGates(list []configs.Pipeline, custom *sales.Custom) error {
	var ps configs.Problems
	for _, p := range list {
		for _, s := range p.Stages {
			for _, g := range append(append([]configs.PipelineGate(nil), s.Enter...), s.Leave...) {
				if _, ok := custom.Field("opportunity", g.Field); g.Field != "" && !ok {
					ps = append(ps, configs.Problem{
						Key: "pipelines: " + p.Key + ": " + s.Key + ": " + g.Say, What: "商机 has no custom field " + g.Field, Fix: "add it to the file of fields.file, or name one that is there",
					})
				}
				if g.When == "" {
					continue
				}
				if _, err := rules.DealCondition(g.When, custom.Of("opportunity")...); err != nil {
					ps = append(ps, configs.Problem{Key: "pipelines: " + p.Key + ": " + s.Key + ": " + g.Say, What: err.Error(), Fix: "see docs/pipeline.md for the fields"})
				}
			}
		}
	}
	if len(ps) > 0 {
		return ps
	}
	return nil
}

// conditions reads gates' expressions, each once for the fields there are.
func conditions(custom *sales.Custom) sales.Conditions {
	var mu sync.Mutex
	of := map[string]sales.Condition{}
	var with []sales.CustomField
	return func(when string) sales.Condition {
		mu.Lock()
		defer mu.Unlock()
		if now := custom.All(); len(now) > 0 && (len(with) == 0 || &now[0] != &with[0]) {
			of, with = map[string]sales.Condition{}, now
		}
		c, ok := of[when]
		if !ok && len(of) < 1000 {
			if read, err := rules.DealCondition(when, custom.Of("opportunity")...); err == nil {
				c = read
			}
			of[when] = c
		}
		return c
	}
}

// standardKey is the standard pipeline in configuration; in rows it is the empty key.
const standardKey = "standard"

func pipelineOf(p configs.Pipeline, lines map[string]string) *sales.Pipeline {
	out := &sales.Pipeline{Key: p.Key, Name: p.Name}
	if p.Key == standardKey {
		out.Key = ""
	}
	for line, key := range lines {
		if key == p.Key {
			out.Lines = append(out.Lines, line)
		}
	}
	slices.Sort(out.Lines)
	for _, s := range p.Stages {
		d := sales.StageDef{
			Key: sales.Stage(s.Key), Name: s.Name, Aliases: s.Aliases, Like: sales.Stage(s.Like),
			Benchmark: int64(s.Benchmark / time.Second), Chance: s.Chance, Enter: gates(s.Enter), Leave: gates(s.Leave),
		}
		for _, n := range s.Nodes {
			d.Nodes = append(d.Nodes, sales.Node(n))
		}
		out.Stages = append(out.Stages, d)
	}
	return out
}

func gates(list []configs.PipelineGate) []sales.Gate {
	var out []sales.Gate
	for _, g := range list {
		out = append(out, sales.Gate(g))
	}
	return out
}

// checklists are what must be on file for customers of a class, by the configuration.
func checklists(cfg configs.Config) sales.Checklists {
	var out sales.Checklists
	for _, l := range cfg.Checklists {
		list := sales.Checklist{Class: l.Class}
		for _, i := range l.Items {
			item := sales.ListItem{Say: i.Say, Count: i.Count, Min: max(i.Min, 1)}
			switch {
			case i.Document != "":
				item.Count, item.Name = sales.CountDocument, i.Document
			case i.Node != "":
				item.Count, item.Name = sales.CountNode, i.Node
			}
			list.Items = append(list.Items, item)
		}
		out = append(out, list)
	}
	return out
}
