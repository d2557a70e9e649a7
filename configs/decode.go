package configs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds what is read from disk: a file of people and master data for a start is far smaller.
const maxFile = 16 << 20

// readFile reads at most max bytes of a file.
func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("larger than %d bytes", most)
	}
	return data, nil
}

// decoder fills Go values from YAML by their yaml tags. Unlike the parser's own decoding it goes on after a mistake,
// reads every scalar as the text that was typed (a token 0123 stays 0123) and remembers the line of every key.
type decoder struct {
	file     string
	lines    map[string]int
	problems Problems
	// secretFiles are the files named beside secrets (token_file: …), by the secret's path.
	secretFiles map[string]string
}

// decode reads the YAML document data, which came from file, into the struct that into points to.
func (d *decoder) decode(file string, data []byte, into any) {
	d.file, d.lines, d.secretFiles = file, map[string]int{}, map[string]string{}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		d.syntax(err)
		return
	}
	if len(doc.Content) == 0 {
		return
	}
	d.value(doc.Content[0], reflect.ValueOf(into).Elem(), "")
}

// syntax reports text that is not YAML. The parser puts the line into its message only.
func (d *decoder) syntax(err error) {
	p := Problem{File: d.file, What: "not valid YAML", Fix: "check indentation, colons and quotes around this line"}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var line int
	if n, _ := fmt.Sscanf(text, "line %d:", &line); n == 1 {
		p.Line = line
		_, text, _ = strings.Cut(text, ": ")
	}
	p.What += ": " + text
	d.problems = append(d.problems, p)
}

func (d *decoder) problem(line int, key, what, fix string) {
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Key: key, What: what, Fix: fix})
}

// at is the line of a key, or of the nearest section around it that was written.
func (d *decoder) at(key string) int {
	line, _ := nearest(d.lines, key)
	return line
}

// nearest is what is noted for a key, or else for the closest section around it.
func nearest[T any](notes map[string]T, key string) (note T, ok bool) {
	for key != "" {
		if note, ok = notes[key]; ok {
			return note, true
		}
		key = key[:max(0, strings.LastIndexAny(key, ".["))]
	}
	return note, false
}

func (d *decoder) value(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.AliasNode {
		d.problem(n.Line, path, "uses a YAML alias", "write the value out")
		return
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // a key without a value keeps its default
	}
	switch {
	case isStruct(v.Type()):
		d.mapping(n, v, path)
	case v.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
		for i, item := range n.Content {
			at := fmt.Sprintf("%s[%d]", path, i)
			d.lines[at] = item.Line
			d.value(item, list.Index(i), at)
		}
		v.Set(list)
	case v.Kind() == reflect.Map && n.Kind == yaml.MappingNode:
		d.entries(n, v, path)
	case n.Kind != yaml.ScalarNode:
		d.problem(n.Line, path, "wants "+wanted(v.Type()), "write it on one line")
	default:
		if err := setText(v, n.Value); err != nil {
			d.problem(n.Line, path, err.Error(), "write "+wanted(v.Type()))
		}
	}
}

// mapping fills a struct.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.problem(n.Line, path, "is a section with keys of its own", "put its keys below it, indented: "+oneOf(keysOf(v.Type())))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, at := n.Content[i].Value, join(path, n.Content[i].Value)
		if !d.firstTime(at, n.Content[i].Line) {
			continue
		}
		field, ok := fieldByKey(v, name)
		if ok {
			d.value(n.Content[i+1], field, at)
			continue
		}
		if secret, found := strings.CutSuffix(name, "_file"); found {
			if field, ok := fieldByKey(v, secret); ok && field.Type() == secretType {
				d.secretFiles[join(path, secret)] = n.Content[i+1].Value
				continue
			}
		}
		d.unknown(n.Content[i].Line, path, name, v.Type())
	}
}

// entries fills a map with text keys.
func (d *decoder) entries(n *yaml.Node, v reflect.Value, path string) {
	m := reflect.MakeMapWithSize(v.Type(), len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, at := n.Content[i].Value, join(path, n.Content[i].Value)
		if !d.firstTime(at, n.Content[i].Line) {
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(n.Content[i+1], item, at)
		m.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), item)
	}
	v.Set(m)
}

// firstTime notes the line of a key and reports one that is written twice.
func (d *decoder) firstTime(path string, line int) bool {
	if first, ok := d.lines[path]; ok {
		d.problem(line, path, fmt.Sprintf("is written twice, first in line %d", first), "keep one of the two")
		return false
	}
	d.lines[path] = line
	return true
}

func (d *decoder) unknown(line int, section, name string, t reflect.Type) {
	if fix, ok := movedFix(join(section, name)); ok {
		d.problem(line, join(section, name), "is not used any more", fix)
		return
	}
	known := keysOf(t)
	fix := "remove it, or use one of " + oneOf(known)
	if near := closest(name, known); near != "" {
		fix = "did you mean " + near + "?"
	}
	d.problem(line, join(section, name), "unknown key", fix)
}

var (
	secretType = reflect.TypeFor[Secret]()
	spanType   = reflect.TypeFor[time.Duration]()
	timeType   = reflect.TypeFor[TimeOfDay]()
)

func isStruct(t reflect.Type) bool { return t.Kind() == reflect.Struct }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// keyOf is the name of a struct's field in the file; empty for a field that is not read from it.
func keyOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if name == "-" {
		return ""
	}
	return name
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		if key := keyOf(t.Field(i)); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func fieldByKey(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if k := keyOf(v.Type().Field(i)); k != "" && k == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// wanted says in words what is to be written for a value of type t.
func wanted(t reflect.Type) string {
	switch t {
	case spanType:
		return "a duration such as 48h, 30m or 7d"
	case timeType:
		return "a time of day such as 17:00"
	}
	switch t.Kind() {
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		if isStruct(t.Elem()) {
			return "a list"
		}
		return "a list, each " + strings.TrimPrefix(wanted(t.Elem()), "a ")
	case reflect.Map:
		return "names with a value each"
	default:
		return "text"
	}
}

// setText sets v from what was typed: in the file one scalar, in the environment a whole value, where a list is
// separated by commas and a map written name=value,name=value. Its errors do not repeat secrets.
func setText(v reflect.Value, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
		return nil
	case v.Kind() == reflect.Slice && !isStruct(v.Type().Elem()):
		return setList(v, text)
	case v.Kind() == reflect.Map:
		return setMap(v, text)
	case text == "":
		return nil // as if it were not there
	}
	switch target := v.Addr().Interface().(type) {
	case *time.Duration:
		span, err := parseSpan(text)
		if err != nil {
			return fmt.Errorf("%q is not a duration", text)
		}
		*target = span
	case *TimeOfDay:
		return target.UnmarshalText([]byte(text))
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		*target = n
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		*target = b
	default:
		return errors.New("cannot be written as text")
	}
	return nil
}

func setList(v reflect.Value, text string) error {
	list := reflect.MakeSlice(v.Type(), 0, 0)
	for _, part := range strings.Split(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := setText(item, part); err != nil {
			return err
		}
		list = reflect.Append(list, item)
	}
	v.Set(list)
	return nil
}

func setMap(v reflect.Value, text string) error {
	m := reflect.MakeMap(v.Type())
	for i, part := range strings.Split(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return fmt.Errorf("entry %d is not of the form name=value", i+1)
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := setText(item, value); err != nil {
			return err
		}
		m.SetMapIndex(reflect.ValueOf(strings.TrimSpace(name)).Convert(v.Type().Key()), item)
	}
	v.Set(m)
	return nil
}
