package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"salesflow/store/sales"
)

const customerColumns = `
	id,
	code,
	name,
	name_key,
	aliases,
	uscc,
	phone,
	industry,
	city,
	class,
	owner_id,
	team_id,
	created_by,
	created_at,
	last_contact_at,
	source_event_id,
	version`

const contactColumns = `
	id,
	code,
	customer_id,
	name,
	title,
	department,
	phone,
	created_by,
	created_at,
	version`

const productColumns = `
	id,
	code,
	name,
	aliases,
	line,
	list_price,
	floor_percent,
	model,
	unit,
	industries,
	talk,
	cert_no,
	cert_until,
	owner_id,
	files`

var (
	// The last contact is TouchCustomer's alone, since it moves without a version.
	customers = tableOf[sales.Customer]("customers", customerColumns).
			watching("customer", "owner_id, class, industry, city, phone, uscc").keeping("last_contact_at")
	contacts = tableOf[sales.Contact]("contacts", contactColumns)
	products = tableOf[sales.Product]("products", productColumns).
			upsert("id", "code, name, aliases, line, list_price, floor_percent, model, unit, industries, talk, cert_no, cert_until, owner_id, files", "")
	customerKeys = rowsOf("customer_keys", "dup_key, customer_id").upsert("dup_key, customer_id", "", "")
)

// CreateCustomer makes a customer, to be found by its name from the next message on.
func (tx *Tx) CreateCustomer(c sales.Customer) {
	c.NameKey = sales.ParseName(c.Name).Key
	tx.create(customers, c.ID, c)
	tx.indexCustomer(c)
}

// UpdateCustomer changes a customer over the version it was read at.
func (tx *Tx) UpdateCustomer(c sales.Customer) {
	c.NameKey = sales.ParseName(c.Name).Key
	tx.update(customers, c.ID, c.Version, c)
	tx.before = append(tx.before, statement{"DELETE FROM customer_keys WHERE customer_id = ?", []any{c.ID}, -1})
	tx.indexCustomer(c)
}

func (tx *Tx) indexCustomer(c sales.Customer) {
	for _, k := range c.DupKeys() {
		tx.add(customerKeys, []any{k, c.ID})
	}
	tx.changed("customer", c.ID)
	tx.recount(c.ID)
}

// TouchCustomer records a contact with a customer, unless a later one is known. It does not change the version.
func (tx *Tx) TouchCustomer(id sales.ID, at sales.Instant) {
	if tx.contacted == nil {
		tx.contacted = map[sales.ID]sales.Instant{}
	}
	if tx.contacted[id].Before(at.Time) {
		tx.contacted[id] = at
	}
}

// UntouchCustomer takes back a contact with the customer that was none after all, when no later one followed: the last is then
// the one before. It does not change the version.
func (tx *Tx) UntouchCustomer(id sales.ID, was, before sales.Instant) {
	const around = time.Second // contacts of one moment are written as of the last of them
	tx.after = append(tx.after, statement{
		"UPDATE customers SET last_contact_at = ? WHERE id = ? AND last_contact_at >= ? AND last_contact_at <= ?",
		[]any{before, id, was, sales.At(was.Add(around))},
		-1,
	})
}

// contact writes the last contacts of all units, the customers in the order of their ids. Contacts within one second are
// written by one statement, as of the last of them.
func (u *unit) contact(txs []*Tx) error {
	of := map[int64][]sales.ID{}
	last := map[int64]sales.Instant{}
	for _, tx := range txs {
		for id, at := range tx.contacted {
			sec := at.Unix()
			of[sec] = append(of[sec], id)
			if last[sec].Before(at.Time) {
				last[sec] = at
			}
		}
	}
	for _, sec := range slices.Sorted(maps.Keys(of)) {
		slices.Sort(of[sec])
		for chunk := range slices.Chunk(slices.Compact(of[sec]), maxRows) {
			query := "UPDATE customers SET last_contact_at = ? WHERE id IN (" + marks(len(chunk)) +
				") AND (last_contact_at IS NULL OR last_contact_at < ?)"
			args := append(append([]any{last[sec]}, anys(chunk)...), last[sec])
			if err := u.s.write(u.ctx, query, args...); err != nil {
				return fmt.Errorf("touch customers: %w", err)
			}
		}
	}
	return nil
}

// CustomerByID reads a customer. The id of one that was merged into another leads to the other.
func (tx *Tx) CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error) {
	var c sales.Customer
	err := tx.get(ctx, "没找到这家客户。", &c, "SELECT "+customerColumns+" FROM customers WHERE id = ?", id)
	if sales.KindOf(err) != sales.NotFound {
		return c, err
	}
	into, ok, err := tx.mergedInto(ctx, id)
	if err != nil || !ok {
		return c, cmp.Or(err, notFound("没找到这家客户。"))
	}
	err = tx.get(ctx, "没找到这家客户。", &c, "SELECT "+customerColumns+" FROM customers WHERE id = ?", into)
	return c, err
}

// CustomersByIDs returns those that exist, in no order.
func (tx *Tx) CustomersByIDs(ctx context.Context, ids []sales.ID) ([]sales.Customer, error) {
	return byIDs[sales.Customer](ctx, tx, customerColumns, "customers", ids)
}

// ProductsByIDs returns those that exist, in no order.
func (tx *Tx) ProductsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Product, error) {
	return byIDs[sales.Product](ctx, tx, productColumns, "products", ids)
}

func byIDs[T any](ctx context.Context, tx *Tx, columns, table string, ids []sales.ID) ([]T, error) {
	var out []T
	for chunk := range slices.Chunk(ids, maxRows) {
		var part []T
		err := tx.list(ctx, &part, "SELECT "+columns+" FROM "+table+" WHERE id IN ("+marks(len(chunk))+")", anys(chunk)...)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

const alikeCustomers = `
	SELECT DISTINCT customer_id
	FROM customer_keys
	WHERE dup_key IN (`

// DuplicateCustomers lists customers with the same USCC, phone or name key, and those whose names are alike
// (sales.DuplicateThreshold), the best first, at most limit.
func (tx *Tx) DuplicateCustomers(ctx context.Context, uscc, phone, name string, limit int) ([]sales.Customer, error) {
	limit = bound(limit, 20)
	asked := sales.ParseName(name)
	where, args := []string{}, []any{}
	for column, value := range map[string]string{"uscc": uscc, "phone": phone, "name_key": asked.Key} {
		if value != "" {
			where, args = append(where, column+" = ?"), append(args, value)
		}
	}
	if len(where) == 0 {
		return nil, nil
	}
	var found []sales.Customer
	query := "SELECT " + customerColumns + " FROM customers WHERE " + strings.Join(where, " OR ") + " ORDER BY id LIMIT 50"
	if err := tx.list(ctx, &found, query, args...); err != nil {
		return nil, err
	}
	if keys := asked.Keys(); len(keys) > 0 {
		var ids []sales.ID
		query := alikeCustomers + marks(len(keys)) + ") ORDER BY customer_id LIMIT 100"
		if err := tx.list(ctx, &ids, query, anys(keys)...); err != nil {
			return nil, err
		}
		alike, err := tx.CustomersByIDs(ctx, ids)
		if err != nil {
			return nil, err
		}
		found = append(found, alike...)
	}
	return rankDuplicates(found, uscc, phone, asked, limit), nil
}

func rankDuplicates(found []sales.Customer, uscc, phone string, asked sales.Name, limit int) []sales.Customer {
	score := make(map[sales.ID]float64, len(found))
	var out []sales.Customer
	for _, c := range found {
		if _, seen := score[c.ID]; seen {
			continue
		}
		s := c.SimilarTo(asked)
		if uscc != "" && c.USCC == uscc {
			s += 3
		}
		if phone != "" && c.Phone == phone {
			s += 2
		}
		score[c.ID] = s
		if s >= sales.DuplicateThreshold {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b sales.Customer) int {
		return cmp.Or(cmp.Compare(score[b.ID], score[a.ID]), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(limit, len(out))]
}

// CreateContact makes a contact, to be found by name from the next message on.
func (tx *Tx) CreateContact(c sales.Contact) {
	tx.create(contacts, c.ID, c)
	tx.changed("contact", c.ID)
}

// UpdateContact changes a contact over the version it was read at.
func (tx *Tx) UpdateContact(c sales.Contact) {
	tx.update(contacts, c.ID, c.Version, c)
	tx.changed("contact", c.ID)
}

// ContactByID reads a contact.
func (tx *Tx) ContactByID(ctx context.Context, id sales.ID) (sales.Contact, error) {
	var c sales.Contact
	err := tx.get(ctx, "没找到这个联系人。", &c, "SELECT "+contactColumns+" FROM contacts WHERE id = ?", id)
	return c, err
}

// ContactsByCustomer lists a customer's contacts, the oldest first.
func (tx *Tx) ContactsByCustomer(ctx context.Context, customer sales.ID) ([]sales.Contact, error) {
	var out []sales.Contact
	err := tx.list(ctx, &out, "SELECT "+contactColumns+" FROM contacts WHERE customer_id = ? ORDER BY id LIMIT 200", customer)
	return out, err
}
