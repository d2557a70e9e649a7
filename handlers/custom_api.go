package handlers

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// CustomWire is a value as other systems read it: money in fen, numbers and percentages as they are, days as 2026-03-11, ids
// and texts; nil when it is not filled in.
func CustomWire(f sales.CustomField, v sales.CustomValue) any {
	if !v.Filled {
		return nil
	}
	switch f.Type {
	case sales.CustomMoney:
		return v.Num
	case sales.CustomNumber, sales.CustomPercent:
		return float64(v.Num) / 100
	case sales.CustomBool:
		return v.Num != 0
	}
	return v.Plain(f)
}

// wireWants says what other systems write for a field.
func wireWants(f sales.CustomField) string {
	switch f.Type {
	case sales.CustomChoice:
		return " " + strings.Join(f.Options, "、") + " 之一"
	case sales.CustomMoney:
		return "整数,单位分"
	case sales.CustomNumber, sales.CustomPercent:
		return "数字"
	case sales.CustomBool:
		return " true 或 false"
	case sales.CustomDate:
		return " 2026-03-11 这样的日期"
	case sales.CustomPerson, sales.CustomCustomer, sales.CustomProduct:
		return "编号(文字)"
	}
	return "文字"
}

// fromWire reads what CustomWire writes; nil takes the value away.
func (r CustomReader) fromWire(f sales.CustomField, x any) (sales.CustomValue, error) {
	v := sales.CustomValue{Object: f.Object, Field: f.Key, Filled: x != nil}
	bad := sales.Errorf(sales.Invalid, "custom."+f.Key+" 不对:要"+wireWants(f)+"。")
	if x == nil {
		if f.Required {
			return v, sales.Errorf(sales.Invalid, "custom."+f.Key+" 是必填的。")
		}
		return v, nil
	}
	switch f.Type {
	case sales.CustomMoney, sales.CustomNumber, sales.CustomPercent:
		word, ok := x.(json.Number)
		n, err := strconv.ParseFloat(word.String(), 64)
		if f.Type != sales.CustomMoney {
			n *= 100
		}
		if !ok || err != nil || math.Abs(n) > 1e15 || f.Type == sales.CustomMoney && (n < 0 || n != math.Trunc(n)) {
			return v, bad
		}
		v.Num = int64(math.Round(n))
		return v, tooMuch(f, v.Num)
	case sales.CustomBool:
		yes, ok := x.(bool)
		if !ok {
			return v, bad
		}
		if yes {
			v.Num = 1
		}
		return v, nil
	}
	text, ok := x.(string)
	if !ok {
		return v, bad
	}
	switch f.Type {
	case sales.CustomDate:
		day, err := sales.ParseDay(text)
		if err != nil {
			return v, bad
		}
		v.Day = day
		return v, nil
	case sales.CustomChoice:
		if !slices.Contains(f.Options, text) {
			return v, bad
		}
	case sales.CustomPerson, sales.CustomCustomer, sales.CustomProduct:
		return r.refByID(f, v, text)
	}
	return r.Read(f, text)
}

// refByID finds the colleague, customer or product of an id.
func (r CustomReader) refByID(f sales.CustomField, v sales.CustomValue, text string) (sales.CustomValue, error) {
	id, err := sales.ParseID(text)
	if err != nil {
		return v, sales.Errorf(sales.Invalid, "custom."+f.Key+" 要是编号。")
	}
	v.Ref = id
	switch f.Type {
	case sales.CustomPerson:
		v.Text = r.Org.Name(sales.PersonID(id))
	case sales.CustomCustomer:
		v.Text = r.Book.Customer(id)
	default:
		v.Text = r.Book.Products[id].Name
	}
	if v.Text == "" {
		return v, sales.Errorf(sales.Invalid, "custom."+f.Key+" 指的不存在。")
	}
	return v, nil
}

// SetCustoms fills custom fields of a record by their keys, for other systems, with the rights of the turn's person. It returns
// all values the record has then.
func (a *App) SetCustoms(ctx context.Context, t bot.Turn, tx Tx, object string, id sales.ID, values map[string]any) ([]sales.CustomValue, error) {
	if len(a.Custom.SeenOf(object, t.Person)) == 0 {
		return nil, sales.Errorf(sales.NotFound, "没有这种记录,或它没有自定义字段。")
	}
	ref, err := a.customRefOf(ctx, t, tx, object, id)
	if err != nil {
		return nil, err
	}
	if ref.object != object {
		return nil, sales.Errorf(sales.NotFound, "没有这条记录。")
	}
	ref.works = ref.works || t.Person.ID == 0 // a service has no records of its own
	put, err := a.wireValues(ctx, t, object, values)
	if err != nil {
		return nil, err
	}
	old, err := tx.CustomValues(ctx, ref.id)
	if err != nil {
		return nil, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return nil, err
	}
	r := a.customReader(t, book)
	var changes []sales.Change
	all := old
	for i := range put {
		v := &put[i]
		f, _ := a.Custom.Field(object, v.Field)
		if err := a.mayEditField(t, ref, f); err != nil {
			return nil, err
		}
		before := sales.CustomNamed(old, object, v.Field)
		v.ID, v.Version, v.RecordID, v.PersonID, v.At = before.ID, before.Version, ref.id, t.Person.ID, sales.At(t.Now)
		changes = append(changes, sales.Change{Field: f.Name, Old: r.Show(f, before), New: r.Show(f, *v)})
		all = withValue(all, *v)
	}
	if len(put) > 0 {
		a.writeCustoms(tx, t, ref, old, put, changes)
	}
	return all, nil
}

// wireValues reads values of a kind of record as other systems write them.
func (a *App) wireValues(ctx context.Context, t bot.Turn, object string, values map[string]any) ([]sales.CustomValue, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return nil, err
	}
	r := a.customReader(t, book)
	seen := a.Custom.SeenOf(object, t.Person)
	var out []sales.CustomValue
	for _, f := range seen {
		x, ok := values[f.Key]
		if !ok {
			continue
		}
		v, err := r.fromWire(f, x)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	for key := range values {
		if !slices.ContainsFunc(seen, func(f sales.CustomField) bool { return f.Key == key }) {
			return nil, sales.Errorf(sales.Invalid, "没有自定义字段 "+cutRunes(key, 32)+"。")
		}
	}
	return out, nil
}

// AddRecord files a record of a company's own type for another system.
func (a *App) AddRecord(ctx context.Context, t bot.Turn, tx Tx, kind string, customer sales.ID, values map[string]any) (sales.CustomRecord, []sales.CustomValue, error) {
	rt, ok := a.Custom.Type(kind)
	if !ok || !rt.Sees(t.Person) {
		return sales.CustomRecord{}, nil, sales.Errorf(sales.NotFound, "没有档案类型 "+cutRunes(kind, 32)+"。")
	}
	if !rt.Files(t.Person) {
		return sales.CustomRecord{}, nil, sales.Errorf(sales.Forbidden, rt.Name+"由"+roleNames(rt.File)+"记。")
	}
	if rt.Customer != (customer != 0) {
		return sales.CustomRecord{}, nil, sales.Errorf(sales.Invalid, map[bool]string{true: "缺 customer_id。", false: rt.Name + "不归客户,去掉 customer_id。"}[rt.Customer])
	}
	if customer != 0 {
		c, err := tx.CustomerByID(ctx, customer)
		if err != nil {
			return sales.CustomRecord{}, nil, err
		}
		book, err := a.Names.Book(ctx)
		if err != nil {
			return sales.CustomRecord{}, nil, err
		}
		if !a.works(t, book, c) {
			return sales.CustomRecord{}, nil, sales.Errorf(sales.NotFound, "没有这家客户。")
		}
		customer = c.ID
	}
	put, err := a.wireValues(ctx, t, kind, values)
	if err != nil {
		return sales.CustomRecord{}, nil, err
	}
	for _, f := range a.Custom.SeenOf(kind, t.Person) {
		if f.Required && !sales.CustomNamed(put, kind, f.Key).Filled {
			return sales.CustomRecord{}, nil, sales.Errorf(sales.Invalid, "缺 custom."+f.Key+"。")
		}
		if sales.CustomNamed(put, kind, f.Key).Filled && !f.Edits(t.Person) {
			return sales.CustomRecord{}, nil, sales.Errorf(sales.Forbidden, "custom."+f.Key+" 由"+roleNames(f.Edit)+"填。")
		}
	}
	rec, err := a.createRecord(ctx, t, tx, rt, customer, t.Event.ID, put)
	return rec, put, err
}
