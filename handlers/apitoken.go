package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// TokenTx keeps tokens of the HTTP interface.
type TokenTx interface {
	CreateAPIToken(t sales.APIToken)
	UpdateAPIToken(t sales.APIToken)
	// APITokens lists those that are not revoked, the oldest first.
	APITokens(ctx context.Context) ([]sales.APIToken, error)
}

// maxTokens is how many tokens a company may have at a time.
const maxTokens = 50

// TokenMaker makes a token of the interface and what is kept of it.
type TokenMaker func(random []byte) (token, hash string)

// apiObjects are what a token's scopes are about, by the words people use.
var apiObjects = []struct {
	word, key string
	write     bool
}{
	{"客户", "customers", true},
	{"拜访", "visits", true},
	{"待办", "todos", true},
	{"商机", "opportunities", true},
	{"合同", "contracts", true},
	{"发货", "shipments", true},
	{"发票", "invoices", true},
	{"回款", "payments", true},
	{"订单", "erp", true},
	{"事件", "events", false},
	{"字段", "fields", true},
	{"档案", "records", true},
}

func (a *App) registerToken(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "接口令牌", Aliases: []string{"jklp", "API令牌"}, Summary: "给别的系统开、停接口令牌",
		Usage: "接口令牌 / 接口令牌 新建 ERP 读 客户、合同 / 接口令牌 停用 ERP",
		Detail: "别的系统凭令牌读写数据,接口说明在网址 /api/v1/openapi.json。读 或 读写 后面写对象:客户、拜访、待办、商机、合同、发货、发票、回款、订单、事件、字段、档案,或 全部。" +
			"默认是系统令牌,看得到全公司;最后写 用 王芳 的权限,就只看得到王芳能看的。令牌只显示一次。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "接口令牌", nil }, Roles: []sales.Role{sales.RoleAdmin}, Rank: map[sales.Role]int{sales.RoleAdmin: 80}, Handle: a.Tokens,
	})
}

// Tokens lists, makes and revokes tokens.
func (a *App) Tokens(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("令牌不在群里弄。单独发给我。"), nil
	}
	all, err := tx.APITokens(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	word, rest := cutWord(t.Args)
	switch word {
	case "":
		return bot.Text(tokenList(t, all)), nil
	case "新建", "新增", "加":
		return a.newToken(t, tx, all, rest)
	case "停用", "删除", "作废":
		return a.revokeToken(t, tx, all, rest)
	}
	return bot.Text("没看懂" + quoted(word, "") + "。这样发:接口令牌 新建 ERP 读 客户、合同"), nil
}

func tokenList(t bot.Turn, all []sales.APIToken) string {
	if len(all) == 0 {
		return "还没有接口令牌。要开一个,发:接口令牌 新建 ERP 读 客户、合同"
	}
	lines := []string{"**接口令牌 " + itoa(len(all)) + " 个**"}
	for _, k := range all {
		whose := "系统"
		if k.PersonID != 0 {
			whose = t.Org.Name(k.PersonID) + "的权限"
		}
		lines = append(lines, k.Name+" · "+scopeWords(k.Scopes)+" · "+whose+" · "+sales.FormatTime(k.CreatedAt.Time, t.Now)+" "+t.Org.Name(k.CreatedBy)+"开")
	}
	return strings.Join(append(lines, "要停,发:接口令牌 停用 "+all[0].Name), "\n")
}

// scopeWords reads scopes back: "读写客户、读合同".
func scopeWords(scopes []string) string {
	var parts []string
	for _, o := range apiObjects {
		switch {
		case slices.Contains(scopes, o.key+":write"):
			parts = append(parts, "读写"+o.word)
		case slices.Contains(scopes, o.key+":read"):
			parts = append(parts, "读"+o.word)
		}
	}
	return strings.Join(parts, "、")
}

func (a *App) newToken(t bot.Turn, tx Tx, all []sales.APIToken, words string) (bot.Reply, error) {
	name, rest := cutWord(words)
	k := sales.APIToken{ID: tx.NewID(), Name: name, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), Version: 1}
	switch {
	case name == "" || rest == "":
		return bot.Text("写上名字和权限:接口令牌 新建 ERP 读 客户、合同"), nil
	case len([]rune(name)) > 30:
		return bot.Text("名字最长 30 个字。"), nil
	case slices.ContainsFunc(all, func(o sales.APIToken) bool { return o.Name == name }):
		return bot.Text("已经有叫" + name + "的令牌。换个名字,或先 接口令牌 停用 " + name), nil
	case len(all) >= maxTokens:
		return bot.Text("令牌已有 " + itoa(maxTokens) + " 个。先停用不用的。"), nil
	}
	if before, who, ok := strings.Cut(rest, "用"); ok {
		who = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(who), "的权限"))
		p, err := coworker(t, who)
		if err != nil {
			return bot.Reply{}, err
		}
		k.PersonID, rest = p.ID, before
	}
	scopes, wrong := parseScopes(rest)
	if wrong != "" {
		return bot.Text("权限里的" + quoted(wrong, "") + "没看懂。先写 读 或 读写,再写对象:客户、拜访、待办、商机、合同、发货、发票、回款、订单、事件、字段、档案 或 全部。"), nil
	}
	k.Scopes = scopes
	random, err := a.Secret(32)
	if err != nil {
		return bot.Reply{}, err
	}
	token, hash := a.NewAPIToken(random)
	k.Hash = hash
	tx.CreateAPIToken(k)
	audit(tx, t, "api_token.create", "api_token", k.ID, sales.Change{Field: "权限", New: scopeWords(scopes)})
	return bot.Text("令牌 " + name + " 开好了:" + scopeWords(scopes) + "。只显示这一次,存到对方系统里就删掉这条消息:\n" + token), nil
}

// parseScopes reads "读写 客户、商机 读 合同". wrong is the first word that is none.
func parseScopes(text string) (scopes []string, wrong string) {
	write := false
	add := func(key string, canWrite bool) {
		for _, s := range []string{key + ":read", key + ":write"} {
			if (s == key+":read" || write && canWrite) && !slices.Contains(scopes, s) {
				scopes = append(scopes, s)
			}
		}
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" 、,,;;", r) }) {
		switch {
		case w == "读" || w == "只读":
			write = false
			continue
		case w == "读写" || w == "写":
			write = true
			continue
		case strings.HasPrefix(w, "读写"):
			write, w = true, strings.TrimPrefix(w, "读写")
		case strings.HasPrefix(w, "读"):
			write, w = false, strings.TrimPrefix(w, "读")
		}
		i := slices.IndexFunc(apiObjects, func(o struct {
			word, key string
			write     bool
		},
		) bool {
			return o.word == w
		})
		switch {
		case w == "全部":
			for _, o := range apiObjects {
				add(o.key, o.write)
			}
		case i >= 0:
			add(apiObjects[i].key, apiObjects[i].write)
		default:
			return nil, w
		}
	}
	if len(scopes) == 0 {
		return nil, text
	}
	slices.Sort(scopes)
	return scopes, ""
}

func (a *App) revokeToken(t bot.Turn, tx Tx, all []sales.APIToken, name string) (bot.Reply, error) {
	i := slices.IndexFunc(all, func(k sales.APIToken) bool { return k.Name == strings.TrimSpace(name) })
	if i < 0 {
		return bot.Text("没有叫" + quoted(name, "") + "的令牌。发 接口令牌 看有哪些。"), nil
	}
	k := all[i]
	k.RevokedAt = sales.At(t.Now)
	tx.UpdateAPIToken(k)
	audit(tx, t, "api_token.revoke", "api_token", k.ID)
	return bot.Text("令牌 " + k.Name + " 停了,拿着它的系统从现在起进不来。"), nil
}
