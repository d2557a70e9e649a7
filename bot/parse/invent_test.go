package parse

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// demoMaster is the demonstration company's names, on which the example messages are about.
func demoMaster(t testing.TB) Master {
	t.Helper()
	b, err := os.ReadFile("../../configs/demo/master.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Customers []struct {
			ID, Name, City, Owner string
			Aliases               []string
		}
		Contacts []struct{ ID, Customer, Name, Title string }
		Products []struct {
			ID, Name, Model, Unit string
			Aliases               []string
		}
		Users     []struct{ ID, Name string }
		Contracts []struct{ No, Customer string }
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	ids := map[string]ID{}
	id := func(s string) ID {
		if ids[s] == 0 {
			ids[s] = ID(len(ids) + 1)
		}
		return ids[s]
	}
	var m Master
	for _, u := range file.Users {
		m.People = append(m.People, Person{ID: id(u.ID), Name: u.Name})
	}
	for _, c := range file.Customers {
		m.Customers = append(m.Customers, Customer{ID: id(c.ID), Name: c.Name, Aliases: c.Aliases, City: c.City, Owners: []ID{id(c.Owner)}})
	}
	for _, c := range file.Contacts {
		m.Contacts = append(m.Contacts, Contact{ID: id(c.ID), Customer: id(c.Customer), Name: c.Name, Title: c.Title})
	}
	for _, p := range file.Products {
		m.Products = append(m.Products, Product{ID: id(p.ID), Name: p.Name, Model: p.Model, Aliases: p.Aliases, Unit: p.Unit})
	}
	for _, c := range file.Contracts {
		m.Contracts = append(m.Contracts, Contract{ID: id(c.No), No: c.No, Customer: id(c.Customer)})
	}
	return m
}

// mangled is a message made of others: cut, joined, shuffled, with characters lost, doubled and put in.
func mangled(r *rand.Rand, texts []string) string {
	pick := func() []rune { return []rune(texts[r.IntN(len(texts))]) }
	s := pick()
	switch r.IntN(6) {
	case 0: // two messages in one breath
		s = append(s, pick()...)
	case 1: // clauses in another order
		parts := strings.FieldsFunc(string(s), func(c rune) bool { return strings.ContainsRune(",，。;； ", c) })
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		s = []rune(strings.Join(parts, "，"))
	case 2: // half of one, half of another
		o := pick()
		s = append(slices.Clone(s[:r.IntN(len(s)+1)]), o[r.IntN(len(o)+1):]...)
	case 3: // dictated: no punctuation
		s = slices.DeleteFunc(s, func(c rune) bool { return strings.ContainsRune(",，。;；:：!！?？ ", c) })
	}
	for range r.IntN(4) {
		if len(s) == 0 {
			break
		}
		i := r.IntN(len(s))
		switch r.IntN(4) {
		case 0:
			s = slices.Delete(s, i, i+1)
		case 1:
			s = slices.Insert(s, i, s[i])
		case 2:
			s = slices.Insert(s, i, []rune("😀 的了0一不没5万,")[r.IntN(11)])
		case 3:
			j := r.IntN(len(s))
			s[i], s[j] = s[j], s[i]
		}
	}
	return string(s)
}

// TestNothingIsMadeUp holds that every customer, contact and amount that is understood stands in the message: whatever is
// done to the words, what they do not say is not recorded.
func TestNothingIsMadeUp(t *testing.T) {
	t.Parallel()
	master := demoMaster(t)
	p := Parser{Index: NewIndex(master), Calendar: testCalendar{}}
	texts := exampleTexts(t)
	w := witness{index: p.Index}
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			for range 400 {
				s := mangled(r, texts)
				user := master.People[r.IntN(len(master.People))].ID
				for _, f := range p.Parse(Input{Text: s, Now: testNow, User: user}).Frames {
					if wrong := w.madeUp(s, f); wrong != "" {
						t.Fatalf("%q: %s", s, wrong)
					}
				}
			}
		})
	}
}

// witness checks what was understood against the words.
type witness struct{ index *Index }

// madeUp says what in a frame the text does not say; "" when nothing.
func (w witness) madeUp(s string, f Frame) string {
	customers, contacts, amounts := []CustomerRef{f.Customer}, []ContactRef{f.Contact}, f.Amounts
	if c := f.Correction; c != nil {
		customers, contacts, amounts = append(customers, c.Customer), append(contacts, c.Contact), append(amounts, c.Amount)
	}
	for _, it := range f.Plan {
		customers, contacts = append(customers, it.Customer), append(contacts, it.Contact)
	}
	for _, c := range customers {
		if wrong := w.customer(s, c); wrong != "" {
			return wrong
		}
	}
	for _, c := range contacts {
		if wrong := w.contact(s, c); wrong != "" {
			return wrong
		}
	}
	for _, a := range amounts {
		if !a.Inferred && (a.Value != 0 || a.Min != 0 || a.Max != 0) && !saidAmount(s, a) {
			return fmt.Sprintf("amount %+v", a)
		}
		if a.Inferred && !computed(f, a) {
			return fmt.Sprintf("computed amount %+v", a)
		}
	}
	return ""
}

// customer holds that the words for a customer are in the text and like one of its names, or are those of its contact or
// contract.
func (w witness) customer(s string, c CustomerRef) string {
	said := tidyName(s)
	if c.NewName != "" && !strings.Contains(said, tidyName(c.NewName)) && !strings.Contains(strings.ReplaceAll(said, "的", ""), tidyName(c.NewName)) { // 叫恒锐的模具厂
		return "new customer " + c.NewName
	}
	for _, id := range append(slices.Clone(c.Candidates), c.ID) {
		known, ok := w.index.Customer(id)
		switch {
		case id == 0:
			continue
		case !ok:
			return fmt.Sprintf("customer %d is none", id)
		case !quotes(s, c.Why):
			return fmt.Sprintf("%s from words that are not there: %+v", known.Name, c.Why)
		case c.Why.Rule == RuleContract || c.Inferred && w.namesContact(c.Why.Text, id):
			continue
		}
		if !slices.ContainsFunc(customerKeys(known, nil), func(k nameKey) bool { return k.key == tidyName(c.Why.Text) || Resembles(c.Why.Text, k.key) }) {
			return fmt.Sprintf("%s from %q", known.Name, c.Why.Text)
		}
	}
	return ""
}

func (w witness) namesContact(words string, customer ID) bool {
	return slices.ContainsFunc(w.index.ContactsOf(customer), func(c Contact) bool { return speaksOf(words, c) })
}

// speaksOf reports that words may mean a contact: by the surname, as written or as it sounds, or by the title.
func speaksOf(words string, c Contact) bool {
	surname, _ := utf8.DecodeRuneInString(c.Name)
	heard, _ := utf8.DecodeRuneInString(sound(c.Name))
	if strings.Contains(words, "老总") && slices.Contains(sameTitle["老总"], c.Title) {
		return true
	}
	title := []rune(c.Title)
	return strings.ContainsRune(words, surname) || strings.ContainsRune(sound(words), heard) ||
		len(title) > 0 && strings.Contains(sound(words), sound(string(title[len(title)-1]))) || strings.Contains(c.Title, "采购") && strings.Contains(words, "采购")
}

func (w witness) contact(s string, c ContactRef) string {
	for _, r := range sound(c.NewName) { // 店张 is a 店长 misheard
		if !strings.ContainsRune(sound(tidyName(s)), r) {
			return "new contact " + c.NewName
		}
	}
	for _, id := range append(slices.Clone(c.Candidates), c.ID) {
		if id == 0 {
			continue
		}
		i := slices.IndexFunc(w.index.layers[0].master.Contacts, func(k Contact) bool { return k.ID == id })
		if i < 0 {
			return fmt.Sprintf("contact %d is none", id)
		}
		if k := w.index.layers[0].master.Contacts[i]; !quotes(s, c.Why) || !speaksOf(c.Why.Text, k) {
			return fmt.Sprintf("%s %s from %q", k.Name, k.Title, c.Why.Text)
		}
	}
	return ""
}

// quotes reports that the reason is a part of the text.
func quotes(s string, w Why) bool {
	return w.Start >= 0 && w.End <= len(s) && w.Start < w.End && s[w.Start:w.End] == w.Text
}

// saidAmount holds that the amount is what its words say when they are read alone.
func saidAmount(s string, a Amount) bool {
	if !quotes(s, a.Why) {
		return false
	}
	figures := []int64{a.Value, a.Min, a.Max}
	alone, _ := Money(a.Why.Text)
	for _, v := range figures {
		if v != 0 && v != alone.Value && v != alone.Min && v != alone.Max && !saidNumber(a.Why.Text, v) {
			return false
		}
	}
	return true
}

func saidNumber(words string, fen int64) bool {
	t := newText(words, true)
	for i := range t.r {
		if n, ok := t.num(i); ok {
			for _, v := range []*big.Rat{n.v, n.hi} {
				if v != nil && mul(v, ratInt(100)).Cmp(ratInt(fen)) == 0 {
					return true
				}
			}
		}
	}
	return false
}

// computed holds that a total is a unit price times a quantity of the same frame.
func computed(f Frame, a Amount) bool {
	for _, u := range f.Amounts {
		for _, q := range f.Quantities {
			if n, ok := new(big.Rat).SetString(q.Value); ok && u.Role == RoleUnitPrice && mul(n, ratInt(u.Value)).Cmp(ratInt(a.Value)) == 0 {
				return true
			}
		}
	}
	return false
}

// TestAnAffairOfAPostIsNobody holds that what purchasing applies for, pays and plans is nobody's name.
func TestAnAffairOfAPostIsNobody(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"湖滨市立没通过采购申请,明天不用去演示了", "湖滨市立采购费用没下来", "湖滨市立采购任务下来了", "湖滨市立采购项目停了", "湖滨市立采购周期太长", "湖滨市立采购金额超了",
	} {
		if f, _ := parseOne(t, text, 10); f.Contact.NewName != "" || f.Contact.ID != 0 {
			t.Errorf("%s: %+v", text, f.Contact)
		}
	}
}
