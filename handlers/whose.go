package handlers

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// A message without a customer's name may go on about the customer of before. It does not where it names a place that is
// none of that customer's, and it need not where it names a person that customer does not have: then the customer is asked for.

// doubted takes back what was concluded from the talk before where the words speak against it.
func doubted(t bot.Turn, book *Book, in parse.Input, res parse.Result) parse.Result {
	for i := range res.Frames {
		f := &res.Frames[i]
		c := f.Customer
		if !c.Inferred || c.ID == 0 || c.Why.Rule != parse.RuleLast && c.Why.Rule != parse.RuleScanned {
			continue
		}
		if elsewhere(in.Text, book.Customer(sales.ID(c.ID))) {
			return withoutTalk(book, in, res)
		}
		if f.Contact.NewName == "" {
			continue
		}
		namesakes := namesakes(t, book, f.Contact, sales.ID(c.ID))
		switch {
		case len(namesakes) > 0:
			f.Customer = parse.CustomerRef{Candidates: append(namesakes, c.ID), Why: f.Contact.Why}
			f.Contact = parse.ContactRef{}
			res.Ask = &parse.Ask{Frame: i, Field: parse.AskCustomer, How: parse.AskWhich, Candidates: f.Customer.Candidates, Why: f.Customer.Why}
		case c.Why.Rule == parse.RuleLast && !rePlacePointed.MatchString(c.Why.Text) && !parse.RefersBack(withoutPerson(in.Text, f.Contact)):
			f.Customer.Fuzzy = true // 他 is who was just named, not the customer of before
		}
	}
	return res
}

// rePlacePointed are words that point to the customer itself, not to a person.
var rePlacePointed = regexp.MustCompile(`家|客户|同上|医院|学校|公司|厂|店`)

// withoutPerson is a text without a person's name and what then refers to them: 赵主任那边, 他.
func withoutPerson(text string, c parse.ContactRef) string {
	at := strings.Index(text, c.Why.Text)
	if c.Why.Text == "" || at < 0 {
		return text
	}
	behind := strings.NewReplacer("他", "", "她", "").Replace(text[at+len(c.Why.Text):])
	return text[:at] + strings.TrimPrefix(behind, "那边")
}

// namesakes are the person's own other customers with a contact of that surname and title, or of that name; at most four.
func namesakes(t bot.Turn, book *Book, c parse.ContactRef, but sales.ID) []parse.ID {
	if book.Parser.Index == nil {
		return nil
	}
	_, size := utf8.DecodeRuneInString(c.NewName)
	s := parse.Spoken{Surname: c.NewName[:size], Title: c.NewTitle, Given: strings.TrimSuffix(c.NewName[size:], c.NewTitle), Why: c.Why}
	var out []parse.ID
	for id, o := range book.Customers.All() {
		if o.OwnerID == t.Person.ID && id != but && len(book.Parser.Index.Meant(s, parse.ID(id))) > 0 {
			out = append(out, parse.ID(id))
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 4)]
}

// withoutTalk understands a text by itself. What it leaves without a customer is asked for.
func withoutTalk(book *Book, in parse.Input, res parse.Result) parse.Result {
	in.Context = parse.Context{}
	if plain := sentences(book.Parser, in); slices.ContainsFunc(plain.Frames, func(f parse.Frame) bool { return isNamed(f.Customer) }) {
		return plain
	}
	for i := range res.Frames {
		if res.Frames[i].Customer.Inferred {
			res.Frames[i].Customer, res.Frames[i].Contact = parse.CustomerRef{}, parse.ContactRef{}
		}
	}
	return res
}

var (
	// rePlaceNamed is a place with a name of its own: 上虞人民医院, 二院, 越城妇保.
	rePlaceNamed = regexp.MustCompile(`\p{Han}{1,12}?(?:医院|卫生院|保健院|中医院|公司|大学|学院|中学|小学|超市|集团|诊所|药房)|[一二三四五六七八九]院|\p{Han}{2}(?:妇保院?|人医)`)
	// reNoPartOf are words before such a place that are no name of it, and what stands before a name.
	reNoPartOf = regexp.MustCompile(`^(?:我们?|咱们?|你们?|他们?|她们?|这边?|那边?|该|本|贵|的|跟|和|与|在|去了?|到了?|从|给|对|说|是|有|了|今天|明天|后天|昨天|刚才|刚刚|刚|上午|下午|早上|晚上|中午|拜访了?|跑了?|客户|家|个|整个|回|找|让|请|到|由)*`)
)

// elsewhere reports whether a text names an institution that is not the customer: not all of its characters are in the
// customer's name in their order, as they are in a short form.
func elsewhere(text, customer string) bool {
	for _, m := range rePlaceNamed.FindAllString(text, 4) {
		name := m[len(reNoPartOf.FindString(m)):]
		if utf8.RuneCountInString(name) > 1 && !slices.Contains([]string{"医院", "公司", "学校", "大学", "学院", "中学", "小学", "超市", "集团", "诊所", "药房"}, name) &&
			!shortFormOf(name, customer) {
			return true
		}
	}
	return false
}

// shortFormOf reports whether the characters of a short form stand in a name in their order.
func shortFormOf(short, name string) bool {
	want := []rune(short)
	for _, r := range name {
		if len(want) > 0 && want[0] == r {
			want = want[1:]
		}
	}
	return len(want) == 0
}

// reNoCustomer is what tells something where a customer's name is wanted: sums, days, what was done.
var reNoCustomer = regexp.MustCompile(`\d\s*(?:万|元|块|台|箱|号|月|日|个|点|折|%)|了$|坏了|生日|记一下|改到|挪到|推到|换到|推迟|到款|打款|付款|投诉`)

// placeIn is the first place with a name of its own in a text, in four characters or more; empty where there is none.
func placeIn(text string) string {
	for _, m := range rePlaceNamed.FindAllString(text, 3) {
		if name := m[len(reNoPartOf.FindString(m)):]; utf8.RuneCountInString(name) >= 4 && !tells(name) {
			return name
		}
	}
	return ""
}

// reTitled is a person by surname and title.
var reTitled = regexp.MustCompile(`^\p{Han}{1,6}(?:主任|院长|科长|处长|校长|园长|厂长|店长|部长|所长|老板|教授|医生|护士长|总|经理|老师|主管|书记|局长|董|工)$`)

// reOutsider is somebody with a title.
var (
	reOutsider   = regexp.MustCompile(`(\p{Han})(主任|院长|科长|处长|校长|园长|厂长|店长|老板|教授|护士长|总|经理|老师)`)
	reAtCustomer = regexp.MustCompile(`报价|样品|样机|试剂|试用|资料|授权|方案|合同|发货|送货|交货|到货|晚到|下单|订货|采购|要\s*\d|打款|回款|付款|到款|预算|嫌|太贵|演示|安装|培训|维修|竞品|招标`)
)

// outsiderNews reports whether a text that names no customer is still about one: somebody with a title whom we do not
// have ourselves, and something that is done with customers. The customer is then asked for.
func outsiderNews(t bot.Turn, text string) bool {
	if !t.Person.Has(sales.RoleRep) || utf8.RuneCountInString(text) > 120 || isQuestion(text) || asks(text) || !reAtCustomer.MatchString(text) {
		return false
	}
	if placeIn(text) != "" {
		return true
	}
	for _, m := range reOutsider.FindAllStringSubmatch(text, 4) {
		ours := slices.ContainsFunc(t.Org.People(), func(p sales.Person) bool { return strings.HasPrefix(p.Name, m[1]) })
		if !ours || !slices.Contains([]string{"总", "经理", "老师"}, m[2]) {
			return true
		}
	}
	return false
}
