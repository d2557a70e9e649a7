package main

import (
	"encoding/json"

	"salesflow/bot/parse"
)

// masterFile is master data as a file: ids are strings, amounts decimals in yuan.
type masterFile struct {
	Customers []struct {
		ID      string   `json:"id"`
		Name    string   `json:"name"`
		Aliases []string `json:"aliases"`
		City    string   `json:"city"`
		Owner   string   `json:"owner"`
	} `json:"customers"`
	Contacts []struct {
		ID       string `json:"id"`
		Customer string `json:"customer"`
		Name     string `json:"name"`
		Title    string `json:"title"`
	} `json:"contacts"`
	Products []struct {
		ID        string      `json:"id"`
		Name      string      `json:"name"`
		Model     string      `json:"model"`
		Aliases   []string    `json:"aliases"`
		Unit      string      `json:"unit"`
		ListPrice json.Number `json:"list_price"`
	} `json:"products"`
	Users []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"users"`
	Contracts []struct {
		No       string      `json:"no"`
		Customer string      `json:"customer"`
		Amount   json.Number `json:"amount"`
	} `json:"contracts"`
	Competitors []string `json:"competitors"`
}

// idTable translates between the file's ids and the parser's.
type idTable struct {
	of   map[string]parse.ID
	name map[parse.ID]string
}

func (t idTable) id(s string) parse.ID {
	if s == "" {
		return 0
	}
	if id, ok := t.of[s]; ok {
		return id
	}
	id := parse.ID(len(t.of) + 1)
	t.of[s], t.name[id] = id, s
	return id
}

func (t idTable) names(ids []parse.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = t.name[id]
	}
	return out
}

// data is the file as the parser wants it.
func (f masterFile) data() (parse.Master, idTable) {
	t := idTable{of: map[string]parse.ID{}, name: map[parse.ID]string{}}
	var m parse.Master
	for _, u := range f.Users {
		m.People = append(m.People, parse.Person{ID: t.id(u.ID), Name: u.Name})
	}
	for _, c := range f.Customers {
		row := parse.Customer{ID: t.id(c.ID), Name: c.Name, Aliases: c.Aliases, City: c.City}
		if c.Owner != "" {
			row.Owners = []parse.ID{t.id(c.Owner)}
		}
		m.Customers = append(m.Customers, row)
	}
	for _, c := range f.Contacts {
		m.Contacts = append(m.Contacts, parse.Contact{ID: t.id(c.ID), Customer: t.id(c.Customer), Name: c.Name, Title: c.Title})
	}
	for _, p := range f.Products {
		m.Products = append(m.Products, parse.Product{
			ID: t.id(p.ID), Name: p.Name, Model: p.Model, Aliases: p.Aliases, Unit: p.Unit, ListPrice: fen(p.ListPrice),
		})
	}
	for _, c := range f.Contracts {
		m.Contracts = append(m.Contracts, parse.Contract{ID: t.id(c.No), No: c.No, Customer: t.id(c.Customer), Amount: fen(c.Amount)})
	}
	for _, name := range f.Competitors {
		m.Competitors = append(m.Competitors, parse.Competitor{ID: t.id("competitor:" + name), Name: name})
	}
	return m, t
}

func fen(n json.Number) int64 {
	a, _ := parse.Money(n.String())
	return a.Value
}
