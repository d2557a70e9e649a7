package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// plain answers a question of which the understanding makes no query: by what is known of the customer it names where its words
// say what is wanted, else with what can be asked. What asks is never filed: it tells nothing.
func (s asker) plain(ctx context.Context, t bot.Turn, tx Tx, res parse.Result) (bot.Reply, error) {
	if s.commanded(t.Text) {
		return bot.Reply{}, bot.ErrNotMine
	}
	open := t.Dialogue.Topic != "" && t.Now.Before(t.Dialogue.ExpiresAt.Time)
	var named parse.CustomerRef
	if i := slices.IndexFunc(res.Frames, func(f parse.Frame) bool { return isNamed(f.Customer) }); i >= 0 {
		named = res.Frames[i].Customer
	}
	switch {
	case len(res.Frames) == 0, open && (!isNamed(named) || named.Inferred), !isWholeQuestion(t.Text, namesIn(res)...):
		return bot.Reply{}, bot.ErrNotMine
	case !isNamed(named):
		return bot.Text(helper{s.App, s.router}.nearest(t)), nil
	}
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(named.Candidates) > 1 {
		return s.askWhich(t, book, optionIDs(res.Ask, parse.AskCustomer, named.Candidates), named.Why)
	}
	q := question{text: t.Text, book: book}
	if reply, done, err := s.whose(ctx, t, tx, &q, named); done || err != nil {
		return reply, err
	}
	words := strings.TrimRight(bare(q.text), askParticles)
	for _, r := range plainAnswers {
		if r.words.MatchString(words) || r.rival && slices.ContainsFunc(res.Frames, func(f parse.Frame) bool { return f.Competitor.Name != "" }) {
			return r.answer(s, ctx, t, tx, q)
		}
	}
	if err := s.which(t, q, ""); err != nil {
		return bot.Reply{}, err
	}
	return s.about(t, q, bot.Text(unanswered(q.customer.Name))), nil
}

// unanswered says of a question about a customer that nothing here answers what can be asked, and how it is filed when it was
// the customer who asked.
func unanswered(customer string) string {
	return customer + "的这个我答不上来,没有记。可以问:谁去过" + customer + " / " + customer + "的合同到哪一步了 / 能问什么。\n是客户问你的就写:拜访 " + customer + " 问…"
}

// plainAnswers are the words by which such questions say what they want, the surest first.
var plainAnswers = []struct {
	words  *regexp.Regexp
	rival  bool
	answer answerFunc
}{
	{regexp.MustCompile(`联系人|对接人`), false, asker.answerContact},
	{regexp.MustCompile(`决策|拍板|关键人|说了算|管采购|管事|还在[吗么]|还在不在|离职|调走|退休|换人`), false, aboutPage("决策链")},
	{regexp.MustCompile(`[我他她你]的(?:客户)?[吗么]?$|归谁|归我|归你|谁的|有人跟|在跟|公海|领取|能领|[是归][^,，]{2,4}的[吗么]?$`), false, asker.answerOwner},
	{regexp.MustCompile(`竞品|对手|友商|竞争`), true, ofCustomer("竞品")},
	{regexp.MustCompile(`培训`), false, ofCustomer("培训反馈")},
	{regexp.MustCompile(`投诉|客诉`), false, ofCustomer("投诉")},
	{regexp.MustCompile(`样品|试用|样机|申领`), false, ofCustomer("样品")},
	{regexp.MustCompile(`坏|故障|报错|报警|维修|修[好过了]|装机|安装|调试|保养|校准|售后`), false, ofCustomer("售后")},
	{regexp.MustCompile(`报销|费用|招待|请客|花了|花过`), false, ofCustomer("费用")},
	{regexp.MustCompile(`折|优惠|特价|降价|便宜|底价|报价|报过价`), false, ofCustomer("报价")},
	{regexp.MustCompile(`招标|投标|中标|商机|这单|那单|阶段|成交|推进|赢|输了|买过|用过|订过|采购|用的是|下单|有戏|签[吗么不得下]`), false, aboutPage("商机")},
	{regexp.MustCompile(`(?:明天|后天|下周|下个?月|这周[一二三四五六日天]|周[一二三四五六日天]|改天|以后).{0,8}(?:去|拜访|来|安排|约|跑)|排了|安排|(?:要不要|该不该|用不用|需不需要|能不能|可不可以).{0,4}去`), false, asker.answerPlan},
	{regexp.MustCompile(`去过|来过|到过|联系过|见过|跑过|拜访过?|签到|陪访|联系[了没]|去[了没]`), false, asker.answerLast},
	{regexp.MustCompile(`嫌|异议|满意|谈|聊|预算|意向`), false, asker.answerTalk},
	{regexp.MustCompile(`资料|代码|税号|地址|别名|行业|建档|账期|授信`), false, aboutPage("资料")},
	{regexp.MustCompile(`等级|级别|类客户|[ABCabc]类|KA|重点|大客户|健康|流失|老客户|新客户|标签|情况|怎么样|还好`), false, asker.answerCustomer},
}

// aboutPage answers with a page of the customer's card.
func aboutPage(page string) answerFunc {
	return func(s asker, ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
		return s.as(ctx, t, tx, "客户 "+q.customer.Name+" "+page)
	}
}

// ofCustomer answers with what a command lists of the customer.
func ofCustomer(command string) answerFunc {
	return func(s asker, ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
		return s.as(ctx, t, tx, command+" "+q.customer.Name)
	}
}

func (s asker) answerCustomer(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	return s.customerCard(ctx, t, tx, q.customer)
}

// commanded reports whether a text begins with the word of a command that stands by itself: then whoever wrote it says what it is.
func (s asker) commanded(text string) bool {
	word, rest := cutWord(text)
	return rest != "" && s.router.Matches(word)
}

// namesIn are the words by which a message names customers, people and products.
func namesIn(res parse.Result) []string {
	var out []string
	for _, f := range res.Frames {
		out = append(out, f.Customer.Why.Text, f.Contact.Why.Text)
	}
	return out
}

// isWholeQuestion reports whether a text is a question from end to end: each of its clauses asks or only names, and nobody is
// quoted with it. What a customer asked us is news.
func isWholeQuestion(text string, names ...string) bool {
	text = strings.TrimSpace(reRequest.ReplaceAllString(bareAsk(text), ""))
	if n := utf8.RuneCountInString(text); n < 4 || n > maxSpoken || strings.Contains(text, "\n") {
		return false
	}
	if reQuotes.MatchString(strings.NewReplacer("说好", "", "说的", "", "说过", "", "说了算", "", "反馈", "").Replace(text)) {
		return false
	}
	clauses := func(between string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(between, r) })
	}
	return onlyAsks(clauses(",，;；。!！"), names) || onlyAsks(clauses(",，;；。!！ "), names) // 样品寄到了没 众美的
}

// onlyAsks reports whether of some clauses one asks, and the others say no more than whom or what it is about.
func onlyAsks(clauses, names []string) bool {
	asked := false
	for _, clause := range clauses {
		if asksAny(clause) {
			asked = true
			continue
		}
		for _, n := range names {
			if n != "" {
				clause = strings.ReplaceAll(clause, n, "")
			}
		}
		if utf8.RuneCountInString(strings.TrimSpace(clause)) > 3 {
			return false // something is told beside it
		}
	}
	return asked
}

// bareAsk is a text without what stands around it, its question mark left.
func bareAsk(s string) string {
	return strings.TrimRight(strings.TrimLeft(s, punctuation), " \t\n,，.。;；!！~～…")
}

var (
	// reRequest are the words in front of a question by which one asks a colleague.
	reRequest = regexp.MustCompile(`^(?:(?:请问|问一下|问下|问问|想问一下|想问下|想问|我想知道|想知道|帮我|帮忙|麻烦|给我|看一下|看下|看看|查一下|查下|查查|查|告诉我|说说|对了|话说)[,，\s]*)+`)
	// reQuotes are the words by which what follows was said, asked or weighed by somebody else, or is open.
	reQuotes = regexp.MustCompile(`问|说|讲|提出|提到|提了|表示|反映|知道|清楚|确定|担心|关心|害怕|觉得|以为|考虑|商量|讨论|研究|犹豫|纠结|评估|打听|咨询|希望|要求|看看|看谁|看能|看会|看要|看是|看有|看行|等着|等他|等她|回复|通知|催我|让我|叫我|约我|[:：]|(?:还没|没)定|不一定|再看|再定|取决|都行|无所谓|不好说|难讲|说不准|未定`)
	// reEndsAsking are the ends of clauses that ask.
	reEndsAsking = regexp.MustCompile(`[吗?？]$|[^什怎这那多要]么$|(?:[了过到好完掉来去回上下齐清给成审批签着有]|出去)(?:没有|没)$|了没$|(?:多大|多远|多高|多长|多久|多少[个家台次人钱]?|几[个家台次年月号点人]|谁|哪[里儿家天个些]|什么|啥|怎么样|咋样|如何)$`)
	reStillNot   = regexp.MustCompile(`(?:还|都|也|从来|一直|根本)没有?$|没什么$|没啥$|(?:不管|无论|随便).{0,6}$`)
	reWhether    = regexp.MustCompile(`是否|有无|谁[^都也]|姓什么|叫什么`)
	askParticles = "的了啊呀呢哈哦嘛吧啦 "
)

// asksAny reports whether a clause has the form of a question: it ends as one, or puts a choice as 能不能 does.
func asksAny(clause string) bool {
	end := strings.TrimRight(strings.TrimSpace(clause), askParticles)
	switch {
	case reStillNot.MatchString(end):
		return false
	case reEndsAsking.MatchString(end), reEndsAsking.MatchString(strings.TrimSpace(clause)), reWhether.MatchString(clause):
		return true
	}
	r := []rune(clause)
	for i := 0; i+2 < len(r); i++ {
		if r[i] == r[i+2] && (r[i+1] == '不' || r[i+1] == '没') && unicode.Is(unicode.Han, r[i]) && !strings.ContainsRune("动时差了得三一", r[i]) {
			return true
		}
	}
	return false
}

// fitting is the answer to what is asked about, where words of the question say more surely what is wanted of a customer than
// what the understanding took it for; nil for none.
func fitting(q question) answerFunc {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(q.text, w) })
	}
	switch {
	case q.customer.ID == 0:
	case q.About == parse.AboutVisit && has("联系人", "对接人"), q.About == parse.AboutCustomers && has("联系人"):
		q.Person = parse.Spoken{}
		return asker.answerContact
	case q.About == parse.AboutPool, q.About == parse.AboutCustomers && q.Ask == parse.AskState:
		return asker.answerOwner
	case q.About == parse.AboutQuote && has("阶段"):
		return aboutPage("商机")
	case q.About == parse.AboutTodo && has("安排", "行程") && !q.From.IsZero() && !sales.DayOf(q.To).Before(sales.DayOf(q.From)):
		return asker.answerPlan
	case q.About == parse.AboutVisit && has("竞品", "对手", "友商"):
		return ofCustomer("竞品")
	}
	return nil
}
