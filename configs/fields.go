package configs

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Fields names the file of a company's own fields and record types (自定义字段).
type Fields struct {
	// File has the fields; empty: none.
	File string `yaml:"file"`
}

// FieldFile is a file of custom fields and record types.
type FieldFile struct {
	Fields  []CustomField `yaml:"fields"`
	Records []RecordType  `yaml:"records"`
}

// CustomField is a field of a kind of record.
type CustomField struct {
	// Object is the kind of record, by its Chinese name or its key; empty within a record type.
	Object   string   `yaml:"object"`
	Key      string   `yaml:"key"`
	Name     string   `yaml:"name"`
	Aliases  []string `yaml:"aliases"`
	Type     string   `yaml:"type"`
	Options  []string `yaml:"options"`
	Unit     string   `yaml:"unit"`
	Max      int      `yaml:"max"`
	Required bool     `yaml:"required"`
	Stage    string   `yaml:"stage"` // of deals: the stage that cannot be entered without it
	See      []string `yaml:"see"`   // roles
	Edit     []string `yaml:"edit"`  // roles
	Card     bool     `yaml:"card"`
}

// RecordType is a kind of record of the company's own.
type RecordType struct {
	Key      string        `yaml:"key"`
	Name     string        `yaml:"name"`
	Aliases  []string      `yaml:"aliases"`
	Prefix   string        `yaml:"prefix"`
	Customer bool          `yaml:"customer"`
	See      []string      `yaml:"see"`  // roles
	File     []string      `yaml:"file"` // roles
	Fields   []CustomField `yaml:"fields"`
}

const (
	maxCustomFields  = 40 // of one kind of record
	maxCustomOptions = 30
	maxRecordTypes   = 20
)

var (
	fieldForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)
	prefixForm = regexp.MustCompile(`^[A-Z]{2,4}$`)
	fieldTypes = []string{"text", "number", "money", "percent", "date", "bool", "choice", "person", "customer", "product"}
	// fieldObjects are the program's own kinds of records that can have fields, by their names.
	fieldObjects = [][2]string{
		{"customer", "客户"},
		{"opportunity", "商机"},
		{"contract", "合同"},
		{"visit", "拜访"},
		{"complaint", "投诉"},
		{"after_sales", "售后"},
		{"sample", "样品"},
		{"competitor", "竞品"},
		{"training", "培训反馈"},
		{"expense", "费用"},
	}
	// takenKeys are kinds of records that rules and the HTTP interface know already, takenPrefixes begin numbers of others.
	takenKeys = []string{
		"lead", "plan", "todo", "report", "person", "product", "authorisation", "fact", "absence", "company", "deal", "invoice", "payment",
		"shipment", "quote", "incident", "rule", "file",
	}
	takenPrefixes = []string{"HT", "BJ", "TJ", "FP", "HK", "FH", "TH", "XS"}
	// takenNames are fields that records have of themselves: a custom one of the same name would never be reached.
	takenNames = []string{
		"名称", "电话", "行业", "城市", "负责人", "级别", "金额", "阶段", "客户", "产品", "产品线", "预计签约日", "状态", "编号", "预付比例", "账期", "交期", "折扣",
		"到期日", "联系人", "日期", "信用代码", "区域", "预算范围", "决策链", "采购周期", "技术配置", "采购负责人", "地址", "规模", "记录人",
	}
)

// ObjectKey is the key of a kind of record by its Chinese name or key; "" when there is none.
func (f FieldFile) ObjectKey(word string) string {
	for _, o := range fieldObjects {
		if word == o[0] || word == o[1] {
			return o[0]
		}
	}
	for _, r := range f.Records {
		if word == r.Key || word == r.Name {
			return r.Key
		}
	}
	return ""
}

// ReadFields reads the company's own fields with read, which is os.ReadFile or any reader of whole files. The error is
// Problems, each with its line.
func (c Config) ReadFields(read func(name string) ([]byte, error)) (FieldFile, error) {
	var f FieldFile
	name := c.Fields.File
	if name == "" {
		return f, nil
	}
	data, err := read(name)
	if err == nil && len(data) > maxFile {
		err = errTooLarge
	}
	if err != nil {
		return f, Problems{{File: name, What: "cannot be read: " + err.Error(), Fix: "check fields.file in the configuration"}}
	}
	var d decoder
	d.decode(name, data, &f)
	if len(d.problems) == 0 {
		f.check(func(key, what, fix string) { d.problem(d.at(key), key, what, fix) })
	}
	return f, d.problems.err()
}

// CheckFields checks fields and record types that were put together otherwise than by reading a file. The error is Problems.
func CheckFields(f FieldFile) error {
	var ps Problems
	f.check(func(key, what, fix string) { ps = append(ps, Problem{Key: key, What: what, Fix: fix}) })
	return ps.err()
}

func (f FieldFile) check(report reporter) {
	if len(f.Records) > maxRecordTypes {
		report("records", fmt.Sprintf("has %d entries", len(f.Records)), fmt.Sprintf("list at most %d record types", maxRecordTypes))
	}
	keys, words, prefixes := map[string]string{}, map[string]string{}, map[string]string{}
	for _, o := range fieldObjects {
		keys[o[0]], words[o[1]] = "the program", "the program"
	}
	for _, k := range takenKeys {
		keys[k] = "the program"
	}
	for _, p := range takenPrefixes {
		prefixes[p] = "the program"
	}
	of := map[string]*fieldWords{}
	for i, r := range f.Records {
		r.check(report, fmt.Sprintf("records[%d]", i), keys, words, prefixes, of)
	}
	for i, x := range f.Fields {
		at := fmt.Sprintf("fields[%d]", i)
		key := f.ObjectKey(x.Object)
		if key == "" {
			var names []string
			for _, o := range fieldObjects {
				names = append(names, o[1])
			}
			report(at+".object", strconv.Quote(x.Object)+" is no kind of record", "use one of "+oneOf(names)+", or a name under records")
			continue
		}
		x.Object = key
		x.check(report, at, of)
	}
}

// check reports what is wrong with a record type; keys, words and prefixes are where each was first.
func (r RecordType) check(report reporter, at string, keys, words, prefixes map[string]string, of map[string]*fieldWords) {
	once(report, keys, at+".key", r.Key, "record type")
	if !fieldForm.MatchString(r.Key) {
		report(at+".key", strconv.Quote(r.Key)+" is no key", "write small letters, digits and _, e.g. device")
	}
	for key, w := range names(at, r.Name, r.Aliases) {
		named(report, key, w)
		once(report, words, key, w, "record type")
	}
	once(report, prefixes, at+".prefix", r.Prefix, "record type")
	if !prefixForm.MatchString(r.Prefix) {
		report(at+".prefix", strconv.Quote(r.Prefix)+" is no beginning of a number", "write two to four capital letters, e.g. SB")
	}
	anyRoles(report, at+".see", r.See)
	anyRoles(report, at+".file", r.File)
	if len(r.Fields) == 0 {
		report(at+".fields", "has no entries", "list at least one field")
	}
	for j, x := range r.Fields {
		at := fmt.Sprintf("%s.fields[%d]", at, j)
		if x.Object != "" {
			report(at+".object", "stands in a record type already", "remove it")
		}
		x.Object = r.Key
		x.check(report, at, of)
	}
}

// names are a name and its aliases by the keys under which they stand in the file.
func names(at, name string, aliases []string) iter.Seq2[string, string] {
	return func(yield func(key, word string) bool) {
		if !yield(at+".name", name) {
			return
		}
		for i, word := range aliases {
			if !yield(fmt.Sprintf("%s.aliases[%d]", at, i), word) {
				return
			}
		}
	}
}

// fieldWords are the keys and words of one kind of record's fields, and where each was first.
type fieldWords struct {
	keys, words map[string]string
	n           int
}

func (x CustomField) check(report reporter, at string, of map[string]*fieldWords) {
	w := of[x.Object]
	if w == nil {
		w = &fieldWords{map[string]string{}, map[string]string{}, 0}
		of[x.Object] = w
	}
	if w.n++; w.n == maxCustomFields+1 {
		report(at, "is one too many", fmt.Sprintf("give a kind of record at most %d fields", maxCustomFields))
	}
	once(report, w.keys, at+".key", x.Key, "field of this record")
	if !fieldForm.MatchString(x.Key) {
		report(at+".key", strconv.Quote(x.Key)+" is no key", "write small letters, digits and _, e.g. budget_source")
	}
	for key, word := range names(at, x.Name, x.Aliases) {
		named(report, key, word)
		once(report, w.words, key, word, "field of this record")
		switch {
		case strings.ContainsAny(word, " \t,，、;；:：=().。+-*/<>\"'"):
			report(key, strconv.Quote(word)+" has a space or a sign in it", "write Chinese characters, letters and digits only")
		case slices.Contains(takenNames, word):
			report(key, strconv.Quote(word)+" is a field the program has already", "choose another name, e.g. 我司"+word)
		}
	}
	x.checkType(report, at)
	anyRoles(report, at+".see", x.See)
	anyRoles(report, at+".edit", x.Edit)
	if x.Stage != "" && x.Object != "opportunity" {
		report(at+".stage", "is for fields of 商机 only", "use required: true, or remove it")
	}
	if x.Stage != "" && !stageForm.MatchString(x.Stage) {
		report(at+".stage", strconv.Quote(x.Stage)+" is no key of a stage", "write a key such as negotiation or medical.quote")
	}
}

func (x CustomField) checkType(report reporter, at string) {
	choice(report, at+".type", x.Type, fieldTypes)
	switch {
	case x.Type == "choice" && (len(x.Options) < 2 || len(x.Options) > maxCustomOptions):
		report(at+".options", fmt.Sprintf("has %d entries", len(x.Options)), fmt.Sprintf("list 2 to %d answers", maxCustomOptions))
	case x.Type != "choice" && len(x.Options) > 0:
		report(at+".options", "are for a choice only", "write type: choice, or remove them")
	}
	seen := map[string]string{}
	for i, o := range x.Options {
		key := fmt.Sprintf("%s.options[%d]", at, i)
		named(report, key, o)
		once(report, seen, key, o, "answer")
	}
	if x.Unit != "" && x.Type != "number" {
		report(at+".unit", "is for numbers only", "write type: number, or remove it")
	}
	most := 0
	switch x.Type {
	case "text":
		most = 300
	case "number", "money", "percent":
		most = 1_000_000_000
	}
	if x.Max != 0 && (x.Max < 0 || x.Max > most) {
		report(at+".max", fmt.Sprintf("%d is not between 1 and %d", x.Max, most), "write a number in that range, or remove it")
	}
}

// anyRoles checks a list of roles that may be empty.
func anyRoles(report reporter, key string, list []string) {
	if len(list) > 0 {
		roles(report, key, list)
	}
}
