package configs

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"salesflow/store/sales"
)

//go:embed workorders.yaml
var shippedFamilies []byte

// WorkOrders is how a company works with work orders across departments (协同工单).
type WorkOrders struct {
	// Families are the company's own product families; none: those of File, and without that the shipped ones.
	Families []WorkFamily `yaml:"families"`
	// File has families in the form of the shipped file.
	File string `yaml:"file"`
	// From which gross margin an order goes first, or second, in percent or in yuan; 0 yuan: by percent only.
	HighMarginPercent int `yaml:"high_margin_percent"`
	MidMarginPercent  int `yaml:"mid_margin_percent"`
	HighProfitYuan    int `yaml:"high_profit_yuan"`
	MidProfitYuan     int `yaml:"mid_profit_yuan"`
	// Target is the working time from a complete sheet to the last task done.
	Target time.Duration `yaml:"target"`
	// Approver is the role that approves technical agreements.
	Approver string `yaml:"approver"`
}

// WorkFamily is a product family.
type WorkFamily struct {
	Name      string       `yaml:"name"`
	Words     []string     `yaml:"words"`
	Lines     []string     `yaml:"lines"`
	Fields    []WorkField  `yaml:"fields"`
	Steps     []WorkStep   `yaml:"steps"`
	Agreement []WorkClause `yaml:"agreement"`
}

// WorkField is one field of a family's sheet. An empty kind is text.
type WorkField struct {
	Name      string   `yaml:"name"`
	Aliases   []string `yaml:"aliases"`
	Kind      string   `yaml:"kind"`
	Unit      string   `yaml:"unit"`
	Options   []string `yaml:"options"`
	Example   string   `yaml:"example"`
	Required  bool     `yaml:"required"`
	SalesOnly bool     `yaml:"sales_only"`
	Means     string   `yaml:"means"`
}

// WorkStep is one task of a family's plan.
type WorkStep struct {
	Name  string   `yaml:"name"`
	Role  string   `yaml:"role"`
	Hours int      `yaml:"hours"`
	After []string `yaml:"after"`
}

// WorkClause is one section of a family's technical agreement; {材质} stands for what a field says.
type WorkClause struct {
	Title string   `yaml:"title"`
	Lines []string `yaml:"lines"`
}

// workFile is a file of families.
type workFile struct {
	Families []WorkFamily `yaml:"families"`
}

var (
	workKinds = []string{sales.WorkText, sales.WorkNumber, sales.WorkChoice, sales.WorkDate, sales.WorkMoney, sales.WorkFile}
	workMeans = map[string]string{sales.MeansDeadline: sales.WorkDate, sales.MeansUnitPrice: sales.WorkMoney, sales.MeansPerYear: sales.WorkNumber}
	// WorkPlaces are what a clause may name beside fields.
	WorkPlaces = []string{"客户", "产品", "类别", "工单", "图纸"}
	rePlace    = regexp.MustCompile(`\{([^{}]*)\}`)
)

const (
	maxFamilies = 20
	maxClauses  = 30
)

func defaultWorkOrders() WorkOrders {
	return WorkOrders{
		Families: []WorkFamily{}, HighMarginPercent: 35, MidMarginPercent: 20, HighProfitYuan: 200_000, MidProfitYuan: 50_000,
		Target: 17 * time.Hour, Approver: "legal",
	}
}

// ReadWorkFamilies reads the product families a company uses: its own in the configuration, else those of its file by read,
// which is os.ReadFile or any reader of whole files, else the shipped ones.
func (c Config) ReadWorkFamilies(read func(name string) ([]byte, error)) ([]WorkFamily, error) {
	if len(c.WorkOrders.Families) > 0 {
		return c.WorkOrders.Families, nil
	}
	name := c.WorkOrders.File
	if name == "" {
		return decodeFamilies("workorders.yaml", shippedFamilies)
	}
	data, err := read(name)
	if err == nil && len(data) > maxFile {
		err = errTooLarge
	}
	if err != nil {
		return nil, Problems{{File: name, What: "cannot be read: " + err.Error(), Fix: "check work_orders.file in the configuration"}}
	}
	return decodeFamilies(name, data)
}

func decodeFamilies(name string, data []byte) ([]WorkFamily, error) {
	var f workFile
	var d decoder
	d.decode(name, data, &f)
	report := func(key, what, fix string) { d.problem(d.at(key), key, what, fix) }
	if len(d.problems) == 0 {
		if len(f.Families) == 0 {
			report("families", "has no entries", "list at least one product family")
		}
		checkFamilies(report, "families", f.Families)
	}
	return f.Families, d.problems.err()
}

func (w WorkOrders) check(report reporter) {
	between(report, "work_orders.high_margin_percent", w.HighMarginPercent, 1, 100)
	between(report, "work_orders.mid_margin_percent", w.MidMarginPercent, 0, w.HighMarginPercent)
	between(report, "work_orders.high_profit_yuan", w.HighProfitYuan, 0, 1_000_000_000)
	between(report, "work_orders.mid_profit_yuan", w.MidProfitYuan, 0, 1_000_000_000)
	span(report, "work_orders.target", w.Target)
	roles(report, "work_orders.approver", []string{w.Approver})
	checkFamilies(report, "work_orders.families", w.Families)
}

func checkFamilies(report reporter, at string, list []WorkFamily) {
	if len(list) > maxFamilies {
		report(at, fmt.Sprintf("has %d entries", len(list)), fmt.Sprintf("list at most %d families", maxFamilies))
	}
	names := map[string]string{}
	for i, f := range list {
		key := fmt.Sprintf("%s[%d]", at, i)
		once(report, names, key+".name", f.Name, "family")
		named(report, key+".name", f.Name)
		f.check(report, key)
	}
}

func (f WorkFamily) check(report reporter, at string) {
	if n := len(f.Fields); n == 0 || n > sales.MaxWorkFields {
		report(at+".fields", fmt.Sprintf("has %d entries", n), fmt.Sprintf("list 1 to %d fields", sales.MaxWorkFields))
	}
	words, means := map[string]string{}, map[string]string{}
	for i, x := range f.Fields {
		key := fmt.Sprintf("%s.fields[%d]", at, i)
		for _, w := range append([]string{x.Name}, x.Aliases...) {
			once(report, words, key+".name", w, "field of this family")
		}
		if x.Means != "" {
			once(report, means, key+".means", x.Means, "field of this family")
		}
		x.check(report, key)
	}
	f.checkSteps(report, at)
	if len(f.Agreement) > maxClauses {
		report(at+".agreement", "has too many sections", fmt.Sprintf("list at most %d", maxClauses))
	}
	for i, c := range f.Agreement {
		key := fmt.Sprintf("%s.agreement[%d]", at, i)
		named(report, key+".title", c.Title)
		for j, line := range c.Lines {
			for _, m := range rePlace.FindAllStringSubmatch(line, -1) {
				f.checkPlace(report, fmt.Sprintf("%s.lines[%d]", key, j), m[1])
			}
		}
	}
}

// checkPlace checks what a clause names: a field that those outside sales may read.
func (f WorkFamily) checkPlace(report reporter, key, name string) {
	i := slices.IndexFunc(f.Fields, func(x WorkField) bool { return x.Name == name })
	switch {
	case slices.Contains(WorkPlaces, name):
	case i < 0:
		known := slices.Clone(WorkPlaces)
		for _, x := range f.Fields {
			known = append(known, x.Name)
		}
		fix := "name one of " + oneOf(known)
		if near := closest(name, known); near != "" {
			fix = "did you mean {" + near + "}?"
		}
		report(key, "{"+name+"} is no field", fix)
	case f.Fields[i].SalesOnly:
		report(key, "{"+name+"} is for sales only", "leave it out of the agreement, or take sales_only from the field")
	}
}

func (x WorkField) check(report reporter, at string) {
	named(report, at+".name", x.Name)
	for i, w := range x.Aliases {
		named(report, fmt.Sprintf("%s.aliases[%d]", at, i), w)
	}
	optional(report, at+".kind", x.Kind, workKinds)
	if x.Kind == sales.WorkChoice && len(x.Options) < 2 {
		report(at+".options", "has fewer than two options", "list what can be chosen")
	}
	if len(x.Options) > 20 {
		report(at+".options", "has too many options", "list at most 20")
	}
	for i, o := range x.Options {
		named(report, fmt.Sprintf("%s.options[%d]", at, i), o)
	}
	if len([]rune(x.Unit)) > 4 {
		report(at+".unit", strconv.Quote(x.Unit)+" is too long", "write at most 4 characters")
	}
	if x.Means == "" {
		return
	}
	switch kind, ok := workMeans[x.Means]; {
	case !ok:
		report(at+".means", strconv.Quote(x.Means)+" is nothing a field can mean", "use one of deadline, unit_price, per_year")
	case kind != x.Kind:
		report(at+".kind", "cannot mean "+x.Means, "write kind: "+kind)
	}
}

func (f WorkFamily) checkSteps(report reporter, at string) {
	if n := len(f.Steps); n == 0 || n > sales.MaxWorkSteps {
		report(at+".steps", fmt.Sprintf("has %d entries", n), fmt.Sprintf("list 1 to %d steps", sales.MaxWorkSteps))
	}
	names := map[string]string{}
	for i, s := range f.Steps {
		key := fmt.Sprintf("%s.steps[%d]", at, i)
		for j, a := range s.After { // only those before it: so no two wait for each other
			if _, ok := names[a]; !ok {
				report(fmt.Sprintf("%s.after[%d]", key, j), strconv.Quote(a)+" is no step before this one", "name an earlier step of this family, and put steps in their order")
			}
		}
		once(report, names, key+".name", s.Name, "step of this family")
		named(report, key+".name", s.Name)
		if RoleKey(s.Role) == "" {
			report(key+".role", strconv.Quote(s.Role)+" is not a role", "use one of "+oneOf(Roles))
		}
		between(report, key+".hours", s.Hours, 1, 400)
	}
}
