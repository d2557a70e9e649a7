package configs

import (
	"encoding/json"
	"path"
	"slices"
	"time"
)

// Org is the organisation file: who works in which team, how the platforms know them, and the master data to begin with.
// It is for a start without contact sync, and for the demo.
type Org struct {
	Company string   `yaml:"company"`
	Teams   []Team   `yaml:"teams"`
	People  []Person `yaml:"people"`
	Groups  []Group  `yaml:"groups"`
	// Master is filled from the file that the key master.file names.
	Master Master `yaml:"-"`

	MasterFile MasterFile `yaml:"master"`
}

// Roles are the role ids a person may have.
var Roles = []string{
	"rep", "lead", "regional_director", "director", "gm", "legal", "legal_head", "finance", "service", "success",
	"delivery", "production", "purchasing", "quality", "marketing", "hrbp", "dealer", "clerk", "admin",
}

// Platforms a person or group may be on.
var Platforms = []string{"wecom", "dingtalk"}

// Team is a node of the organisation tree.
type Team struct {
	ID     string `yaml:"id"`
	Name   string `yaml:"name"`
	Region string `yaml:"region"`
	Parent string `yaml:"parent"` // team id; empty: the top
	Lead   string `yaml:"lead"`   // person id
}

// Person is a person of the company.
type Person struct {
	ID    string   `yaml:"id"`
	Name  string   `yaml:"name"`
	Phone string   `yaml:"phone"`
	Mail  string   `yaml:"mail"`
	Roles []string `yaml:"roles"` // the first is the main one
	Team  string   `yaml:"team"`
	// Hired is the first working day as 2006-01-02; empty: long ago.
	Hired string `yaml:"hired"`
	// Left says that the person has left; what is theirs is handed over.
	Left bool `yaml:"left"`
	// Platforms is the user id by platform.
	Platforms map[string]string `yaml:"platforms"`
}

// Group is a group chat the bot is in.
type Group struct {
	ID       string `yaml:"id"`
	Platform string `yaml:"platform"`
	Name     string `yaml:"name"`
	// Chat is the platform's own id of the chat; it is ID unless said otherwise.
	Chat    string   `yaml:"chat"`
	Members []string `yaml:"members"` // person ids
}

// MasterFile names a JSON file of customers, contacts, products and contracts, and whose they are here.
type MasterFile struct {
	File string `yaml:"file"`
	// Owners is the person id by the owner's id in the file; DefaultOwner has what is not named.
	Owners       map[string]string `yaml:"owners"`
	DefaultOwner string            `yaml:"default_owner"`
	// Lines are the ids of the products in the file by product line.
	Lines map[string][]string `yaml:"lines"`
}

// Master is master data (主数据). Customer.Owner is a person id of the Org it was loaded with.
type Master struct {
	Customers   []Customer `json:"customers"`
	Contacts    []Contact  `json:"contacts"`
	Products    []Product  `json:"products"`
	Contracts   []Contract `json:"contracts"`
	Competitors []string   `json:"competitors"`
}

// Customer (客户) of the master data.
type Customer struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Aliases  []string `json:"aliases"`
	City     string   `json:"city"`
	Industry string   `json:"industry"`
	Phone    string   `json:"phone"`
	Owner    string   `json:"owner"`
	Contacts []string `json:"contacts"`
	// Class (KA, A, B, C) and Tags are how it is sorted to begin with.
	Class string   `json:"class"`
	Tags  []string `json:"tags"`
	// Parts are its departments; Lines are who has a product line of it, a person id by line.
	Parts []CustomerPart    `json:"parts"`
	Lines map[string]string `json:"lines"`
}

// CustomerPart is a department (科室) of a customer. Head is a contact's id, Owner a person id; both may be empty.
type CustomerPart struct {
	Name  string `json:"name"`
	Head  string `json:"head"`
	Owner string `json:"owner"`
}

// Contact (联系人) at a customer.
type Contact struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Phone    string `json:"phone"`
}

// Product (产品). ListPrice is yuan as a decimal text.
type Product struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Model     string   `json:"model"`
	Aliases   []string `json:"aliases"`
	Unit      string   `json:"unit"`
	ListPrice string   `json:"list_price"`
	// Line is the product line (产品线), from MasterFile.Lines.
	Line string `json:"line"`
}

// Contract (合同) already signed. Amount is yuan as a decimal text.
type Contract struct {
	No       string `json:"no"`
	Customer string `json:"customer"`
	Amount   string `json:"amount"`
}

// LoadOrg reads the organisation file name by read, which is os.ReadFile or Demo.ReadFile: any reader of whole files.
// Files it names count from its folder. The error is Problems and holds everything that is wrong.
func LoadOrg(name string, read func(name string) ([]byte, error)) (Org, error) {
	var (
		o Org
		d decoder
	)
	data, err := read(name)
	if err == nil && len(data) > maxFile {
		err = errTooLarge
	}
	if err != nil {
		return Org{}, Problems{{File: name, What: "cannot be read: " + err.Error(), Fix: "check organisation.file in the configuration"}}
	}
	d.decode(name, data, &o)
	if len(d.problems) == 0 && o.MasterFile.File != "" {
		o.Master = d.readMaster(o.MasterFile, path.Join(path.Dir(name), o.MasterFile.File), read)
	}
	if len(d.problems) == 0 {
		o.complete()
		o.check(func(key, what, fix string) { d.problem(d.at(key), key, what, fix) })
	}
	if err := d.problems.err(); err != nil {
		return Org{}, err
	}
	return o, nil
}

// readMaster reads the master data and puts our people in the place of the file's owners.
func (d *decoder) readMaster(m MasterFile, name string, read func(string) ([]byte, error)) Master {
	const key = "master.file"
	data, err := read(name)
	if err == nil && len(data) > maxFile {
		err = errTooLarge
	}
	if err != nil {
		d.problem(d.at(key), key, "cannot be read: "+err.Error(), "name a JSON file beside this one")
		return Master{}
	}
	var master Master
	if err := json.Unmarshal(data, &master); err != nil {
		d.problem(d.at(key), key, name+" is not master data: "+err.Error(), "see the demo's master.json for its form")
		return Master{}
	}
	for i := range master.Customers {
		c := &master.Customers[i]
		owner, ok := m.Owners[c.Owner]
		if !ok {
			owner = m.DefaultOwner
		}
		c.Owner = owner
	}
	for line, ids := range m.Lines {
		for i := range master.Products {
			if slices.Contains(ids, master.Products[i].ID) {
				master.Products[i].Line = line
			}
		}
	}
	return master
}

// complete fills what is usually left out.
func (o *Org) complete() {
	for i := range o.Groups {
		if o.Groups[i].Chat == "" {
			o.Groups[i].Chat = o.Groups[i].ID
		}
	}
}

// Person finds a person by id.
func (o Org) Person(id string) (Person, bool) {
	i := slices.IndexFunc(o.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return o.People[i], true
}

// WithRole lists the people who have a role, in the order of the file.
func (o Org) WithRole(role string) []Person {
	var list []Person
	for _, p := range o.People {
		if slices.Contains(p.Roles, role) {
			list = append(list, p)
		}
	}
	return list
}

// hireDay reads Hired.
func hireDay(s string) error {
	_, err := time.Parse(time.DateOnly, s)
	return err
}
