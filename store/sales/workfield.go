package sales

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kinds of fields of a work order.
const (
	WorkText   = "text"
	WorkNumber = "number"
	WorkChoice = "choice" // one of the options and nothing else
	WorkDate   = "date"
	WorkMoney  = "money"
	WorkFile   = "file" // a drawing, or words in place of one
)

// What a field means beyond its name.
const (
	MeansDeadline  = "deadline"   // a date: when the customer wants the goods
	MeansUnitPrice = "unit_price" // money
	MeansPerYear   = "per_year"   // a number: pieces a year
)

// WorkField is one field of a product family's technical sheet.
type WorkField struct {
	Name      string
	Aliases   []string
	Kind      string
	Unit      string
	Options   []string // of a choice, all there are; of a text, suggestions
	Example   string
	Required  bool
	SalesOnly bool // shown to sales, not to those who make it, and not in the agreement
	Means     string
}

// WorkStep is one task of a family's plan: it begins when the tasks named in After are done.
type WorkStep struct {
	Name  string
	Role  Role
	Hours int
	After []string
}

// WorkClause is one section of a technical agreement. In its text {材质} stands for what that field says.
type WorkClause struct {
	Title string
	Lines []string
}

// WorkFamily is a product family (产品族): what is asked, who works on it, what the agreement says.
type WorkFamily struct {
	Name    string
	Words   []string // words of a title by which it is known
	Lines   []string // product lines it is for
	Fields  []WorkField
	Steps   []WorkStep
	Clauses []WorkClause
}

// WorkPlan is how a company works with work orders.
type WorkPlan struct {
	Families []WorkFamily
	// HighMargin and MidMargin are the shares, HighProfit and MidProfit the amounts of gross margin from which an order goes
	// first, or second.
	HighMargin, MidMargin Percent
	HighProfit, MidProfit Money
	// Target is the working time from a complete sheet to the last task done.
	Target time.Duration
}

// Family is a family by name, the first one when there is none of that name.
func (p WorkPlan) Family(name string) WorkFamily {
	for _, f := range p.Families {
		if f.Name == name {
			return f
		}
	}
	if len(p.Families) == 0 {
		return WorkFamily{}
	}
	return p.Families[0]
}

// Guess is the family that a title and product line speak for: the one named, else the one with the longest word in the
// title, else that of the line, else the first.
func (p WorkPlan) Guess(title, line string) WorkFamily {
	best, length := WorkFamily{}, 0
	for _, f := range p.Families {
		for _, w := range append([]string{f.Name}, f.Words...) {
			if len(w) > length && strings.Contains(title, w) {
				best, length = f, len(w)
			}
		}
	}
	if length > 0 {
		return best
	}
	for _, f := range p.Families {
		if line != "" && slices.Contains(f.Lines, line) {
			return f
		}
	}
	return p.Family("")
}

// Field is a field by its name or an alias.
func (f WorkFamily) Field(name string) (WorkField, bool) {
	for _, x := range f.Fields {
		if x.Name == name || slices.Contains(x.Aliases, name) {
			return x, true
		}
	}
	return WorkField{}, false
}

// Meaning is the field that means something.
func (f WorkFamily) Meaning(means string) (WorkField, bool) {
	i := slices.IndexFunc(f.Fields, func(x WorkField) bool { return x.Means == means })
	if i < 0 {
		return WorkField{}, false
	}
	return f.Fields[i], true
}

// Missing are the required fields that say nothing yet. A drawing is said by a file, too.
func (f WorkFamily) Missing(o WorkOrder) []WorkField {
	var out []WorkField
	for _, x := range f.Fields {
		if x.Required && o.Value(x.Name) == "" && (x.Kind != WorkFile || len(o.Drawings) == 0) {
			out = append(out, x)
		}
	}
	return out
}

var reWorkNumber = regexp.MustCompile(`^(\d{1,12})(\.\d{1,4})?\s*(万|千|w|W|k|K)?\s*(\p{Han}{1,4}|[A-Za-z]{1,6})?$`)

// Read reads what a person said for a field into the form in which it is kept. date reads a day. Invalid, with a sentence
// that shows how to write it, when it is no value of this field.
func (x WorkField) Read(said string, date func(string) (Day, bool)) (string, error) {
	said = strings.Join(strings.Fields(said), " ")
	said = strings.Trim(said, " ,，、;；。:：")
	if said == "" {
		return "", Errorf(Invalid, x.Ask())
	}
	if n := len([]rune(said)); n > MaxWorkText {
		return "", Errorf(Invalid, x.Name+"写了 "+strconv.Itoa(n)+" 个字,"+strconv.Itoa(MaxWorkText)+" 字以内。长的放附件里发来。")
	}
	not := func() error {
		return Errorf(Invalid, x.Name+"没看懂:\""+clip(said, 20)+"\"。"+x.Form())
	}
	switch x.Kind {
	case WorkNumber:
		m := reWorkNumber.FindStringSubmatch(strings.ReplaceAll(said, ",", ""))
		if m == nil {
			return "", not()
		}
		v, err := strconv.ParseFloat(m[1]+m[2], 64)
		if err != nil {
			return "", not()
		}
		switch m[3] {
		case "万", "w", "W":
			v *= 10_000
		case "千", "k", "K":
			v *= 1000
		}
		return strconv.FormatFloat(v, 'f', -1, 64) + x.Unit, nil
	case WorkChoice:
		for i, o := range x.Options {
			if said == o || said == strconv.Itoa(i+1) || len([]rune(said)) > 1 && strings.Contains(o, said) {
				return o, nil
			}
		}
		return "", not()
	case WorkDate:
		d, ok := date(said)
		if !ok {
			return "", not()
		}
		return d.String(), nil
	case WorkMoney:
		m, err := ParseMoney(said)
		if err != nil || m <= 0 {
			return "", not()
		}
		return m.String(), nil
	}
	return said, nil
}

// Ask is the question for the field.
func (x WorkField) Ask() string { return x.Name + "?" + x.Form() }

// Form shows how the field is written.
func (x WorkField) Form() string {
	switch {
	case x.Kind == WorkChoice:
		return "选一个:" + strings.Join(x.Options, "、") + "。"
	case len(x.Options) > 0:
		return "例:" + strings.Join(x.Options, "、") + ",别的直接写。"
	case x.Kind == WorkFile:
		return "把图片、PDF 或 CAD 文件发给我;没有图纸回一句怎么做,例:按样件。"
	case x.Example != "":
		return "例:" + x.Name + " " + x.Example
	case x.Kind == WorkDate:
		return "写个日子,例:" + x.Name + " 4月20日"
	case x.Kind == WorkNumber:
		return "写个数,例:" + x.Name + " 500" + x.Unit
	case x.Kind == WorkMoney:
		return "写个金额,例:" + x.Name + " 85元"
	}
	return "回一句就行。"
}

// Number is the number a kept value begins with, 0 for none.
func workNumber(value string) float64 {
	end := strings.IndexFunc(value, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(value)
	}
	f, err := strconv.ParseFloat(value[:end], 64)
	if err != nil {
		return 0
	}
	return f
}

// Derive puts into the order what follows from its fields: the day it is needed, what it is worth in a year, its priority.
// deal is the amount of its opportunity, which counts where unit price and pieces a year are not both known.
func (p WorkPlan) Derive(o *WorkOrder, deal Money) {
	f := p.Family(o.Family)
	o.NeedOn = Day{}
	if x, ok := f.Meaning(MeansDeadline); ok {
		if d, err := ParseDay(o.Value(x.Name)); err == nil {
			o.NeedOn = d
		}
	}
	o.Amount = deal
	price, okPrice := f.Meaning(MeansUnitPrice)
	year, okYear := f.Meaning(MeansPerYear)
	if okPrice && okYear {
		m, err := ParseMoney(o.Value(price.Name))
		n := workNumber(o.Value(year.Name))
		if err == nil && m > 0 && n > 0 && n < float64(MaxMoney)/float64(m) {
			o.Amount = Money(float64(m)*n + 0.5)
		}
	}
	o.Priority = p.Priority(*o)
}

// Priority ranks a work order, higher first: 2 for a high gross margin, 1 for a middle one, 0 for a low or unknown one, and
// one more when it is urgent. The margin is high by its share or by its amount; the day it is needed breaks ties.
func (p WorkPlan) Priority(o WorkOrder) int {
	n := 0
	if o.Margin >= 0 {
		profit := o.Amount.Percent(o.Margin)
		switch {
		case o.Margin >= p.HighMargin, p.HighProfit > 0 && profit >= p.HighProfit:
			n = 2
		case o.Margin >= p.MidMargin, p.MidProfit > 0 && profit >= p.MidProfit:
			n = 1
		}
	}
	if o.Urgent {
		n++
	}
	return n
}
