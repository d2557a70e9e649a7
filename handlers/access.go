package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// reads reports whether a person may read a customer's card: whose it is (as a whole, a part or a line), those above, and
// those the papers pass through. Who has nobody can be looked at by everyone.
func (a *App) reads(t bot.Turn, book *Book, c sales.Customer) bool {
	return c.OwnerID == 0 || a.works(t, book, c) || sales.SeesContracts(t.Person)
}

// works reports whether a person works with a customer or is above somebody who does.
func (a *App) works(t bot.Turn, book *Book, c sales.Customer) bool {
	scope := t.Org.ScopeOf(t.Person)
	if scope.CoversCustomer(c.OwnerID, book.Owners.Of(c.ID)) {
		return true
	}
	// Who has left is in nobody's list of members, but was somebody's.
	return c.OwnerID != 0 && t.Org.Above(t.Person, c.OwnerID)
}

// mayWorkOn refuses who neither works with a customer nor is above somebody who does.
func (a *App) mayWorkOn(t bot.Turn, book *Book, c sales.Customer) error {
	switch {
	case a.works(t, book, c):
		return nil
	case c.OwnerID == 0:
		return sales.Errorf(sales.Forbidden, c.Name+"在公海,先领取再改:领取 "+c.Name)
	}
	return sales.Errorf(sales.Forbidden, c.Name+"是"+t.Org.Name(c.OwnerID)+"的客户,要改找"+t.Org.Name(c.OwnerID)+"或他的主管。")
}

// customerArg takes the customer a text begins with, and the rest. id is 0 when the reply must say why not. A name that
// was only guessed is asked for in full: nothing is changed on a guess.
func (a *App) customerArg(ctx context.Context, t bot.Turn, tx Tx, text string) (sales.Customer, string, bot.Reply, error) {
	word, rest := cutWord(text)
	book, err := a.Names.Book(ctx)
	if err != nil {
		return sales.Customer{}, "", bot.Reply{}, err
	}
	ref, _ := book.Parser.FindCustomer(parse.Input{Text: word, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	if ref.ID != 0 && ref.Fuzzy {
		name := book.Customer(sales.ID(ref.ID))
		return sales.Customer{}, "", bot.Text(quoted(word, "") + "是" + name + "吗?是的话写全称再发一次:" + strings.TrimSpace(t.Command+" "+name+" "+rest)), nil
	}
	id, reply, err := a.findCustomer(ctx, t, word)
	if err != nil || id == 0 {
		return sales.Customer{}, "", reply, err
	}
	c, err := tx.CustomerByID(ctx, id)
	return c, rest, bot.Reply{}, err
}

// customerToWorkOn is customerArg for what is to be changed: it refuses who neither works with the customer nor is above
// somebody who does. The book is the one that was asked.
func (a *App) customerToWorkOn(ctx context.Context, t bot.Turn, tx Tx) (*Book, sales.Customer, string, bot.Reply, error) {
	c, rest, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return nil, sales.Customer{}, "", reply, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return nil, sales.Customer{}, "", bot.Reply{}, err
	}
	if err := a.mayWorkOn(t, book, c); err != nil {
		return nil, sales.Customer{}, "", bot.Reply{}, err
	}
	return book, c, rest, bot.Reply{}, nil
}

// coworker finds an active member by name; the error says what to do when there is none or more than one.
func coworker(t bot.Turn, name string) (sales.Person, error) {
	name = strings.TrimLeft(bare(name), "@＠")
	found := t.Org.ByName(name)
	switch {
	case name == "":
		return sales.Person{}, sales.Errorf(sales.Invalid, "还没写给谁。把同事的姓名写在后面。")
	case len(found) == 0:
		return sales.Person{}, sales.Errorf(sales.NotFound, "没有叫"+quoted(name, "")+"的在职同事。写全名再发一次。")
	case len(found) > 1:
		return sales.Person{}, sales.Errorf(sales.Conflict, "叫"+name+"的有 "+itoa(len(found))+" 位,我分不清是谁。让管理员在人员名单里改开。")
	}
	return found[0], nil
}

// leads reports whether a person leads somebody.
func leads(t bot.Turn) bool {
	return t.Person.Has(sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin) || len(t.Org.Led(t.Person.ID)) > 0
}
