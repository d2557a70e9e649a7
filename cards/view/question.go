package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/store/sales"
)

// shownLines is how many rows an answer lists.
const shownLines = 10

// IdleShown is how many silent customers an answer lists, PromisesShown how many promises.
const (
	IdleShown     = 10
	PromisesShown = 8
)

// daysSpan is a span of days as an answer begins with it: "今天 周三", "上周(3月2日–3月8日)".
func daysSpan(from, to, today sales.Day) string {
	if from == to {
		return from.ChineseFrom(today)
	}
	if !to.After(today) || !from.After(today) {
		return sales.NewPeriod(from, to, today).Long()
	}
	if monday := today.AddDays(8 - (int(today.Weekday())+6)%7 - 1); from == monday && to == monday.AddDays(6) {
		return "下周(" + from.Chinese() + " 到 " + to.Chinese() + ")"
	}
	return from.Chinese() + " 到 " + to.Chinese()
}

// Visited is where people have been.
type Visited struct {
	Who             string
	Many            bool
	From, To, Today sales.Day
	Sums            []sales.VisitSum
	Customer        func(sales.ID) string
	Person          func(sales.PersonID) string
}

// VisitedText is where somebody has been, by customer; of several people by person.
func VisitedText(v Visited) string {
	span := daysSpan(v.From, v.To, v.Today)
	if len(v.Sums) == 0 {
		return span + "," + v.Who + "没有拜访记录。"
	}
	visits, seen := 0, map[sales.ID]bool{}
	for _, s := range v.Sums {
		visits += s.Visits
		seen[s.CustomerID] = true
	}
	head := fmt.Sprintf("%s,%s跑了 %d 家,%d 次:", span, v.Who, len(seen), visits)
	lines := []string{head}
	if v.Many {
		lines = append(lines, visitedByPerson(v)...)
	} else {
		for _, s := range v.Sums[:min(len(v.Sums), shownLines)] {
			lines = append(lines, "· "+v.Customer(s.CustomerID)+timesText(s, v))
		}
		if n := len(v.Sums) - shownLines; n > 0 {
			lines = append(lines, fmt.Sprintf("还有 %d 家。", n))
		}
	}
	return strings.Join(lines, "\n") + "\n看一家:客户 " + v.Customer(v.Sums[0].CustomerID) + " 动态"
}

// timesText is how often and when last, where there is more to say than the day of the question.
func timesText(s sales.VisitSum, v Visited) string {
	switch {
	case s.Visits > 1 && v.From != v.To:
		return fmt.Sprintf(" %d 次,最近 %s", s.Visits, s.LastOn.Chinese())
	case s.Visits > 1:
		return fmt.Sprintf(" %d 次", s.Visits)
	case v.From != v.To:
		return " " + s.LastOn.Chinese()
	}
	return ""
}

func visitedByPerson(v Visited) []string {
	var order []sales.PersonID
	of := map[sales.PersonID][]sales.VisitSum{}
	for _, s := range v.Sums {
		if len(of[s.PersonID]) == 0 {
			order = append(order, s.PersonID)
		}
		of[s.PersonID] = append(of[s.PersonID], s)
	}
	var lines []string
	for _, p := range order[:min(len(order), 2*shownLines)] {
		var names []string
		for _, s := range of[p][:min(len(of[p]), 3)] {
			names = append(names, v.Customer(s.CustomerID))
		}
		if n := len(of[p]) - 3; n > 0 {
			names = append(names, fmt.Sprintf("等 %d 家", len(of[p])))
		}
		lines = append(lines, fmt.Sprintf("· %s %d 家:%s", v.Person(p), len(of[p]), strings.Join(names, "、")))
	}
	if n := len(order) - 2*shownLines; n > 0 {
		lines = append(lines, fmt.Sprintf("还有 %d 人。", n))
	}
	return lines
}

// Visitors is who has been at a customer. From and To are zero for ever.
type Visitors struct {
	Customer        string
	From, To, Today sales.Day
	Sums            []sales.VisitSum
	Person          func(sales.PersonID) string
	Me              sales.PersonID
}

// VisitorsText is who has been at a customer, who was there last first.
func VisitorsText(v Visitors) string {
	when := ""
	if !v.From.IsZero() {
		when = daysSpan(v.From, v.To, v.Today) + ","
	}
	if len(v.Sums) == 0 {
		return when + "还没有人去过" + v.Customer + "。排一个:计划 明天 上午 " + v.Customer
	}
	lines := []string{when + "去过" + v.Customer + "的:"}
	for _, s := range v.Sums[:min(len(v.Sums), shownLines)] {
		name := v.Person(s.PersonID)
		if s.PersonID == v.Me {
			name = "你"
		}
		lines = append(lines, fmt.Sprintf("· %s %d 次,最近 %s", name, s.Visits, s.LastOn.ChineseFrom(v.Today)))
	}
	return strings.Join(lines, "\n") + "\n看记录:客户 " + v.Customer + " 动态"
}

// LastVisit is when somebody was at a customer last. Visit.ID is 0 when nobody was. Who is the one person asked for.
type LastVisit struct {
	Customer, Contact, Met, Who, Next string
	Visit                             sales.Visit
	Today                             sales.Day
	Me                                sales.PersonID
	Name                              func(sales.PersonID) string
	Count                             int
}

// LastVisitText is the last visit in a sentence, and the next one that is planned.
func LastVisitText(v LastVisit) string {
	var s string
	if v.Visit.ID == 0 {
		s = "还没有人去过" + v.Customer
		if v.Who != "" {
			s = v.Who + "还没去过" + v.Customer
		}
		if v.Contact != "" {
			s += "见" + v.Contact
		}
		s += "。"
	} else {
		who := v.Name(v.Visit.PersonID)
		if v.Visit.PersonID == v.Me {
			who = "你"
		}
		s = fmt.Sprintf("最近一次去%s:%s,%s去的", v.Customer, v.Visit.Day.ChineseFrom(v.Today), who)
		if v.Met != "" {
			s += ",见了" + v.Met
		}
		s += fmt.Sprintf("。一共 %d 次。", v.Count)
	}
	if v.Next != "" {
		return s + "\n下一次:" + v.Next
	}
	if v.Visit.ID == 0 {
		return s + "排一个:计划 明天 上午 " + v.Customer
	}
	return s + "\n看记录:客户 " + v.Customer + " 动态"
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Talk is what was talked about at a visit. Own says that the words may be read.
type Talk struct {
	Customer, Met, By string
	Visit             sales.Visit
	Own               bool
	Today             sales.Day
	Now               time.Time
	Todos             []sales.Todo
}

// TalkText is what was talked about last, and what was promised there.
func TalkText(v Talk) string {
	head := v.Visit.Day.ChineseFrom(v.Today) + "," + v.Customer
	if v.Met != "" {
		head += " " + v.Met
	}
	var s string
	if v.Own {
		s = head + ":\n" + clip(v.Visit.Text, 200)
	} else {
		s = head + ",是" + v.By + "去的。他记的话只有本人能看"
		if rest := strings.TrimSpace(strings.TrimPrefix(v.Visit.Text, v.By)); rest != "" {
			s += ",谈的是:" + rest
		}
		s += "。"
	}
	for i, t := range v.Todos {
		if i == 0 {
			s += "\n当时答应:"
		}
		s += "\n· " + promiseLine(t, v.Today, v.Now)
	}
	return s + "\n看全部:客户 " + v.Customer + " 动态"
}

// promiseLine is a promise and what became of it: "寄样 · 3月17日 周二(6天后)", "寄样 · 3月5日 周四 办完".
func promiseLine(t sales.Todo, today sales.Day, now time.Time) string {
	switch {
	case t.State == sales.TodoDone:
		return t.Text + " · " + sales.FormatTime(t.ClosedAt.Time, now) + " 办完"
	case t.State != sales.TodoOpen:
		return t.Text + " · 取消了"
	case !t.DueAt.IsZero() && t.DueAt.Before(now):
		return t.Text + " · " + t.DueText(today) + " 🔴 还没办"
	}
	return t.Text + " · " + t.DueText(today) + " 还没办"
}

// Idle are customers nobody has been in touch with for some days; Days is 0 when the longest were asked for.
type Idle struct {
	Who       string
	Many      bool
	Days      int
	Customers []sales.Customer
	Count     int
	Today     sales.Day
	Name      func(sales.PersonID) string
}

// IdleText lists silent customers, the longest first.
func IdleText(v Idle) string {
	whose := v.Who + "的客户"
	if len(v.Customers) == 0 {
		if v.Days > 0 {
			return fmt.Sprintf("%s %d 天内都联系过。", whose, v.Days)
		}
		return v.Who + "名下没有客户。"
	}
	head := whose + "里最久没联系的:"
	if v.Days > 0 {
		head = fmt.Sprintf("%s里 %d 家超过 %d 天没联系,最久的在前:", whose, v.Count, v.Days)
	}
	lines := []string{head}
	for i, c := range v.Customers {
		if v.Days == 0 && i == 5 {
			break
		}
		line := fmt.Sprintf("%d. %s · 还没联系过", i+1, c.Name)
		if !c.LastContactAt.IsZero() {
			day := sales.DayOf(c.LastContactAt.Time)
			line = fmt.Sprintf("%d. %s · %d 天(%s)", i+1, c.Name, v.Today.Sub(day), day.Chinese())
		}
		if v.Many {
			line += " · " + v.Name(c.OwnerID)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n排一家:计划 明天 上午 " + v.Customers[0].Name
}

// OthersTodos are a colleague's open to-dos.
type OthersTodos struct {
	Who   string
	Lines []TodoLine
	Today sales.Day
	Now   time.Time
	More  bool
}

// OthersTodoText lists a colleague's open to-dos; they cannot be closed from here.
func OthersTodoText(v OthersTodos) string {
	if len(v.Lines) == 0 {
		return v.Who + "没有待办。"
	}
	lines := []string{fmt.Sprintf("%s没办完的待办 %d 条", v.Who, len(v.Lines))}
	if v.More {
		lines[0] += "(只列最急的)"
	}
	for _, l := range v.Lines {
		lines = append(lines, "· "+todoWords(l, v.Today, v.Now))
	}
	return strings.Join(lines, "\n")
}

func todoWords(l TodoLine, today sales.Day, now time.Time) string {
	s := l.Todo.Text
	if l.Customer != "" {
		s += " · " + l.Customer
	}
	s += " · " + l.Todo.DueText(today)
	if !l.Todo.DueAt.IsZero() && l.Todo.DueAt.Before(now) {
		s += " 🔴"
	}
	return s
}

// Days are what some days hold.
type Days struct {
	From, To, Today sales.Day
	Now             time.Time
	Plans           []sales.VisitPlan
	Todos           []TodoLine
	More            bool
	Waiting         int
	Customer        func(sales.ID) string
}

// DaysText is what some days hold: visits planned, what is due, what waits for one's decision.
func DaysText(v Days) string {
	lines := []string{daysSpan(v.From, v.To, v.Today)}
	for _, p := range v.Plans[:min(len(v.Plans), shownLines)] {
		line := planLine(p, v.Customer, v.Today)
		if v.From != v.To {
			line = p.Day.Chinese() + " " + line
		}
		lines = append(lines, line)
	}
	if len(v.Todos) > 0 {
		head := fmt.Sprintf("到期的待办 %d 条:", len(v.Todos))
		if v.More {
			head = "到期的待办(只列最急的):"
		}
		lines = append(lines, head)
	}
	for i, l := range v.Todos {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, todoWords(l, v.Today, v.Now)))
	}
	if v.Waiting > 0 {
		lines = append(lines, fmt.Sprintf("另有 %d 件等你审批,发 审批 看。", v.Waiting))
	}
	if len(lines) == 1 {
		return lines[0] + ":没有排拜访,也没有到期的待办。全部待办发 待办。"
	}
	if len(v.Todos) > 0 {
		lines = append(lines, "回 完成 1 或 延期 1 周五。")
	}
	if len(v.Plans) > 0 {
		lines[0] += fmt.Sprintf(",要去 %d 家:", len(v.Plans))
	}
	return strings.Join(lines, "\n")
}

// Promises are what was promised to somebody and what became of it.
type Promises struct {
	To    string
	Todos []sales.Todo
	Today sales.Day
	Now   time.Time
	Name  func(sales.PersonID) string
	Me    sales.PersonID
}

// PromisesText lists promises, those still open first.
func PromisesText(v Promises) string {
	if len(v.Todos) == 0 {
		return "没有记过答应" + v.To + "的事。"
	}
	open := 0
	var first, last []string
	for _, t := range v.Todos {
		line := "· " + promiseLine(t, v.Today, v.Now)
		if t.OwnerID != v.Me {
			line += " · " + v.Name(t.OwnerID)
		}
		if t.State == sales.TodoOpen {
			open++
			first = append(first, line)
			continue
		}
		last = append(last, line)
	}
	head := fmt.Sprintf("答应%s的,%d 件还没办:", v.To, open)
	if open == 0 {
		head = "答应" + v.To + "的都办了:"
	}
	return strings.Join(append(append([]string{head}, first...), last...), "\n")
}
