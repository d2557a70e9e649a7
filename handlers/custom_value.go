package handlers

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// CustomReader reads and shows values of custom fields. It is for one moment.
type CustomReader struct {
	Org  *sales.Org
	Book *Book
	Now  time.Time
	// Reader is who is asked: their own customers are understood first.
	Reader sales.PersonID
}

const (
	maxCustomText = 300
	// farDays is how far a day may lie from today.
	farDays = 60 * 366
)

// Read makes a value of what somebody wrote. Invalid says what fits.
func (r CustomReader) Read(f sales.CustomField, text string) (sales.CustomValue, error) {
	v := sales.CustomValue{Object: f.Object, Field: f.Key, Filled: true}
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return v, sales.Errorf(sales.Invalid, f.Name+"空着。"+r.Hint(f))
	}
	bad := sales.Errorf(sales.Invalid, f.Name+"没看懂:"+quoted(cutRunes(text, 24), "")+"。"+r.Hint(f))
	var err error
	switch f.Type {
	case sales.CustomMoney:
		m, perr := sales.ParseMoney(text)
		if perr != nil || m < 0 {
			return v, bad
		}
		v.Num = int64(m)
		err = tooMuch(f, v.Num)
	case sales.CustomNumber, sales.CustomPercent:
		n, ok := hundredths(text, f)
		if !ok {
			return v, bad
		}
		v.Num = n
		err = tooMuch(f, n)
	case sales.CustomBool:
		switch {
		case slices.Contains([]string{"有", "对", "√", "1", "true", "yes", "y"}, strings.ToLower(text)) || isYes(text):
			v.Num = 1
		case slices.Contains([]string{"没", "无", "没有", "×", "0", "false", "no", "n"}, strings.ToLower(text)) || isNo(text):
		default:
			return v, bad
		}
	case sales.CustomDate:
		if v.Day, err = r.day(text); err != nil {
			return v, bad
		}
	case sales.CustomChoice:
		if v.Text = option(f.Options, text); v.Text == "" {
			return v, bad
		}
	case sales.CustomPerson, sales.CustomCustomer, sales.CustomProduct:
		v.Ref, v.Text, err = r.ref(f, text)
	default:
		most := int64(maxCustomText)
		if f.Max > 0 {
			most = f.Max
		}
		if n := utf8.RuneCountInString(text); int64(n) > most {
			return v, sales.Errorf(sales.Invalid, fmt.Sprintf("%s最长 %d 个字,现在 %d 个。拣要紧的写。", f.Name, most, n))
		}
		v.Text = text
	}
	return v, err
}

// tooMuch refuses a number, in hundredths or fen, above the field's largest.
func tooMuch(f sales.CustomField, n int64) error {
	if f.Max == 0 || n <= f.Max*100 {
		return nil
	}
	most := strconv.FormatInt(f.Max, 10) + f.Unit
	if f.Type == sales.CustomMoney {
		most = (sales.Money(f.Max) * sales.Yuan).Short()
	}
	if f.Type == sales.CustomPercent {
		most += "%"
	}
	return sales.Errorf(sales.Invalid, f.Name+"最大 "+most+"。")
}

// hundredths reads a number with up to two decimals, with its unit or without.
func hundredths(text string, f sales.CustomField) (int64, bool) {
	text = strings.NewReplacer(",", "", " ", "", "％", "%").Replace(text)
	text = strings.TrimSuffix(text, f.Unit)
	if f.Type == sales.CustomPercent {
		text = strings.TrimPrefix(strings.TrimSuffix(text, "%"), "百分之")
	}
	times := 1.0
	for word, n := range map[string]float64{"万": 1e4, "亿": 1e8} {
		if rest, ok := strings.CutSuffix(text, word); ok {
			text, times = rest, n
		}
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		n := ordinal(text) // 三, 十二
		if n <= 0 {
			return 0, false
		}
		x = float64(n)
	}
	x *= times * 100
	if math.IsNaN(x) || x < -1e15 || x > 1e15 {
		return 0, false
	}
	return int64(math.Round(x)), true
}

func (r CustomReader) day(text string) (sales.Day, error) {
	if d, err := sales.ParseDay(text); err == nil {
		return d, nil
	}
	when, ok := parse.Date(text, r.Now.In(sales.Shanghai), parse.TenseUnknown, r.Book.Parser.Calendar)
	d := sales.DayOf(when.Start)
	if today := sales.DayOf(r.Now); !ok || d.Sub(today) > farDays || today.Sub(d) > farDays {
		return sales.Day{}, sales.Errorf(sales.Invalid, "日期没看懂。")
	}
	return d, nil
}

// option finds the answer a text means: itself, its number, or the only one that holds it.
func option(options []string, text string) string {
	if slices.Contains(options, text) {
		return text
	}
	if n := ordinal(text); n >= 1 && n <= len(options) {
		return options[n-1]
	}
	var found []string
	for _, o := range options {
		if strings.Contains(o, text) || strings.Contains(text, o) {
			found = append(found, o)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// ref finds the colleague, customer or product a text names.
func (r CustomReader) ref(f sales.CustomField, text string) (sales.ID, string, error) {
	switch f.Type {
	case sales.CustomPerson:
		found := r.Org.ByName(strings.TrimLeft(bare(text), "@＠"))
		if len(found) == 1 {
			return sales.ID(found[0].ID), found[0].Name, nil
		}
	case sales.CustomCustomer:
		c, _ := r.Book.Parser.FindCustomer(parse.Input{Text: text, Now: r.Now.In(sales.Shanghai), User: parse.ID(r.Reader)})
		if c.ID != 0 && !c.Fuzzy {
			return sales.ID(c.ID), r.Book.Customer(sales.ID(c.ID)), nil
		}
	default:
		for id, p := range r.Book.Products {
			if p.Name == text || slices.Contains(p.Aliases, text) {
				return id, p.Name, nil
			}
		}
		if id, ok := productByWord(r.Book, text); ok {
			return id, r.Book.Products[id].Name, nil
		}
	}
	return 0, "", sales.Errorf(sales.Invalid, f.Name+"里没找到"+quoted(cutRunes(text, 24), "")+"。写"+f.Type.Name()+"的全名。")
}

// Hint says what to answer for a field.
func (r CustomReader) Hint(f sales.CustomField) string {
	switch f.Type {
	case sales.CustomMoney:
		return "写 50万 这样的数。"
	case sales.CustomNumber:
		return "写一个数,比如 12" + f.Unit + "。"
	case sales.CustomPercent:
		return "写 30% 这样的数。"
	case sales.CustomBool:
		return "写 是 或 否。"
	case sales.CustomDate:
		return "写 2026-06-30 或 下月底。"
	case sales.CustomChoice:
		return "可选:" + strings.Join(f.Options, "、") + "。"
	case sales.CustomPerson:
		return "写同事的姓名。"
	case sales.CustomCustomer:
		return "写客户名。"
	case sales.CustomProduct:
		return "写产品名。"
	}
	return "直接写内容。"
}

// Show is a value as people read it, "" when it is not filled in.
func (r CustomReader) Show(f sales.CustomField, v sales.CustomValue) string {
	if !v.Filled {
		return ""
	}
	switch f.Type {
	case sales.CustomMoney:
		return sales.Money(v.Num).Short()
	case sales.CustomNumber:
		return decimal(v.Num) + f.Unit
	case sales.CustomPercent:
		return decimal(v.Num) + "%"
	case sales.CustomBool:
		if v.Num != 0 {
			return "是"
		}
		return "否"
	case sales.CustomDate:
		if today := sales.DayOf(r.Now); v.Day.Year() == today.Year() {
			return v.Day.ChineseFrom(today)
		}
		return v.Day.String()
	case sales.CustomPerson:
		if name := r.Org.Name(sales.PersonID(v.Ref)); name != "" {
			return name
		}
	case sales.CustomCustomer:
		if name := r.Book.Customer(v.Ref); name != "" {
			return name
		}
	case sales.CustomProduct:
		if p, ok := r.Book.Products[v.Ref]; ok {
			return p.Name
		}
	}
	return v.Text
}

// decimal is a number of hundredths without needless zeros.
func decimal(n int64) string {
	return strconv.FormatFloat(float64(n)/100, 'f', -1, 64)
}
