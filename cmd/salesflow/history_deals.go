package main

import "salesflow/store/sales"

// pastDeal is one opportunity of the demo's past. Steps counts, for each stage it reached in order, how many workdays
// before the start that was; the last one behind StageContract is winning.
type pastDeal struct {
	owner, customer, products string
	// yuan is what it is worth.
	yuan  int64
	steps []int
	// lostOn is how many workdays before the start it was lost, 0 when it was not; why is the reason.
	lostOn int
	why    string
}

// pastDeals are spread so that this month up to the start and the month before both make a funnel that narrows. 周敏 loses
// most between need and proposal, 李强 between negotiation and contract: something for the lead to find.
var pastDeals = []pastDeal{
	{owner: "zhoumin", customer: "C001", products: "P01 P03", yuan: 1_280_000, steps: []int{24, 20, 11}},
	{owner: "zhoumin", customer: "C003", products: "P03", yuan: 560_000, steps: []int{21, 18, 15, 11, 9, 7}},
	{owner: "zhoumin", customer: "C006", products: "P02", yuan: 98_000, steps: []int{28, 26, 21, 19, 17, 14}},
	{owner: "zhoumin", customer: "C014", products: "P01", yuan: 480_000, steps: []int{7, 5, 3}},
	{owner: "zhoumin", customer: "C015", products: "P04", yuan: 72_000, steps: []int{14, 10}, lostOn: 6, why: "医院今年设备预算砍了"},
	{owner: "zhoumin", customer: "C018", products: "P03", yuan: 520_000, steps: []int{12, 9, 6, 2}},
	{owner: "zhoumin", customer: "C024", products: "P02", yuan: 98_000, steps: []int{6, 1}},
	{owner: "zhoumin", customer: "C011", products: "P05", yuan: 25_500, steps: []int{2}},
	{owner: "zhoumin", customer: "C019", products: "P02", yuan: 96_000, steps: []int{12, 4}},
	{owner: "zhoumin", customer: "C025", products: "P07", yuan: 86_400, steps: []int{20, 15, 7, 4, 3, 2}},
	{owner: "zhoumin", customer: "C026", products: "P08", yuan: 50_400, steps: []int{9, 7, 6, 4}},
	{owner: "zhoumin", customer: "C027", products: "P07", yuan: 116_000, steps: []int{22, 21, 19, 15, 11, 8}},
	{owner: "zhoumin", customer: "C028", products: "P09", yuan: 38_400, steps: []int{21, 17, 14}, lostOn: 12, why: "被金蜂低价抢走"},
	{owner: "zhoumin", customer: "C030", products: "P08", yuan: 33_600, steps: []int{17, 12, 4, 3, 2}},
	{owner: "zhoumin", customer: "C034", products: "P10", yuan: 43_200, steps: []int{21, 20, 17, 16, 13, 5}},
	{owner: "zhoumin", customer: "C035", products: "P07", yuan: 69_600, steps: []int{5, 3}},
	{owner: "zhoumin", customer: "C037", products: "P13", yuan: 125_000, steps: []int{30, 27, 23, 22, 21, 18}},
	{owner: "zhoumin", customer: "C038", products: "P11", yuan: 98_000, steps: []int{3, 2}},
	{owner: "zhoumin", customer: "C041", products: "P12", yuan: 264_000, steps: []int{22, 16, 12, 9, 1}},
	{owner: "zhoumin", customer: "C042", products: "P11", yuan: 49_000, steps: []int{7}},
	{owner: "zhoumin", customer: "C036", products: "P09", yuan: 19_200, steps: []int{23, 21, 20, 19, 17, 16}},
	{owner: "zhoumin", customer: "C033", products: "P10", yuan: 14_400, steps: []int{5}},

	{owner: "liqiang", customer: "C002", products: "P01", yuan: 480_000, steps: []int{10, 7, 4, 1}},
	{owner: "liqiang", customer: "C004", products: "P03", yuan: 560_000, steps: []int{21, 19, 15, 9}},
	{owner: "liqiang", customer: "C005", products: "P02", yuan: 98_000, steps: []int{7, 4}},
	{owner: "liqiang", customer: "C008", products: "P04", yuan: 36_000, steps: []int{15, 12, 10}, lostOn: 5, why: "客户选了迈锐,价格低一成"},
	{owner: "liqiang", customer: "C016", products: "P01", yuan: 470_000, steps: []int{7, 5, 1}},
	{owner: "liqiang", customer: "C017", products: "P03", yuan: 540_000, steps: []int{6}},
	{owner: "liqiang", customer: "C020", products: "P05", yuan: 17_000, steps: []int{29, 26, 21, 19, 16, 8}},
	{owner: "liqiang", customer: "C021", products: "P05", yuan: 34_000, steps: []int{4, 2}},
	{owner: "liqiang", customer: "C043", products: "P14", yuan: 84_000, steps: []int{23, 22, 17, 16, 15, 8}},
	{owner: "liqiang", customer: "C044", products: "P14", yuan: 42_000, steps: []int{15, 14}, lostOn: 11, why: "账期谈不拢,要 90 天"},
	{owner: "liqiang", customer: "C045", products: "P12", yuan: 129_000, steps: []int{18, 14, 9, 6}},
	{owner: "liqiang", customer: "C046", products: "P13", yuan: 71_700, steps: []int{12, 9, 6}},
	{owner: "liqiang", customer: "C049", products: "P16", yuan: 222_000, steps: []int{22, 17, 11, 3, 1}},
	{owner: "liqiang", customer: "C051", products: "P16", yuan: 370_000, steps: []int{23, 22, 19, 18, 17, 16}},
	{owner: "liqiang", customer: "C052", products: "P19", yuan: 168_000, steps: []int{5, 1}},
	{owner: "liqiang", customer: "C053", products: "P17", yuan: 96_000, steps: []int{7, 6, 3}},
	{owner: "liqiang", customer: "C057", products: "P17", yuan: 96_000, steps: []int{20, 18, 16, 14, 10, 4}},
	{owner: "liqiang", customer: "C058", products: "P17", yuan: 96_000, steps: []int{5}},
	{owner: "liqiang", customer: "C060", products: "P18", yuan: 84_000, steps: []int{8}},

	{owner: "linxia", customer: "C055", products: "P20", yuan: 19_200, steps: []int{4, 2}},
}

// pastTodo is a to-do that is still open at the start. in counts workdays from the start.
type pastTodo struct {
	owner, customer, text string
	in                    int
}

var pastTodos = []pastTodo{
	{"zhoumin", "C014", "给杨主任发生化仪配置清单", 1},
	{"liqiang", "C002", "补化学发光仪检测报告", 1},
	{"zhoumin", "C026", "送山茶油样品两桶", 2},
	{"linxia", "C055", "量教室尺寸,出护眼灯点位图", 2},
	{"liqiang", "C049", "出智慧黑板安装方案", 3},
	{"zhoumin", "C018", "等客户回复付款方式", 4},
}

// Words of the past's visits: {who} is the contact, {p} the product, {n} a number that fits.
var (
	stageLines = map[sales.Stage][]string{
		sales.StageContact: {
			"第一次上门见{who},介绍了{p},留了资料,约下次细聊",
			"老客户介绍认识的{who},今天见上面了,对{p}有兴趣,先互相了解",
			"电话约到{who},当面讲了{p}和同行的案例,反应不错",
		},
		sales.StageNeed: {
			"跟{who}坐下来聊清楚了{p}的需求和时间",
			"{who}带着看了现场,{p}的用量和要求都记下了",
			"跟{who}对了{p}的需求,他们内部先过一遍",
		},
		sales.StageProposal: {
			"把{p}的方案和报价清单交给{who},逐页讲了一遍",
			"给{who}和他们领导讲{p}方案,问得很细,愿意往下走",
			"{p}方案按上次意见改了一版,{who}收下了",
		},
		sales.StageNegotiation: {
			"跟{who}谈{p}的价格,第一轮报价出去了",
			"{who}拿别家报价来比,{p}的价格和付款方式来回谈了两轮",
			"和{who}对{p}商务条件,还差最后一口价",
		},
		sales.StageContract: {
			"跟{who}过{p}合同条款,付款和交期基本定了",
			"{p}合同文本发给{who},他们在看",
		},
		sales.StageWon: {
			"{who}那边合同盖好章了,{p}这单定下来",
			"取回{p}的签字合同,跟{who}对好了交货时间",
		},
		sales.StageLost: {
			"{who}说这次{p}不做了:{why}",
		},
	}
	// openLines are of visits that moved nothing in an open deal, by industry; "" for all.
	openLines = map[string][]string{
		"": {
			"路过看{who},{p}的事内部还在走流程,下周再问",
			"跟{who}通了气,{p}他还要跟领导碰一次",
			"{who}在忙,简单聊了几句{p}的进展",
		},
		"medical": {
			"{who}说{p}要等院里设备会,排在下周",
			"陪工程师给{who}那边看{p}的安装条件,水电都够",
			"跟{who}聊试剂成本,{p}单个测试的账算给他听了",
		},
		"fmcg": {
			"请{who}试了{p}的样品,口味没意见,再比一家",
			"和{who}谈{p}的促销档期,想放在月底",
		},
		"hardware": {
			"给{who}送{p}样件,让车间先试 {n} 件",
			"{who}问{p}能不能分批送,按周排了个计划",
		},
		"education": {
			"跟{who}去教室看{p}的安装位置,{n} 间都量了",
			"给{who}的老师演示{p},上手挺快",
			"{who}说{p}要走政采,先准备参数",
		},
	}
	// careLines are of visits to customers without one.
	careLines = map[string][]string{
		"": {
			"回访{who},{p}用得还顺,聊了聊下半年的打算",
			"跟{who}对了{p}的供货时间",
			"例行看{who},{p}暂时没有新需求,认识了新来的同事",
		},
		"medical":   {"跟{who}看{p}的使用记录,故障率低,顺带提了保养", "{who}反映{p}耗材到得慢,记下来催仓库"},
		"fmcg":      {"去店里看{p}陈列,跟{who}商量换到端架", "跟{who}盘了{p}库存,还剩 {n} 箱,月底前要补"},
		"hardware":  {"跟{who}下车间看{p}的使用情况,损耗记了", "{who}说{p}这批质量稳,下月照单"},
		"education": {"{who}说{p}老师们用得多,想再加 {n} 套", "帮{who}看{p}报修的两处,当场好了"},
	}
	needLines = map[string][]string{
		"medical":   {"通量要到每小时 400 个测试", "老设备年底报废,预算批之前定型号", "要能接医院 LIS 系统"},
		"fmcg":      {"五一前备一批货", "先进 {n} 箱试卖", "要独立小包装"},
		"hardware":  {"下半年扩一条线,要稳定供货", "要材质证明和检测报告", "按月送货,一次 {n} 件"},
		"education": {"暑假装好,开学能用", "先装 {n} 间试点", "要带三年质保"},
	}
	rivals = map[string]string{"medical": "迈锐", "fmcg": "金蜂", "hardware": "力拓", "education": "优视达"}
)

// pastObjection is what a customer objected to, as a report groups it.
type pastObjection struct{ kind, text, percent string }

// pastObjections are by industry, "" for all; {r} is the competitor.
var pastObjections = map[string][]pastObjection{
	"": {
		{"price", "比{r}贵 8%", "8"},
		{"price", "嫌贵 10%", "10"},
		{"price", "嫌贵 15%", "15"},
		{"price", "比{r}贵 12%", "12"},
	},
	"medical": {
		{"budget", "今年预算只剩一半,想分两年付", ""},
		{"delivery", "嫌交期长,要 30 天内到货", ""},
		{"service", "怕售后跟不上,要 24 小时到场", ""},
		{"quality", "想先看同级医院的使用情况", ""},
	},
	"fmcg": {
		{"delivery", "怕旺季断货,要先锁量", ""},
		{"quality", "担心到店日期不新鲜", ""},
		{"budget", "这个月进货额度用完了", ""},
	},
	"hardware": {
		{"delivery", "嫌交期长,要一周内到", ""},
		{"quality", "上一家尺寸不稳,要先看检测报告", ""},
		{"budget", "要月结 60 天", ""},
	},
	"education": {
		{"budget", "预算要等下学期", ""},
		{"service", "怕坏了没人修,要驻点", ""},
		{"delivery", "怕暑假装不完", ""},
	},
}

// pastPromise is what a rep promised; days counts workdays until it was due.
type pastPromise struct {
	text string
	days int
}

// pastPromises are by industry, "" for all.
var pastPromises = map[string][]pastPromise{
	"":          {{"发报价单", 1}, {"发同行案例", 2}, {"回复付款方式", 1}},
	"medical":   {{"发配置清单", 1}, {"约工程师上门", 3}, {"送检测报告", 2}},
	"fmcg":      {{"送样品", 2}, {"发陈列方案", 1}},
	"hardware":  {{"寄样件", 3}, {"发材质证明", 2}},
	"education": {{"出安装点位图", 2}, {"送样机试用", 3}, {"发参数表", 1}},
}

// industries are the keys of the past's words by the names that the master data gets.
var industries = map[string]string{"医疗": "medical", "快消": "fmcg", "制造": "hardware", "五金": "hardware", "教育": "education"}

func industryOf(c sales.Customer) string {
	if key, ok := industries[c.Industry]; ok {
		return key
	}
	return c.Industry
}
