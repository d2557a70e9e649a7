package main

import (
	"fmt"
	"os"
	"slices"

	"salesflow/bot"
	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/store/sales"
)

// configuredFields are the company's own fields and record types. The error is configs.Problems: what is wrong with the file
// itself, a stage no deal goes through, or a name that is a command already.
func configuredFields(cfg configs.Config, ways []*sales.Pipeline) (*sales.Custom, error) {
	read, err := cfg.ReadFields(os.ReadFile)
	if err != nil || len(read.Fields)+len(read.Records) == 0 {
		return nil, err
	}
	out := &sales.Custom{}
	var ps configs.Problems
	for _, r := range read.Records {
		out.Types = append(out.Types, sales.RecordType{
			Key: r.Key, Name: r.Name, Aliases: r.Aliases, Prefix: r.Prefix, Customer: r.Customer, See: rolesOf(r.See), File: rolesOf(r.File),
		})
		for _, f := range r.Fields {
			f.Object = r.Key
			out.Fields = append(out.Fields, customField(f))
		}
	}
	for i, f := range read.Fields {
		f.Object = read.ObjectKey(f.Object)
		if s := sales.Stage(f.Stage); s != "" && !slices.ContainsFunc(ways, func(w *sales.Pipeline) bool { return reaches(w, s) }) {
			ps = append(ps, configs.Problem{
				File: cfg.Fields.File, Key: fmt.Sprintf("fields[%d].stage", i), What: "no pipeline in use has the stage " + f.Stage,
				Fix: "name a key of a stage of the pipelines under pipelines.use, see docs/pipeline.md",
			})
		}
		out.Fields = append(out.Fields, customField(f))
	}
	for i, r := range read.Records {
		for _, w := range append([]string{r.Name}, r.Aliases...) {
			if taken := commandWords(); taken(w) {
				ps = append(ps, configs.Problem{
					File: cfg.Fields.File, Key: fmt.Sprintf("records[%d].name", i), What: w + " is a command of the bot already", Fix: "choose another name",
				})
			}
		}
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return out, nil
}

// reaches reports whether deals of a pipeline come through a stage, or through one like it.
func reaches(w *sales.Pipeline, s sales.Stage) bool {
	if _, ok := w.Def(s); ok {
		return true
	}
	_, like := w.Like(s)
	return like
}

// commandWords knows the words that are commands without any record type.
func commandWords() func(word string) bool {
	r := &bot.Router[handlers.Tx]{}
	(&handlers.App{}).Register(r)
	return r.Knows
}

func rolesOf(list []string) []sales.Role {
	var out []sales.Role
	for _, r := range list {
		out = append(out, sales.Role(r))
	}
	return out
}

func customField(f configs.CustomField) sales.CustomField {
	return sales.CustomField{
		Object: f.Object, Key: f.Key, Name: f.Name, Aliases: f.Aliases, Type: sales.CustomType(f.Type), Options: f.Options, Unit: f.Unit,
		Max: int64(f.Max), Required: f.Required, Stage: sales.Stage(f.Stage), See: rolesOf(f.See), Edit: rolesOf(f.Edit), Card: f.Card,
	}
}
