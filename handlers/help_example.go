package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// Words of a usage that stand for something of the person's own. The rest of a usage is said as it is.
var (
	reUsageNo  = regexp.MustCompile(`[A-Z]{2,4}\d{4}-\d{3}`)
	reLeadNo   = regexp.MustCompile(`L12\b`)
	reApprover = regexp.MustCompile(`^(转交|加签)$`)
)

// spoken are said in the place of what a usage only names.
var spoken = map[string]string{
	"怎么处理的": "换了电源板,好了", "原因": "预算明年才有", "日期": "12月31日", "名称": "", "编号": "1", "A": "", "B": "",
	"字段": "预算范围", "值": "50万到80万", "角色": "决策人", "手机": "13800005678",
	"联系人": "王主任", "聊了什么": "介绍新方案,嫌贵10%,下周二前发报价",
}

// example is a message that this person can send as it is: the command's own example, else its usage with a customer, contract,
// lead or colleague of theirs in the place of the words. It is empty where it takes a contract or lead and there is none.
func (h helper) example(ctx context.Context, t bot.Turn, tx Tx, c bot.Command[Tx]) (string, error) {
	if c.Example != nil {
		return c.Example(ctx, t, tx)
	}
	form, _, _ := strings.Cut(c.Usage, " / ")
	if c.Name == "合并" {
		return h.mergeExample(ctx, t)
	}
	if reLeadNo.MatchString(form) {
		if leads, err := tx.LeadsOf(ctx, t.Org.ScopeOf(t.Person), 1); err != nil {
			return "", err
		} else if len(leads) == 0 {
			return "", nil
		} else {
			form = reLeadNo.ReplaceAllString(form, leads[0].No)
		}
	}
	if no := reUsageNo.FindString(form); no != "" && !strings.HasPrefix(no, "HT") {
		return "", nil // of what was filed an hour ago there is no telling
	}
	if reUsageNo.MatchString(form) {
		no, err := h.paperNo(ctx, t, tx, c.Name)
		if err != nil {
			return "", err
		}
		if no == "" {
			return "", nil
		}
		form = reUsageNo.ReplaceAllString(form, no)
	}
	book, err := h.app.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	customer, _ := book.ownCustomer(t.Person.ID)
	words := strings.Fields(form)
	for i, w := range words[min(1, len(words)):] {
		switch filler, known := spoken[w]; {
		case w == "客户" && c.Name != "导入" && c.Name != "导出" && c.Name != "网页":
			words[i+1] = orElse(customer, "绍兴市立医院")
		case w == "产品":
			words[i+1] = anyProduct(book)
		case w == "姓名" || len(t.Org.ByName(w)) > 0:
			words[i+1] = h.colleague(t, w, reApprover.MatchString(c.Name))
		case known:
			words[i+1] = filler
		}
	}
	switch c.Name {
	case "产品", "产品资料":
		words = append(words[:1], anyProduct(book))
	case "改产品":
		words = append(words[:1], anyProduct(book), "有效期", itoa(t.Today.Year()+2)+"-12-31")
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " "), nil
}

// anyProduct is a product of ours, the first by name.
func anyProduct(book *Book) string {
	best := ""
	for _, p := range book.Products {
		if best == "" || p.Name < best {
			best = p.Name
		}
	}
	return orElse(best, "生化分析仪")
}

// colleague is somebody else whom an example can name: the one it names, unless that is the person; for an approval one of the
// same office.
func (h helper) colleague(t bot.Turn, named string, approver bool) string {
	for _, p := range t.Org.ByName(named) {
		if p.ID != t.Person.ID && !approver {
			return p.Name
		}
	}
	for _, p := range t.Org.People() {
		if p.ID == t.Person.ID || approver && !p.Has(t.Person.Roles...) && !p.Has(sales.RoleLegalHead, sales.RoleLegal) || !approver && !p.Has(sales.RoleRep) {
			continue
		}
		return p.Name
	}
	return named
}

// paperNo is the number of a contract that an example can name: one that waits for the person, else the newest they may see.
func (h helper) paperNo(ctx context.Context, t bot.Turn, tx Tx, command string) (string, error) {
	if t.Person.Has(sales.RoleLegal, sales.RoleLegalHead, sales.RoleDirector, sales.RoleFinance, sales.RoleGM) && command != "撤回" {
		waiting, err := tx.PendingRequests(ctx, t.Person.ID, 1)
		if err != nil {
			return "", err
		}
		if len(waiting) > 0 {
			return waiting[0].No, nil
		}
	}
	scope := t.Org.ScopeOf(t.Person)
	if command == "撤回" || command == "重新提交" {
		scope = sales.Only(t.Person.ID)
	} else if sales.SeesContracts(t.Person) {
		scope.All = true
	}
	list, err := tx.ContractsOf(ctx, scope, 1)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].No, nil
}

// mergeExample names two customers that the person has.
func (h helper) mergeExample(ctx context.Context, t bot.Turn) (string, error) {
	book, err := h.app.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	first, _ := book.ownCustomer(t.Person.ID)
	second := ""
	for id, c := range book.Customers.All() {
		if book.Resolve(id) == id && c.Name != first && (second == "" || c.Name < second) && (first == "" || c.OwnerID == t.Person.ID) {
			second = c.Name
		}
	}
	return "合并 " + orElse(second, "绍兴市一院") + " 到 " + orElse(first, "绍兴市立医院"), nil
}
