package main

import (
	"context"
	"fmt"
	"time"

	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// seeder takes an organisation file over into the store. What is there already, by its code, keeps its id and is brought up
// to date where the file is the authority (people, teams, groups, products); customers and contacts are only added, since
// they live on in the chat. Nothing is taken away.
type seeder struct {
	org configs.Org
	now sales.Instant
	db  *store.DB

	// set is what an administrator changed of people and teams: it counts for more than the file.
	set sales.Setups

	teams     map[string]sales.Team
	people    map[string]sales.Person
	customers map[string]sales.Customer
	contacts  map[string]sales.Contact
	products  map[string]sales.Product
}

// seed takes over an organisation file.
func seed(ctx context.Context, db *store.DB, org configs.Org, now time.Time) error {
	if len(org.People) == 0 {
		return nil
	}
	s := &seeder{org: org, now: sales.At(now), db: db}
	if err := s.read(ctx); err != nil {
		return fmt.Errorf("take over the organisation file: %w", err)
	}
	for _, step := range []func(context.Context) error{s.putPeople, s.putProducts, s.addCustomers, s.addContracts} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("take over the organisation file: %w", err)
		}
	}
	return nil
}

// read reads what is there, by code.
func (s *seeder) read(ctx context.Context) error {
	org, err := s.db.LoadOrg(ctx)
	if err != nil {
		return err
	}
	master, err := s.db.LoadMaster(ctx)
	if err != nil {
		return err
	}
	if s.set, err = s.db.AllSetups(ctx); err != nil {
		return err
	}
	s.teams, s.people = byCode(org.Teams(), func(t sales.Team) string { return t.Code }), byCode(org.Everybody(), func(p sales.Person) string { return p.Code })
	s.customers = byCode(master.Customers, func(c sales.Customer) string { return c.Code })
	s.contacts = byCode(master.Contacts, func(c sales.Contact) string { return c.Code })
	s.products = byCode(master.Products, func(p sales.Product) string { return p.Code })
	return nil
}

func byCode[T any](list []T, code func(T) string) map[string]T {
	m := make(map[string]T, len(list))
	for _, v := range list {
		if c := code(v); c != "" {
			m[c] = v
		}
	}
	return m
}

func (s *seeder) do(ctx context.Context, write func(tx *store.Tx) error) error {
	_, err := s.db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error { return write(tx) }})
	return err
}

// putPeople writes teams, people, accounts and groups. Ids are given first, since they refer to each other.
func (s *seeder) putPeople(ctx context.Context) error {
	return s.do(ctx, func(tx *store.Tx) error {
		for _, t := range s.org.Teams {
			team := s.teams[t.ID]
			if team.ID == 0 {
				team.ID = tx.NewID()
			}
			team.Code, team.Name, team.Region = t.ID, t.Name, t.Region
			s.teams[t.ID] = team
		}
		for _, p := range s.org.People {
			if err := s.person(tx, p); err != nil {
				return err
			}
		}
		for _, t := range s.org.Teams {
			team := s.teams[t.ID]
			team.ParentID, team.LeadID = s.teams[t.Parent].ID, s.people[t.Lead].ID
			team = s.set.TeamSet(team, s.personCode)
			s.teams[t.ID] = team
			tx.PutTeam(team)
		}
		for _, p := range s.org.People {
			person := s.set.PersonSet(s.people[p.ID], s.teamCode, s.personCode)
			tx.PutPerson(person)
			for platform, account := range p.Platforms {
				tx.LinkIdentity(sales.Identity{Platform: platform, UserID: account, PersonID: person.ID, LinkedAt: s.now})
			}
		}
		for _, g := range s.org.Groups {
			tx.PutGroupChat(sales.GroupChat{Platform: g.Platform, ChatID: g.Chat, Name: g.Name, TeamID: s.teamOf(g).ID, SeenAt: s.now})
		}
		return nil
	})
}

func (s *seeder) teamCode(code string) (sales.ID, bool) {
	t, ok := s.teams[code]
	return t.ID, ok && t.ID != 0
}

func (s *seeder) personCode(code string) (sales.PersonID, bool) {
	p, ok := s.people[code]
	return p.ID, ok && p.ID != 0
}

func (s *seeder) person(tx *store.Tx, p configs.Person) error {
	person := s.people[p.ID]
	if person.ID == 0 {
		person.ID = sales.PersonID(tx.NewID())
	}
	person.Code, person.Name, person.Phone, person.Active, person.TeamID = p.ID, p.Name, p.Phone, !p.Left, s.teams[p.Team].ID
	person.Mail = p.Mail
	person.Roles = nil
	for _, r := range p.Roles {
		person.Roles = append(person.Roles, sales.Role(r))
	}
	if p.Hired != "" {
		d, err := sales.ParseDay(p.Hired)
		if err != nil {
			return fmt.Errorf("hiring day of %s: %w", p.ID, err)
		}
		person.HiredOn = d
	}
	s.people[p.ID] = person
	return nil
}

// teamOf is the team a group belongs to: the one of its name.
func (s *seeder) teamOf(g configs.Group) sales.Team {
	for _, t := range s.org.Teams {
		if t.Name == g.Name {
			return s.teams[t.ID]
		}
	}
	return sales.Team{}
}

func (s *seeder) putProducts(ctx context.Context) error {
	return s.do(ctx, func(tx *store.Tx) error {
		for _, p := range s.org.Master.Products {
			product := s.products[p.ID]
			if product.ID == 0 {
				product.ID = tx.NewID()
			}
			product.Code, product.Name, product.Aliases, product.Line = p.ID, p.Name, p.Aliases, p.Line
			if p.Model != "" {
				product.Aliases = append(append(sales.List[string]{}, p.Aliases...), p.Model)
			}
			if p.ListPrice != "" {
				price, err := sales.ParseMoney(p.ListPrice + "元")
				if err != nil {
					return fmt.Errorf("list price of %s: %w", p.ID, err)
				}
				product.ListPrice = price
			}
			s.products[p.ID] = product
			tx.PutProduct(product)
		}
		return nil
	})
}

// industryNames are the industries of master files in Chinese.
var industryNames = map[string]string{
	"medical": "医疗", "fmcg": "快消", "manufacturing": "制造", "industrial": "制造", "hardware": "制造", "education": "教育",
}

// addCustomers adds customers and contacts that are not there.
func (s *seeder) addCustomers(ctx context.Context) error {
	return s.do(ctx, func(tx *store.Tx) error {
		var fresh []configs.Customer
		for _, c := range s.org.Master.Customers {
			if _, ok := s.customers[c.ID]; ok {
				continue
			}
			owner := s.people[c.Owner]
			industry := c.Industry
			if name, ok := industryNames[industry]; ok {
				industry = name
			}
			customer := sales.Customer{
				ID: tx.NewID(), Code: c.ID, Name: c.Name, Aliases: c.Aliases, Phone: c.Phone, Industry: industry, City: c.City,
				Class: sales.ParseClass(c.Class), OwnerID: owner.ID, TeamID: owner.TeamID, CreatedBy: owner.ID, CreatedAt: s.now, Version: 1,
			}
			s.customers[c.ID] = customer
			tx.CreateCustomer(customer)
			fresh = append(fresh, c)
		}
		for _, c := range s.org.Master.Contacts {
			if _, ok := s.contacts[c.ID]; ok {
				continue
			}
			contact := sales.Contact{
				ID: tx.NewID(), Code: c.ID, CustomerID: s.customers[c.Customer].ID, Name: c.Name, Title: c.Title, Phone: c.Phone,
				CreatedAt: s.now, Version: 1,
			}
			s.contacts[c.ID] = contact
			tx.CreateContact(contact)
		}
		for _, c := range fresh {
			s.structure(tx, c)
		}
		return nil
	})
}

// signedBefore is how long ago contracts are taken to have been signed whose file does not say when: they are no news of
// the day they are taken over on.
const signedBefore = -60 * 24 * time.Hour

// addContracts adds contracts that were signed before the bot came, so that their numbers are known and not given again.
func (s *seeder) addContracts(ctx context.Context) error {
	return s.do(ctx, func(tx *store.Tx) error {
		for _, c := range s.org.Master.Contracts {
			_, err := tx.ContractByNo(ctx, c.No)
			if err == nil {
				continue
			}
			if sales.KindOf(err) != sales.NotFound {
				return err
			}
			amount, err := sales.ParseMoney(c.Amount + "元")
			if err != nil {
				return fmt.Errorf("amount of %s: %w", c.No, err)
			}
			customer := s.customers[c.Customer]
			tx.CreateContract(sales.Contract{
				ID: tx.NewID(), No: c.No, CustomerID: customer.ID, OwnerID: customer.OwnerID, TeamID: customer.TeamID, Amount: amount,
				PrepayPercent: -1, PaymentDays: -1, DeliveryDays: -1, DiscountPercent: -1, State: sales.ContractApproved,
				CreatedAt: sales.At(s.now.Add(signedBefore)), Version: 1,
			})
		}
		return nil
	})
}

// structure writes the tags, departments and product lines of a customer that was just added.
func (s *seeder) structure(tx *store.Tx, c configs.Customer) {
	id := s.customers[c.ID].ID
	for _, word := range c.Tags {
		if tag, ok := sales.ParseTag(word); ok {
			tx.AddTag(id, tag, 0, s.now)
		}
	}
	put := func(part sales.ID, line, owner string) {
		if p, ok := s.people[owner]; ok {
			tx.SetCustomerOwner(sales.CustomerOwner{CustomerID: id, PartID: part, Line: line, OwnerID: p.ID, SetAt: s.now})
		}
	}
	for _, p := range c.Parts {
		part := sales.CustomerPart{ID: tx.NewID(), CustomerID: id, Name: p.Name, HeadID: s.contacts[p.Head].ID, CreatedAt: s.now, Version: 1}
		tx.CreatePart(part)
		put(part.ID, "", p.Owner)
	}
	for line, owner := range c.Lines {
		put(0, line, owner)
	}
}
