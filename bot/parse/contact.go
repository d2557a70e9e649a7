package parse

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// mention is a person as spoken of: 王主任, 小王, 施敏, 李芳科长, 院长.
type mention struct {
	i, j    int
	surname string // 王; "" when only a title is said
	given   string
	title   string
	dept    string // 检验科
	young   bool   // 小王, 老李
	typo    bool
}

// titles as spoken, longer ones first.
var titles = words("同志 大姐 大哥 阿姨 顾问 老总 大老板 副总经理 常务副总 副董事长 护士长 总经理 董事长 总工程师 总工 副主任 副院长 副校长 副园长 副科长 副处长 副部长 副厂长 副经理 老板娘 工程师 总监 主任 科长 院长 校长 园长 理事长 社长 场长 店长 店主 馆长 总裁 厂长 处长 部长 局长 所长 站长 班长 组长 队长 会长 行长 村长 镇长 经理 主管 采购 老板 老师 女士 先生 小姐 医生 大夫 教授 书记 秘书 会计 出纳 财务 助理 师傅 副总 总 董 工 姐 哥 叔 姨 院 校 处 局 科 部 厂 司 博士 专员 掌柜 主仁 主人 客服 库管 仓管 生")

// strictTitles tell one person from another of the same surname; the others are courtesies.
var strictTitles = wordSet("护士长 主任 副主任 科长 副科长 院长 副院长 校长 副校长 园长 副园长 店长 厂长 副厂长 处长 副处长 部长 副部长 局长 所长 站长 班长 组长 队长 会长 行长 主管 采购 总监 书记 会计 出纳 教授")

const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤温康施牛葛樊安阮颜倪易庞邢洪翟柳俞季骆祝耿焦路甄窦喻戚奚郎鲁昌苗凤花费岑水云柏章鲍酆廉盛游辛梅柯卓蓝屠包詹靳裴涂桑关丛单房解应宗宣左吉钮嵇滑荣翁荀羊惠曲家封储邴糜松井段富巫乌巴弓牧隗山谷车宓蓬全班仰伊宫宁仇栾暴甘厉戎祖符景束幸司韶郜蓟薄印宿怀蒲邰鄂索咸籍赖蔺蒙池乔阴胥能苍双闻莘党贡劳逄姬申扶堵冉宰郦雍璩桂濮扈燕冀郏浦尚农别庄晏柴瞿阎充慕连茹习宦艾鱼容古慎戈庾终暨居衡步都满弘匡国文寇广禄阙欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾简饶空沙养鞠须丰巢蒯相查后荆红竺褚卫尤华滕殷毕邬乐傅皮卞齐伍元卜穆湛祁禹狄米贝臧伏谈茅纪舒屈项闵席麻强娄危童刁凌霍虞支昝管裘缪干贲郁芮羿汲郗仲钭寿阚权逯盖桓邸岳苑佟仝冼练褟揭麦佘牟邝粟栗郇诸况帅仉鹿兰佴谯郤鄢鄞亓郄楼丘谌庹苟隋朴计芦占亢晋泮尧赫"

var doubleSurnames = words("欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 南宫")

// mentionStarts are the characters with which a person may be named.
var mentionStarts = func() *runeSet {
	s := firstRunes("小", "老", "姓")
	for _, c := range surnames {
		s.add(c)
	}
	for _, list := range [][]string{titles, departments, doubleSurnames} {
		s.join(firstRunes(list...))
	}
	return s
}()

// mentionsAt reads the people that may be spoken of at i.
func (m *message) mentionsAt(i int) []mention {
	var out []mention
	k := m.blank(i)
	k = m.opt(k, "的", "那边的", "那边", "那里", "这边", "里的")
	k = m.blank(k)
	if !mentionStarts.has(m.at(k)) || m.inValue(k) {
		return nil // 21.5万|财务
	}
	dept := ""
	if e := m.department(k); e > k {
		dept, k = strings.TrimRight(m.cut(k, e), " 的"), e
	}
	if e := m.any(k, "姓"); e > 0 && m.surnameAt(e) > 0 && m.any(m.surnameAt(e), "的") > 0 {
		out = append(out, mention{i: k, j: m.opt(m.surnameAt(e), "的那位", "的那个", "的"), surname: m.cut(e, m.surnameAt(e)), young: true})
	}
	if m.any(k, "小", "老") > 0 && m.surnameAt(k+1) > 0 && m.any(k, "老师", "老板") < 0 {
		out = append(out, mention{i: k, j: k + 2, surname: m.cut(k+1, k+2), young: true, dept: m.postBefore(k, dept)})
	}
	if j := m.surnameAt(k); j > 0 {
		for given := 0; given <= 2; given++ {
			if given > 0 && !m.allHan(j, j+given) {
				break
			}
			if e, title, typo := m.titleAt(j + given); e > 0 {
				out = append(out, mention{i: k, j: e, surname: m.cut(k, j), given: m.cut(j, j+given), title: title, dept: dept, typo: typo})
				break
			}
		}
	}
	if e, title, typo := m.titleAt(k); e > 0 && e-k >= 2 && !typo {
		out = append(out, mention{i: k, j: e, title: title, dept: dept})
	}
	return out
}

// postBefore is the post said right before a familiar name, as 采购 in 采购小王.
func (m *message) postBefore(k int, dept string) string {
	for _, w := range []string{"采购", "主任", "科长", "经理", "院长", "店长", "主管", "护士长", "工程师", "老板", "校长"} {
		if dept == "" && m.led(k, w) {
			return w
		}
	}
	return dept
}

var departments = words("检验科 设备科 采购科 采购部 采购中心 器械科 信息科 信息中心 信息部 院办 校办 总务处 总务 教务处 教务 电教 实训中心 资产处 理化科 后勤部 后勤 生产部 技术部 工程部 质量部 质检部 财务部 财务科 财务 供应链 运营部 运营 药剂科 检验 设备部 生鲜部 生鲜 品控 行政部 商务部 市场部 物资部 研发部 使用科室 科室")

func (m *message) department(i int) int {
	j := m.any(i, departments...)
	if j < 0 {
		return i
	}
	return m.opt(j, "的", " ")
}

func (m *message) surnameAt(i int) int {
	if j := m.any(i, doubleSurnames...); j > 0 {
		return j
	}
	c := m.at(i)
	if !isSurname(c) || m.ofOffice(i) || m.boundSurname(i) || c == '楼' && (i > 0 && (isDigit(m.r[i-1]) || isChineseDigit(m.r[i-1])) || m.before(i, "十", "号", "幢", "栋", "门诊", "住院", "急诊", "外科", "内科", "教学", "实验", "办公", "大", "综合", "行政", "医技", "整", "本", "上", "下", "新", "老", "那", "这")) || c == '丘' && m.before(i, "山", "商") {
		return -1
	}
	return i + 1
}

// titlePhrase reads a title with the department before it: 总务主任.
func (m *message) titlePhrase(i int) (j int, title string) {
	k := m.department(i)
	e, title, _ := m.titleAt(k)
	for n := 1; e < 0 && k == i && n <= 3 && m.allHan(i, i+n); n++ { // 信息老师
		if e, title, _ = m.titleAt(i + n); e > 0 {
			k = i + n
		}
	}
	if e < 0 {
		return -1, ""
	}
	if k > i {
		title = strings.TrimRight(m.cut(i, k), " 的") + title
	}
	return e, title
}

// findByName looks for a contact of the customers by the full name, by letter or by sound. Of several the first named is taken.
func (m *message) findByName(from, to int, ids []ID) (Contact, int, int, bool) {
	var found Contact
	at, end := -1, -1
	for _, customer := range ids {
		for _, c := range m.x.ContactsOf(customer) {
			if i, j := m.namedAt(from, to, c.Name); i >= 0 && (at < 0 || i < at) {
				found, at, end = c, i, j
			}
		}
	}
	return found, at, end, at >= 0
}

// namedAt is where between runes from and to somebody is named in full, by letter or by sound; -1 for nowhere.
func (m *message) namedAt(from, to int, name string) (i, j int) {
	n := utf8.RuneCountInString(name)
	if n < 2 {
		return -1, -1
	}
	heard := []rune(sound(name))
	for i := from; i+n <= to; i++ {
		if m.lit(i, name) == i+n {
			return i, i + n
		}
		if m.allHan(i, i+n) && slices.Equal(m.heard[i:i+n], heard) && (n >= 3 || m.titleBehind(i+n) || m.nameSpot(i, name)) && m.free(i, i+n) {
			return i, i + n
		}
	}
	return -1, -1
}

func (m *message) titleBehind(i int) bool {
	e, _, _ := m.titleAt(i)
	return e > 0
}

// fitting are the customer's contacts that the mention may mean.
func (m *message) fitting(n mention, customer ID) []Contact {
	var out []Contact
	for _, c := range m.x.ContactsOf(customer) {
		switch {
		case n.surname == "":
			if sameTitle[n.title] != nil && slices.Contains(sameTitle[n.title], c.Title) || strings.HasSuffix(c.Title, n.title) && !strings.HasSuffix(c.Title, "副"+n.title) || n.title == "采购" && strings.Contains(c.Title, n.title) {
				out = append(out, c)
			}
		case !strings.HasPrefix(c.Name, n.surname):
		case n.given != "" && sound(c.Name) != sound(n.surname+n.given):
		case n.given != "" || n.young || titleFits(n.title, c.Title) || n.typo && strings.HasSuffix(sound(c.Title), sound(n.title)):
			out = append(out, c)
		}
	}
	if len(out) > 1 && n.dept != "" {
		there := slices.DeleteFunc(slices.Clone(out), func(c Contact) bool { return !strings.Contains(c.Title, strings.TrimRight(n.dept, "科部处")) })
		if len(there) > 0 {
			out = there
		}
	}
	if len(out) > 1 && n.title != "" { // 王主任 is the 主任, not the 副主任
		exact := slices.DeleteFunc(slices.Clone(out), func(c Contact) bool {
			return !strings.HasSuffix(c.Title, n.title) || strings.HasSuffix(c.Title, "副"+n.title)
		})
		if len(exact) > 0 {
			out = exact
		}
	}
	return out
}

// titleFits reports whether someone with a title may be called so.
func titleFits(said, title string) bool {
	if said == "总" && strings.Contains(title, "采购") && !strings.Contains(title, "总") {
		return true
	}
	if !strictTitles[said] || title == "" {
		return true
	}
	return strings.Contains(title, strings.TrimPrefix(said, "副")) || strings.HasSuffix(sound(title), sound(said)) // 院长, 园长
}

// newPersonCues announce somebody who was not there before.
var newPersonCues = words("换成 新来 新的叫 新的是 新任 新采购 新换 新的采购 新对接 换了采购 换了人 换成了 来了位 来了个 来了一位 多了个 多了一位 接替 接任 新上任 新主任 新科长 新经理 新店长")

// byTitle finds the only contact with a title said alone: 院长说.
func (m *message) byTitle(from, to int, ids []ID) ContactRef {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if n.surname != "" || n.i < i || n.j > to || !m.free(n.i, n.j) || m.any(n.j, "部", "科", "岗", "单", "计划", "合同", "了", "价", "量", "中心", "周期", "需求", "医师", "办公室", "们", "会议室", "办公会") > 0 {
				continue
			}
			if n.title == "采购" && m.any(m.blank(n.j), "说", "想", "要", "问", "讲", "那边", "反馈", "觉得", "催", "让", "在", "嫌", "答应", "来电", "打") < 0 {
				continue // 一年采购20万
			}
			if ref, ok := m.known(n, ids); ok {
				return ref
			}
			if ref := m.severalTitled(n, ids); len(ref.Candidates) > 0 {
				return ref
			}
		}
	}
	return ContactRef{}
}

// severalTitled are those of one customer who have the title that is said alone of somebody who speaks or acts: 那个主任说.
func (m *message) severalTitled(n mention, ids []ID) ContactRef {
	if len(ids) != 1 || !strictTitles[n.title] || utf8.RuneCountInString(n.title) < 2 || m.has(n.j, min(len(m.r), n.j+2), "们", "都") || !m.ofCustomer(n) && m.any(m.blank(m.clauses[m.clauseAt(n.i)].i), "跟", "和", "约", "找", "见", "给", "向", "陪", "同", "与", "去", "拜访", "今天", "昨天", "刚") > 0 || !m.verbSoon(n.j) && !m.ofCustomer(n) {
		return ContactRef{}
	}
	fits := m.fitting(n, ids[0])
	if len(fits) < 2 || len(fits) > 5 {
		return ContactRef{}
	}
	ref := ContactRef{Why: m.why(n.i, n.j)}
	for _, c := range fits {
		ref.Candidates = append(ref.Candidates, c.ID)
	}
	slices.Sort(ref.Candidates)
	return ref
}

// known resolves a mention among the contacts of the customers.
func (m *message) known(n mention, ids []ID) (ContactRef, bool) {
	var fits []Contact
	for _, id := range ids {
		fits = append(fits, m.fitting(n, id)...)
	}
	why := m.why(n.i, n.j)
	switch {
	case len(fits) == 1:
		return ContactRef{ID: fits[0].ID, Why: why}, true
	case len(fits) > 1 && n.surname != "" && len(ids) == 1:
		ref := ContactRef{Why: why}
		for _, c := range fits {
			ref.Candidates = append(ref.Candidates, c.ID)
		}
		slices.Sort(ref.Candidates)
		return ref, true
	}
	return ContactRef{}, false
}

// notPerson tells words that only look like a person: 常总结, 高工业, 向经理汇报.
func (m *message) notPerson(n mention) bool {
	if n.surname == "" || m.before(n.i, "采购", "老板") || m.before(m.back(n.i, ":", " "), "联系人", "对接人", "负责人") || n.dept != "" && m.any(n.i, "向", "和", "都", "后", "于") < 0 {
		return false
	}
	if m.before(n.i, "的") && utf8.RuneCountInString(n.title) > 1 && m.at(n.i) != '和' {
		return false // 文澜小学的应校长
	}
	if m.any(n.i, "向", "于", "和", "都", "后", "能", "单", "全", "应", "相", "安", "连", "关", "解", "满", "别", "查", "容", "须") > 0 && n.given == "" {
		return true
	}
	return false
}

var leadTitles = words("采购经理 采购主管 设备科长 采购 老板娘 老板 主任 科长 经理 主管 店长 厂长 工程师 总监 院长 校长 负责人 助理 业务 质检 库管 仓管 财务")

// led reports that w, or w and 的, stands right before i.
func (m *message) led(i int, w string) bool {
	return m.before(i, w) || m.at(i-1) == '的' && m.before(i-1, w)
}

func (m *message) newContact(n mention) ContactRef {
	ref := ContactRef{NewName: n.surname + n.title, NewTitle: n.title, Why: m.why(n.i, n.j)}
	courtesy := n.title == "总" || n.title == "工" || n.title == "姐" || n.title == "哥" || n.title == "老师" || n.title == "师傅" || n.title == "博士" || n.title == "生" || n.title == "同志" || n.title == "大姐" || n.title == "大哥" || n.title == "阿姨"
	if courtesy && n.title != "老师" && n.title != "师傅" {
		ref.NewTitle = ""
	}
	for _, w := range leadTitles {
		if m.led(n.i, w) {
			ref.NewTitle = w
			return ref
		}
	}
	if w := m.inCharge(n.i); w != "" && !strictTitles[n.title] {
		ref.NewTitle = w
		return ref
	}
	if w := m.tradeBefore(n.i); w != "" && courtesy {
		ref.NewTitle = w
		return ref
	}
	if formal := n.title == "小姐" || n.title == "先生" || n.title == "女士"; formal || courtesy && m.before(n.i, "叫", "是", "姓") {
		if w := m.replaced(max(0, n.i-16), n.i); w != "" {
			ref.NewTitle = w
			return ref
		}
	}
	for _, w := range departments {
		if !m.led(n.i, w) && n.dept != w {
			continue
		}
		switch r := []rune(w); {
		case courtesy, n.title == "小姐", n.title == "女士", n.title == "先生":
			ref.NewTitle = w
		case strings.HasPrefix(n.title, string(r[len(r)-1])): // 设备科 科长
			ref.NewTitle = string(r[:len(r)-1]) + n.title
		default:
			ref.NewTitle = w + n.title
		}
		return ref
	}
	return ref
}
