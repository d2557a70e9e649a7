package configs

import (
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
)

const (
	envPrefix = "SALESFLOW_"
	// maxSecretFile bounds a file that holds one secret.
	maxSecretFile = 64 << 10
)

// Load reads the configuration: the defaults, over them the file at path (empty: none), over that the variables of
// environ (as os.Environ gives them). An empty variable counts as not set.
//
// A secret may stand in a file of its own, named by its key with _file (token_file: /run/secrets/token) or its variable
// with _FILE. Relative paths in the file count from its folder, those in the environment from the working directory.
//
// The error is Problems and holds everything that is wrong, values that Validate refuses included.
func Load(path string, environ []string) (Config, error) {
	l := loader{cfg: Default(), env: map[string]string{}}
	if path != "" {
		l.fromFile(path)
	}
	l.fromEnv(environ)
	if l.cfg.DingTalk.RobotCode == "" {
		l.cfg.DingTalk.RobotCode = l.cfg.DingTalk.ClientID
	}
	l.cfg.check(l.report)
	if err := l.dec.problems.err(); err != nil {
		return Config{}, err
	}
	return l.cfg, nil
}

// Validate reports, as Problems, every value that cannot work. Load has done it; it is for a Config changed afterwards.
func (c Config) Validate() error {
	var ps Problems
	c.check(func(key, what, fix string) {
		ps = append(ps, Problem{Key: key, What: what, Fix: fix})
	})
	return ps.err()
}

type loader struct {
	cfg Config
	dec decoder
	env map[string]string // path of a key → the variable that set it
}

// report places a problem of a value at where the value came from.
func (l *loader) report(key, what, fix string) {
	p := Problem{Key: key, What: what, Fix: fix}
	if env, ok := nearest(l.env, key); ok {
		p.Env = env
	} else {
		p.File, p.Line = l.dec.file, l.dec.at(key)
	}
	l.dec.problems = append(l.dec.problems, p)
}

func (l *loader) fromFile(path string) {
	data, err := readFile(path, maxFile)
	if err != nil {
		l.dec.problems = append(l.dec.problems, Problem{
			File: path, What: "cannot be read: " + err.Error(), Fix: "check the path given with --config and its permissions",
		})
		return
	}
	l.dec.decode(path, data, &l.cfg)
	folder := filepath.Dir(path)
	for key, name := range l.dec.secretFiles {
		if target, ok := strings.CutPrefix(key, "webhooks."); ok {
			l.hookSecretFile(strings.TrimSuffix(target, ".secret"), key, relativeTo(folder, name))
			continue
		}
		field := l.field(key)
		if field.String() != "" {
			l.report(key, "is set here and by "+key+"_file", "keep one of the two")
			continue
		}
		l.secretFile(field, key, relativeTo(folder, name))
	}
	for i, name := range l.cfg.Calendar.Files {
		l.cfg.Calendar.Files[i] = relativeTo(folder, name)
	}
	for _, key := range []string{"data_dir", "organisation.file", "rules.dir", "fields.file"} {
		if _, written := l.dec.lines[key]; written {
			field := l.field(key)
			field.SetString(relativeTo(folder, field.String()))
		}
	}
}

// hookSecretFile reads the secret of a target, which stands in a map.
func (l *loader) hookSecretFile(target, key, name string) {
	hook := l.cfg.Webhooks[target]
	if hook.Secret != "" {
		l.report(key, "is set here and by "+key+"_file", "keep one of the two")
		return
	}
	l.secretFile(reflect.ValueOf(&hook.Secret).Elem(), key, name)
	l.cfg.Webhooks[target] = hook
}

// relativeTo makes a path that is relative count from folder.
func relativeTo(folder, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

func (l *loader) secretFile(field reflect.Value, key, name string) {
	data, err := readFile(name, maxSecretFile)
	if err != nil {
		l.report(key, "its file cannot be read: "+err.Error(), "check the path and its permissions")
		return
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		l.report(key, "its file "+name+" is empty", "write the secret into it, nothing else")
		return
	}
	field.SetString(text)
}

// notOurs are variables with our prefix that others set: the tests' servers, and what Kubernetes and Docker links add to
// every container when a service is named salesflow.
var notOurs = regexp.MustCompile(`^SALESFLOW_(TEST_|SERVICE_HOST$|SERVICE_PORT|PORT$|PORT_\d)`)

func (l *loader) fromEnv(environ []string) {
	keys := map[string]string{} // variable → path
	var names []string
	for _, o := range options(configType, "") {
		keys[envName(o.path)] = o.path
		names = append(names, envName(o.path))
	}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) || notOurs.MatchString(name) || value == "" {
			continue
		}
		if path, ok := keys[name]; ok {
			l.setFromEnv(name, path, value)
			continue
		}
		if path, ok := keys[strings.TrimSuffix(name, "_FILE")]; ok && l.field(path).Type() == secretType {
			l.secretFromEnvFile(name, path, value, environ)
			continue
		}
		if fix, ok := movedVariable(name); ok {
			l.dec.problems = append(l.dec.problems, Problem{Env: name, What: "is not used any more", Fix: fix})
			continue
		}
		p := Problem{Env: name, What: "unknown variable", Fix: "remove it; the names follow the keys of the example file"}
		if near := closest(name, names); near != "" {
			p.Fix = "did you mean " + near + "?"
		}
		l.dec.problems = append(l.dec.problems, p)
	}
}

func (l *loader) setFromEnv(name, path, value string) {
	l.env[path] = name
	field := l.field(path)
	if err := setText(field, value); err != nil {
		l.report(path, err.Error(), "write "+wanted(field.Type()))
	}
}

func (l *loader) secretFromEnvFile(name, path, file string, environ []string) {
	l.env[path] = name
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, envName(path)+"="); ok && value != "" {
			l.report(path, "is set by "+envName(path)+" too", "keep one of the two")
			return
		}
	}
	l.secretFile(l.field(path), path, file)
}

// field is the value behind the path of a key.
func (l *loader) field(path string) reflect.Value {
	v := reflect.ValueOf(&l.cfg).Elem()
	for _, key := range strings.Split(path, ".") {
		v, _ = fieldByKey(v, key)
	}
	return v
}

var configType = reflect.TypeFor[Config]()

// option is one key that takes a value.
type option struct {
	path string
	typ  reflect.Type
}

func options(t reflect.Type, path string) []option {
	var list []option
	for i := range t.NumField() {
		f := t.Field(i)
		at := join(path, keyOf(f))
		if isStruct(f.Type) {
			list = append(list, options(f.Type, at)...)
			continue
		}
		list = append(list, option{path: at, typ: f.Type})
	}
	return list
}

// envName is the environment variable of a key.
func envName(path string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}
