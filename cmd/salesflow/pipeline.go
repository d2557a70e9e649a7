package main

import (
	"context"
	"slices"
	"time"

	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// pipelines are the ways deals go by the configuration, and those that deals of before still follow.
func pipelines(ctx context.Context, db *store.DB, cfg configs.Config) (*sales.Pipelines, error) {
	list, err := configuredWays(cfg)
	if err != nil {
		return nil, err
	}
	return db.UsePipelines(ctx, list)
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
