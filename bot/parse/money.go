package parse

import (
	"math/big"
	"strings"
)

// money is an amount of money as written. v is nil for a bound or a range.
type money struct {
	i, j     int
	v        *big.Rat // yuan
	min, max *big.Rat
	currency string
	approx   bool
	marked   bool // a currency or 块, 角, 分 is said; a bare 三百万 is not marked
}

// Money finds the first amount of money in s. A bare number counts only with 万, 亿, k or w, or when it is all of s.
// Role and Why's meaning are left to the caller.
func Money(s string) (Amount, bool) {
	t := newText(s, true)
	best, found := money{}, false
	for i := 0; i < len(t.r); i++ {
		m, ok := t.money(i)
		if !ok {
			i = t.skipNumber(i) - 1
			continue
		}
		if !found || m.marked && !best.marked {
			best, found = m, true
		}
		i = m.j - 1
	}
	if !found {
		return Amount{}, false
	}
	a, ok := best.amount()
	a.Why = t.why(best.i, best.j)
	return a, ok
}

// skipNumber is the position after the number at i, or i+1.
func (t *text) skipNumber(i int) int {
	if !isDigit(t.at(i)) {
		return i + 1
	}
	for i < len(t.r) && (isDigit(t.r[i]) || t.r[i] == '.' && isDigit(t.at(i+1))) {
		i++
	}
	return i
}

// amount is m in fen; not ok when it is beyond what records can hold.
func (m money) amount() (Amount, bool) {
	a := Amount{Approx: m.approx, Currency: m.currency, HasMin: m.min != nil, HasMax: m.max != nil}
	ok := true
	fen := func(r *big.Rat) int64 {
		if r == nil {
			return 0
		}
		f := mul(r, ratInt(100))
		half := big.NewRat(1, 2)
		n := new(big.Int).Quo(add(f, half).Num(), add(f, half).Denom())
		if !n.IsInt64() || n.Int64() > 9e18 {
			ok = false
			return 0
		}
		return n.Int64()
	}
	a.Value, a.Min, a.Max = fen(m.v), fen(m.min), fen(m.max)
	return a, ok
}

var currencies = []struct {
	code  string
	words []string
}{
	{"CNY", words("人民币 RMB rmb CNY ¥ 元人民币 块钱人民币")},
	{"HKD", words("港币 港元 港圆 港纸 HKD HK$")},
	{"TWD", words("新台币 台币 新台元 TWD NT$")},
	{"MOP", words("澳门元 澳门币")},
	{"USD", words("美元 美金 美刀 美圆 USD US$ $ 刀")},
	{"EUR", words("欧元 欧圆 EUR € 欧")},
	{"GBP", words("英镑 GBP £ 镑")},
	{"JPY", words("日元 日圆 日币 円 JPY")},
	{"KRW", words("韩元 韩圆 韩币 KRW")},
	{"AUD", words("澳元 澳币 澳大利亚元 AUD")},
	{"CAD", words("加元 加币 加拿大元 CAD")},
	{"NZD", words("新西兰元 纽币")},
	{"SGD", words("新加坡元 新币 新元 坡币 SGD")},
	{"CHF", words("瑞士法郎 瑞郎 CHF")},
	{"FRF", words("法郎")},
	{"THB", words("泰铢 THB")},
	{"RUB", words("卢布 RUB")},
	{"INR", words("印度卢比 卢比 INR")},
	{"VND", words("越南盾 VND")},
	{"MYR", words("马来西亚令吉 林吉特 令吉 马币 MYR")},
	{"PHP", words("菲律宾比索")},
	{"SEK", words("瑞典克朗")},
	{"DKK", words("丹麦克朗")},
	{"NOK", words("挪威克朗")},
	{"BRL", words("巴西雷亚尔")},
	{"ZAR", words("南非兰特")},
}

var foreignCents = []struct{ word, code string }{{"美分", "USD"}, {"欧分", "EUR"}, {"便士", "GBP"}}

func (t *text) currency(i int) (code string, j int) {
	if i > 0 && isLetter(t.at(i)) && isLetter(t.at(i-1)) {
		return "", -1
	}
	for _, c := range currencies {
		if j := t.any(i, c.words...); j > 0 && j > i {
			if j == i+1 && t.at(i) == '欧' && isHan(t.at(j)) {
				continue // 欧阳, 欧洲
			}
			return c.code, j
		}
	}
	return "", -1
}

// moneyStarts are the characters with which an amount may begin.
var moneyStarts = func() *runeSet {
	s := firstRunes(words("从 自 最 不 封 上 顶 至 低 小 少 起 高 大 多 超 别 控 卡 约 近 将 差 估 半 对 负 百 千 万 亿 十")...)
	for _, c := range currencies {
		s.join(firstRunes(c.words...))
	}
	s.join(numberStarts)
	for c := '0'; c <= '9'; c++ {
		s.add(c)
	}
	s.add('.')
	s.add('-')
	return s
}()

// money reads an amount at i, a range or bound included.
func (t *text) money(i int) (money, bool) {
	if !moneyStarts.has(t.at(i)) {
		return money{}, false
	}
	if isDigit(t.at(i)) && (isWord(t.at(i-1)) || t.at(i-1) == '.' || t.at(i-1) == '-' && isWord(t.at(i-2)) && !isMoneyTail(t, i-2)) {
		return money{}, false
	}
	if i > 0 && isChineseDigit(t.at(i-1)) {
		return money{}, false
	}
	k := i
	approx := false
	bound := 0
	if j := t.any(k, "从", "自"); j > 0 {
		k = j
	}
	if j, b := t.boundBefore(k); j > 0 {
		k, bound = j, b
	}
	if j := t.any(k, "大概是", "大概", "大约", "约", "近", "将近", "差不多", "估计"); j > 0 {
		k, approx = j, true
	}
	m, ok := t.sum(k)
	if !ok {
		return money{}, false
	}
	m.i = i
	m.approx = m.approx || approx
	m = t.upTo(m)
	t.boundAfter(&m, bound)
	if m.currency == "" {
		m.currency = "CNY"
	}
	if !m.marked && !t.wholeOrBig(i, m) {
		return money{}, false
	}
	return m, true
}

func isMoneyTail(t *text, i int) bool { return isDigit(t.at(i)) }

// wholeOrBig reports whether a number without a currency is money to a reader: with 万 and no counted thing after it, or
// all there is.
func (t *text) wholeOrBig(i int, m money) bool {
	if i == 0 && m.j == len(t.r) {
		return true
	}
	big := false
	for _, c := range t.r[m.i:m.j] {
		if c == 'k' || c == 'K' || c == 'w' || c == 'W' {
			if t.any(t.blank(m.j), "色温", "的灯", "灯", "功率", "电机", "电源", "光源", "节能", "屏", "视频", "画质", "摄像", "分辨率", "高清", "录播", "显示", "投影", "以上色温", "左右色温", "充电", "快充") > 0 {
				return false // 4000K色温
			}
		}
		big = big || c == '万' || c == '亿' || c == 'w' || c == 'W' || c == 'k' || c == 'K'
	}
	if t.at(m.j) == '平' && !isHan(t.at(m.j+1)) {
		return false // 2万平
	}
	return big && (!t.countable(m.j) || t.any(m.j, "月底", "月初", "月末", "月中", "年底", "年前", "年后", "周", "号", "天天", "一", "年内", "日前", "节后", "节前") > 0)
}

// boundBefore reads 最多, 不超过 (+1: upper) and 至少, 不低于 (-1: lower).
func (t *text) boundBefore(i int) (j, bound int) {
	if j := t.any(i, "最多", "最高", "不超过", "不过", "超不过", "撑死", "顶天", "不能超过", "别超过", "不能超", "不超", "别超", "不要超过", "控制在", "卡在", "不高于", "低于", "小于", "少于", "不到", "不足", "封顶", "上限", "顶多", "至多"); j > 0 {
		return t.opt(j, "是", "为", "只能给", "能给到", "能给", "给到", "给", "能出到", "出到", "能出", "出", "能批", "批", "就", "也就", "能到", "到", "能接受", "接受"), 1
	}
	if j := t.any(i, "至少要", "至少得", "起码要", "最少要"); j > 0 {
		return j, -1
	}
	if j := t.any(i, "最少", "至少", "不低于", "不少于", "不小于", "高于", "大于", "多于", "超过", "起码", "最低", "超"); j > 0 {
		return t.opt(j, "还能有", "还有", "也有", "能有", "还得有", "得有", "要有", "还能给", "能给", "能出", "能批", "有", "是", "为"), -1
	}
	return -1, 0
}

func (t *text) boundAfter(m *money, bound int) {
	if j := t.any(m.j, "左右", "上下", "多点", "来块", "出头", "大概"); j > 0 {
		m.approx, m.j = true, j
		if bound == 1 && t.any(m.i, "控制在", "卡在") > 0 && t.any(j, "以内", "以下", "内") < 0 {
			bound = 0 // 控制在一万五左右
		}
	}
	if j := t.any(m.j, "及以上", "或以上", "以上", "往上", "起步", "起", "打底"); j > 0 && t.any(j, "诉", "来") < 0 {
		m.j, bound = j, -1
	} else if j := t.any(m.j, "都不到", "不到", "都没到"); j > 0 && t.any(j, "位", "货", "账", "帐") < 0 && j == len(t.r) {
		m.j, bound = j, 1
	} else if j := t.any(m.j, "及以下", "或以下", "以下", "以内", "之内", "封顶", "内"); j > 0 {
		m.j, bound = j, 1
	}
	if m.v == nil {
		return
	}
	switch bound {
	case 1:
		m.max, m.v = m.v, nil
	case -1:
		m.min, m.v = m.v, nil
	}
}

// sum reads [currency] number [万] [元] [角] [分] [整] [currency].
func (t *text) sum(i int) (money, bool) {
	m := money{i: i}
	k := i
	if code, j := t.currency(k); j > 0 {
		m.currency, m.marked = code, true
		k = t.blank(t.opt(j, ":"))
	}
	if v, j, rough := t.wordSum(k); j > 0 {
		m.v, m.j, m.approx, m.marked = v, j, rough, true
		return m, true
	}
	n, ok := t.num(k)
	if !ok || n.v.Sign() < 0 {
		return money{}, false
	}
	if t.prose && !n.arabic && n.j-n.i == 1 && t.at(n.i) == '一' && t.at(n.j) == '块' && !t.oneLump(n.i) {
		return money{}, false
	}
	if !n.arabic && n.j-n.i == 1 && t.at(n.i) == '一' && t.any(n.j, "块") > 0 && t.any(n.j+1, "儿", "去", "谈", "过", "来", "做", "吃", "开", "看", "买", "走", "签", "发", "定", "给", "算", "送", "弄") > 0 {
		return money{}, false
	}
	m.v, m.j, m.approx = n.v, n.j, n.approx
	if n.hi != nil {
		m.min, m.max, m.v = n.v, n.hi, nil
	}
	if j := t.any(m.j, "多", "余", "来", "好几"); j > 0 {
		m.approx, m.j = true, j
	}
	if !t.unitWords(&m, n) && !m.marked {
		return m, true
	}
	m.j = t.opt(m.j, "整", "正")
	if code, j := t.currency(m.j); j > 0 {
		m.currency, m.marked, m.j = code, true, j
	}
	return m, true
}

// wordSum reads the sums said without a number: 半块钱, 万把块.
func (t *text) wordSum(i int) (v *big.Rat, j int, rough bool) {
	if j := t.any(i, "半块钱", "半元钱"); j > 0 {
		return big.NewRat(1, 2), j, false
	}
	for _, w := range []struct {
		word string
		n    int64
	}{{"百把", 100}, {"千把", 1000}, {"万把", 10_000}} {
		if j := t.any(t.lit(i, w.word), "块钱", "元钱", "块", "元"); t.lit(i, w.word) > 0 && j > 0 {
			return ratInt(w.n), j, true
		}
	}
	return nil, -1, false
}

// unitWords reads 元, 块, 角, 分 and foreign units after the number.
func (t *text) unitWords(m *money, n number) bool {
	k := t.blank(m.j)
	for _, c := range foreignCents {
		if j := t.lit(k, c.word); j > 0 && m.v != nil {
			m.v, m.currency, m.marked, m.j = new(big.Rat).Quo(m.v, ratInt(100)), c.code, true, j
			return true
		}
	}
	if code, j := t.currency(k); j > 0 {
		m.currency, m.marked, m.j = code, true, j
		return true
	}
	switch {
	case t.any(k, "元旦", "元宵") > 0:
		return false // 12万|元旦后
	case t.any(k, "元", "圆", "块") > 0 || t.at(k) == '蚊' && t.any(k+1, "虫", "香", "帐") < 0:
		j := t.any(k, "元钱", "块钱", "元", "圆", "块", "蚊")
		if t.at(k) == '块' && n.bare && n.v.Cmp(ratInt(100)) < 0 && (t.flatThing(k+1) || t.piecesAsked(n.i, k+1)) {
			return false
		}
		if t.at(k) == '块' && t.any(k+1, "板", "屏", "表", "地", "样板", "样品", "展板", "钢板", "面板", "主板", "玻璃", "电池", "砖", "硬盘") > 0 {
			return false
		}
		m.j, m.marked = j, true
		t.smallChange(m)
	case t.any(k, "毛", "角") > 0 && t.any(k+1, "利", "巾", "病", "磨", "度", "色", "衣", "重", "落", "螺", "形", "钢", "铁", "尺", "头", "膜", "架", "阀") < 0 && n.scale == nil:
		m.v, m.marked = new(big.Rat), true
		m.min, m.max = nil, nil
		m.j = n.i
		if t.smallChange(m); m.j == n.i { // 六 角: nothing was read
			if m.v, m.marked, m.j = n.v, false, n.j; n.hi != nil {
				m.min, m.max, m.v = n.v, n.hi, nil
			}
			return false
		}
	case t.at(k) == '分' && t.any(k+1, "之", "钟", "析", "期", "公", "店", "销", "批", "享", "别", "开", "成", "为", "部", "红", "给", "配", "歧", "两", "三", "行", "量", "布", "机") < 0 && n.scale == nil && n.hi == nil && (t.any(k+1, "钱") > 0 || k+1 == len(t.r) && !t.prose):
		m.v, m.marked, m.j = new(big.Rat).Quo(n.v, ratInt(100)), true, t.opt(k+1, "钱")
	default:
		return false
	}
	return true
}

// smallChange reads 六角七分钱 after the yuan; 五块三 is 5.3.
func (t *text) smallChange(m *money) {
	for _, u := range []struct {
		words []string
		per   int64
	}{{words("角 毛"), 10}, {words("分"), 100}} {
		k := t.opt(m.j, "零")
		n, ok := t.num(k)
		if u.per == 10 && t.before(m.j, "块") && isChineseDigit(t.at(k)) && t.at(k+1) == '一' && t.any(k+2, goods...) > 0 && unitValues[t.at(k)] == 0 {
			if one, good := t.digitAt(k); good { // 九块五|一公斤
				m.v, m.j = add(m.v, big.NewRat(one, 10)), k+1
				continue
			}
		}
		if u.per == 100 && t.before(m.j, "毛", "角") && isChineseDigit(t.at(k)) && t.at(k+1) == '一' && t.any(k+2, goods...) > 0 && unitValues[t.at(k)] == 0 && m.v != nil {
			if one, good := t.digitAt(k); good { // 一毛五|一支
				m.v, m.j = add(m.v, big.NewRat(one, 100)), k+1
				continue
			}
		}
		if u.per == 10 && k > m.j && t.before(m.j, "块") && ok && n.j-n.i == 1 && m.v != nil && !t.countable(n.j) && t.any(n.j, "毛", "角", "分") < 0 {
			m.v, m.j = add(m.v, new(big.Rat).Quo(n.v, ratInt(100))), n.j
			continue // 一块零五
		}
		if !ok || n.v.Cmp(ratInt(100)) >= 0 || m.v == nil {
			continue
		}
		if j := t.any(n.j, u.words...); j > 0 {
			m.v, m.j = add(m.v, new(big.Rat).Quo(n.v, ratInt(u.per))), t.opt(j, "钱")
		} else if u.per == 100 && t.before(m.j, "毛", "角") && n.j-n.i == 1 && !t.countable(n.j) {
			m.v, m.j = add(m.v, new(big.Rat).Quo(n.v, ratInt(100))), n.j
		} else if u.per == 10 && t.before(m.j, "块") && n.j-n.i == 1 && !t.countable(n.j) && t.any(n.j, "分", "%", "点") < 0 {
			m.v, m.j = add(m.v, new(big.Rat).Quo(n.v, ratInt(10))), n.j
		}
	}
}

// upTo reads the second half of 30到50万.
func (t *text) upTo(m money) money {
	if m.v == nil {
		return m
	}
	k := t.opt(m.j, "(含)", "(不含)")
	j := t.any(k, "到", "至", "--", "-", "~", "——")
	if j < 0 {
		return m
	}
	for t.at(j) == '-' || t.at(j) == '~' {
		j++
	}
	b, ok := t.sum(j)
	if !ok || b.v == nil {
		return m
	}
	n, _ := t.num(t.numStart(j))
	low, _ := t.num(t.numStart(m.i))
	if low.v == nil {
		low, _ = t.num(t.numStart(t.firstNumber(m.i)))
	}
	a := m.v
	if low.scale == nil && n.scale != nil && a.Cmp(n.coef) < 0 {
		a = mul(a, n.scale)
	} else if low.scale == nil && n.scale == nil {
		a = t.sharedUnit(a, low, n)
	}
	if n.v.Sign() > 0 && b.v.Cmp(n.v) < 0 && !m.marked { // 两到五分
		a = mul(a, new(big.Rat).Quo(b.v, n.v))
	}
	if b.j == n.j && t.percentLike(b.j) {
		return m
	}
	if a.Cmp(b.v) >= 0 {
		return m
	}
	if !m.marked && !b.marked && n.scale == nil && low.scale == nil && !(m.i == 0 && b.j == len(t.r)) {
		return m
	}
	return money{i: m.i, j: b.j, min: a, max: b.v, currency: pick(b.currency, m.currency), approx: m.approx || b.approx, marked: m.marked || b.marked}
}

// sharedUnit lets 五到六百 be 五百 to 六百.
func (t *text) sharedUnit(a *big.Rat, low, n number) *big.Rat {
	if low.arabic || !low.bare || n.arabic || n.j-n.i != 2 {
		return a
	}
	if u := unitValues[t.at(n.j-1)]; u >= 100 && a.Cmp(ratInt(10)) < 0 {
		return mul(a, ratInt(u))
	}
	return a
}

func pick(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (t *text) percentLike(i int) bool {
	return t.any(i, "%", "折", "成", "个点", "个百分点") > 0
}

// numStart skips a currency before a number.
func (t *text) numStart(i int) int {
	if _, j := t.currency(i); j > 0 {
		return t.blank(j)
	}
	return i
}

func (t *text) firstNumber(i int) int {
	for k := i; k < len(t.r) && k < i+8; k++ {
		if _, ok := t.num(k); ok {
			return k
		}
	}
	return i
}

var measures = words("公斤 千克 平米 平方 立方 公里 个月 小时 工作日 百分点 个点 箱 台 套 件 个 支 桶 瓶 把 只 盏 吨 斤 克 米 升 盒 包 袋 片 张 份 本 根 块 辆 次 家 人 名 位 户 天 日 周 年 月 号 点 楼 室 层 栋 期 批 条 打 双 副 部 寸 卷 捆 车 托 板 毫升 ml ML kg KG mm cm 方 % 折 成 页 字 分钟 秒 倍 颗 粒 组 対 对 门 间 班 节 届 排 折 种 款 家店 门店")

// paysAt reports that the 打 or 把 at i is a verb and counts nothing: 2万7|打过来.
func (t *text) paysAt(i int) bool {
	if t.at(i) == '打' {
		if p, ok := t.percent(i + 1); ok && p.fold {
			return true // 188打九二折
		}
	}
	return t.at(i) == '打' && t.any(i+1, "过", "款", "来", "给", "进", "到", "我", "了", "完", "掉", "出", "算", "折", "包") > 0
}

// countable reports whether the number that ends at i counts things.
func (t *text) countable(i int) bool {
	if t.any(i, "成交", "成本", "成立", "成功", "成品", "成套", "打了", "打完", "打掉", "打出", "打过", "打款", "打来", "打给", "打进", "打到", "打我") > 0 {
		return false
	}
	if t.any(i, "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周天", "周末", "周1", "周2", "周3", "周4", "周5", "周6") > 0 {
		return false // 尾款11950|周五打
	}
	if t.any(i, "本周", "本月", "本季", "本年", "本礼拜", "本星期", "本人", "本院", "本公司") > 0 {
		return false
	}
	if t.at(i) == '包' && t.any(i+1, "年", "半年", "一年", "两年", "三年", "1年", "2年", "3年", "5年", "安装", "运", "邮", "税", "干", "圆", "终身", "质保", "试剂", "耗材", "含", "培训", "维") > 0 {
		return false // 36万包三年试剂
	}
	return t.any(t.opt(i, "多", "余", "来"), measures...) > 0
}

// digitAt is the Chinese digit at i, from 1 to 9.
func (t *text) digitAt(i int) (int64, bool) {
	k := strings.IndexRune("一二三四五六七八九", t.at(i))
	return int64(k/3 + 1), k >= 0
}
