package handlers

import (
	"context"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// PerformanceTx reads what a company has delivered and how it has served.
type PerformanceTx interface {
	// DeliveriesBetween lists the newest shipments of people in scope, of one customer when it is set, that were received between two
	// days, both included, or were promised for before the last of them and are still on their way, the oldest first.
	DeliveriesBetween(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day, limit int) ([]sales.Shipment, error)
	// DeliveryMonths counts all of them.
	DeliveryMonths(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day) ([]sales.DeliveryMonth, error)
	// ServicesBetween lists when their complaints and service requests between two days were filed, taken and ended, the oldest first.
	ServicesBetween(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day, limit int) ([]sales.Filing, error)
}

const (
	performanceMonths = 12
	// maxPerformance is how many complaints and service requests are counted, maxPerformanceLines how many records of each kind the
	// paper lists and proves.
	maxPerformance, maxPerformanceLines = 20_000, 150
)

func (a *App) registerPerformance(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "履约证明", Aliases: []string{"lyzm", "投标证明", "交付证明"}, Summary: "投标用:近 12 个月按期交付和服务响应的 PDF", Usage: "履约证明 / 履约证明 绍兴市立医院",
		Detail: "按月数:约定了到货日的有几单、几单按期;投诉和售后多久受理、多少在时限内、办结几件。逐单列出,带留痕证明,收的人能自己核对。" +
			"不写客户就是你能看到的全部,纸上不出现客户名和金额;写了客户只算这一家。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "履约证明", nil },
		Rank:    map[sales.Role]int{sales.RoleDirector: 9, sales.RoleService: 7}, Handle: a.PerformanceRecord,
	})
}

// PerformanceRecord has the record of a year's deliveries and service made and sent (履约证明).
func (a *App) PerformanceRecord(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("履约证明请单聊我要,发 履约证明。"), nil
	}
	p := evidence.Performance{To: t.Today, From: t.Today.AddMonths(-performanceMonths).AddDays(1), By: t.Person.Name, Limit: int(a.Settings.AcceptWithin.Minutes())}
	scope, customer := t.Org.ScopeOf(t.Person), sales.ID(0)
	switch {
	case bare(t.Args) != "":
		c, rest, reply, err := a.customerArg(ctx, t, tx, t.Args)
		if err != nil || c.ID == 0 {
			return reply, err
		}
		if strings.TrimSpace(rest) != "" {
			return bot.Text("只要写客户,时间就是近 12 个月。后面的没看懂:" + quoted(bare(rest), "") + "。发 履约证明 " + c.Name + "。"), nil
		}
		if !scope.Covers(c.OwnerID) {
			return bot.Text(c.Name + "是" + orElse(t.Org.Name(c.OwnerID), "公海") + "的客户,要他或他的主管来出。你能出自己的:发 履约证明。"), nil
		}
		customer, p.Customer, p.Scope, scope = c.ID, c.Name, c.Name, sales.Scope{All: true}
	case scope.All:
		p.Scope = "全公司"
	case len(scope.Persons) > 1:
		p.Scope = t.Person.Name + "的团队"
	default:
		p.Scope = t.Person.Name + "负责的客户"
	}
	if err := a.readPerformance(ctx, tx, t, &p, scope, customer); err != nil {
		return bot.Reply{}, err
	}
	if len(p.Services) == maxPerformance {
		return bot.Text("投诉和售后超过 2 万件,一份纸数不过来。写一家客户:履约证明 绍兴市立医院"), nil
	}
	if len(p.Deliveries)+len(p.Services) == 0 {
		return bot.Text(p.Scope + "近 12 个月没有签收的发货,也没有投诉和售后,出不了履约证明。先记:发货 合同号、签收 合同号。"), nil
	}
	var err error
	if p.No, err = a.yearNo(ctx, t, tx, "LY", "performance"); err != nil {
		return bot.Reply{}, err
	}
	p.Trim(maxPerformanceLines)
	said, err := evidence.Change(evidence.FieldPerformance, p)
	if err != nil {
		return bot.Reply{}, err
	}
	id := tx.NewID()
	audit(tx, t, "performance.make", "performance", id, said)
	tx.CreateSheetJob(sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetPerformance, State: sales.SheetMaking, PersonID: t.Person.ID, Name: "履约证明 " + p.No,
		Choice: id.String(), CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	})
	return bot.Text("履约证明 " + p.No + "(" + p.Scope + "," + strconv.Itoa(p.From.Year()) + "年" + p.From.Chinese() + " 到今天)在做,要等一分钟封存,做好发你。"), nil
}

// readPerformance reads what is counted.
func (a *App) readPerformance(ctx context.Context, tx Tx, t bot.Turn, p *evidence.Performance, scope sales.Scope, customer sales.ID) error {
	shipments, err := tx.DeliveriesBetween(ctx, scope, customer, p.From, p.To, maxPerformanceLines)
	if err != nil {
		return err
	}
	for _, s := range shipments {
		p.Deliveries = append(p.Deliveries, evidence.Delivery{ID: s.ID, No: s.No, Promised: s.PromisedOn, Signed: s.SignedOn})
	}
	filings, err := tx.ServicesBetween(ctx, scope, customer, p.From, p.To, maxPerformance)
	if err != nil {
		return err
	}
	for _, f := range filings {
		s := evidence.Service{ID: f.ID, Kind: f.Kind, Filed: f.FiledAt.Time, Taken: f.HandledAt.Time, Closed: f.ClosedAt.Time}
		if !s.Taken.IsZero() {
			s.Minutes = int(a.Calendar.Of(t.Org, f.HandlerID).WorkingBetween(s.Filed, s.Taken).Minutes())
		}
		p.Services = append(p.Services, s)
	}
	months, err := tx.DeliveryMonths(ctx, scope, customer, p.From, p.To)
	p.CountAll(months)
	return err
}
