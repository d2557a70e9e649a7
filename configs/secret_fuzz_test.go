package configs

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// secretKeys lists the keys of the configuration that hold secrets, by its own types.
func secretKeys(v reflect.Value, path string) []string {
	if v.Type() == reflect.TypeFor[Secret]() {
		return []string{path}
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		if path != "" {
			name = path + "." + name
		}
		out = append(out, secretKeys(v.Field(i), name)...)
	}
	return out
}

// FuzzEnv puts any value into each variable. Whatever is wrong with it, a secret is not repeated in what is said of it,
// nor in any way of printing the configuration.
func FuzzEnv(f *testing.F) {
	for _, s := range []string{"user:hunter22hunter22@tcp(db:3306)/x", "hunter22hunter22", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "https://qyapi.weixin.qq.com/?key=hunter22hunter22", "\x00hunter22hunter22", "%zz%hunter22hunter22"} {
		f.Add(s, "5m")
	}
	f.Add("", "0.0.0.0:80")
	f.Add("x", "a,b=c")
	keys := secretKeys(reflect.ValueOf(Default()), "")
	if len(keys) < 8 {
		f.Fatalf("only %v hold secrets", keys)
	}
	f.Fuzz(func(t *testing.T, secret, plain string) {
		var env []string
		for _, k := range keys {
			env = append(env, envName(k)+"="+secret)
		}
		for _, k := range []string{"listen", "public_url", "wecom.agent_id", "rules.daily", "redis.addrs", "wecom.api_base", "dingtalk.edition", "log.level"} {
			env = append(env, envName(k)+"="+plain)
		}
		c, err := Load("", env)
		var ps Problems
		if err != nil && !errors.As(err, &ps) {
			t.Fatalf("the error is a %T", err)
		}
		if len(secret) < 12 || strings.Contains(plain, secret) || strings.Trim(secret, "*") == "" {
			return
		}
		said := fmt.Sprintf("%v %+v %#v %v", c, c, c, err)
		if b, err := json.Marshal(c); err == nil {
			said += string(b)
		}
		if strings.Contains(said, secret) {
			t.Fatalf("a secret is told: %v", err)
		}
	})
}

// FuzzMaster reads any organisation file and any master data beside it.
func FuzzMaster(f *testing.F) {
	org := "people:\n  - {id: a, name: 甲, roles: [rep], platforms: {wecom: a}}\nmaster:\n  file: m.json\n  default_owner: a\n"
	f.Add(org, `{"customers":[{"id":"c","name":"绍兴市立医院","owner":"x"}],"products":[{"id":"p","name":"n","list_price":"1e9"}]}`)
	f.Add(org, `{"customers":null,"contracts":[{"no":"","amount":"-"}]}`)
	f.Add("people: []\nmaster: {file: ../../etc/passwd}\n", `[]`)
	f.Fuzz(func(t *testing.T, org, master string) {
		o, err := LoadOrg("org.yaml", func(name string) ([]byte, error) {
			if name == "org.yaml" {
				return []byte(org), nil
			}
			return []byte(master), nil
		})
		var ps Problems
		if err != nil && !errors.As(err, &ps) {
			t.Fatalf("the error is a %T", err)
		}
		if err == nil && len(o.People) == 0 {
			t.Error("an organisation without people was accepted")
		}
	})
}
