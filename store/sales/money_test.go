package sales

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want Money
	}{
		// plain figures
		{"0", 0},
		{"0元", 0},
		{"1", Yuan},
		{"35000", 35_000 * Yuan},
		{"980", 980 * Yuan},
		{"980.5", 98050},
		{"980.50", 98050},
		{"980.500", 98050},
		{"0.01", Fen},
		{"0.5", 50},
		{"12,800", 12_800 * Yuan},
		{"1,280,000", 128 * Wan},
		{"1,280,000.00", 128 * Wan},
		{"¥1,280,000.00", 128 * Wan},
		{"￥1,280,000.00", 128 * Wan},
		{"¥ 980", 980 * Yuan},
		{"RMB 980", 980 * Yuan},
		{"980 RMB", 980 * Yuan},
		{"cny980", 980 * Yuan},
		{"人民币980元", 980 * Yuan},
		{"980元人民币", 980 * Yuan},
		{"980元", 980 * Yuan},
		{"980块", 980 * Yuan},
		{"980块钱", 980 * Yuan},
		{"980元整", 980 * Yuan},
		{" 980 元 ", 980 * Yuan},
		{"  35000\n", 35_000 * Yuan},
		// full width
		{"９８０", 980 * Yuan},
		{"１２．５万", 125_000 * Yuan},
		{"１，２８０，０００", 128 * Wan},
		{"￥９８０．５０元", 98050},
		{"３Ｗ", 3 * Wan},
		{"　980　", 980 * Yuan},
		// 万, 亿, 千 and their letters
		{"12.5万", 125_000 * Yuan},
		{"12.5万元", 125_000 * Yuan},
		{"12.5 万", 125_000 * Yuan},
		{"12.5万块钱", 125_000 * Yuan},
		{"12.5w", 125_000 * Yuan},
		{"12.5W", 125_000 * Yuan},
		{"128万", 128 * Wan},
		{"128万元整", 128 * Wan},
		{"1,280万", 1280 * Wan},
		{"0.5万", 5000 * Yuan},
		{"1.2345万", 12_345 * Yuan},
		{"1.234567万", 1234567},
		{"3千", 3000 * Yuan},
		{"3.5千", 3500 * Yuan},
		{"3k", 3000 * Yuan},
		{"35K", 35_000 * Yuan},
		{"120k", 120_000 * Yuan},
		{"3.5k", 3500 * Yuan},
		{"5百", 500 * Yuan},
		{"2百万", 200 * Wan},
		{"1.28百万", 128 * Wan},
		{"3千万", 3000 * Wan},
		{"1.5千万", 1500 * Wan},
		{"1亿", Yi},
		{"1.2亿", 12_000 * Wan},
		{"2个亿", 2 * Yi},
		{"1.5个亿", 15_000 * Wan},
		{"3个w", 3 * Wan},
		{"1亿2000万", 12_000 * Wan},
		{"1亿2千万", 12_000 * Wan},
		{"1亿2000万3000元", 12_000*Wan + 3000*Yuan},
		{"36.57亿元", 365_700 * Wan},
		{"1万亿", MaxMoney},
		// said shorter than written
		{"3万5", 35_000 * Yuan},
		{"3万5元", 35_000 * Yuan},
		{"3w5", 35_000 * Yuan},
		{"3W5", 35_000 * Yuan},
		{"1万3", 13_000 * Yuan},
		{"12万5", 125_000 * Yuan},
		{"12万5千", 125_000 * Yuan},
		{"3万5k", 35_000 * Yuan},
		{"3万5千6", 35_600 * Yuan},
		{"3万5千6百", 35_600 * Yuan},
		{"3万5000", 35_000 * Yuan},
		{"3万5百", 30_500 * Yuan},
		{"3万零5", 30_005 * Yuan},
		{"3万零500", 30_500 * Yuan},
		{"3千5", 3500 * Yuan},
		{"3k5", 3500 * Yuan},
		{"2千500", 2500 * Yuan},
		{"2百5", 250 * Yuan},
		{"1亿2", 12_000 * Wan},
		// Chinese figures
		{"零", 0},
		{"七元", 7 * Yuan},
		{"十", 10 * Yuan},
		{"十五", 15 * Yuan},
		{"二十", 20 * Yuan},
		{"一百零五", 105 * Yuan},
		{"一百一十五", 115 * Yuan},
		{"一百十五", 115 * Yuan},
		{"一百二", 120 * Yuan},
		{"两百五", 250 * Yuan},
		{"二百五十", 250 * Yuan},
		{"三千二", 3200 * Yuan},
		{"三千零二十", 3020 * Yuan},
		{"一千零十五", 1015 * Yuan},
		{"两万三", 23_000 * Yuan},
		{"两万三千", 23_000 * Yuan},
		{"一万零五", 10_005 * Yuan},
		{"三万零五百", 30_500 * Yuan},
		{"三万五百", 30_500 * Yuan},
		{"三万五块钱", 35_000 * Yuan},
		{"三万八千八", 38_800 * Yuan},
		{"十二万", 120_000 * Yuan},
		{"十二万五", 125_000 * Yuan},
		{"十二万五千", 125_000 * Yuan},
		{"十二点五万", 125_000 * Yuan},
		{"12点5万", 125_000 * Yuan},
		{"三点二亿", 32_000 * Wan},
		{"一点二个亿", 12_000 * Wan},
		{"二十万零五百", 200_500 * Yuan},
		{"三百万", 300 * Wan},
		{"一千两百八十万", 1280 * Wan},
		{"一亿两千万", 12_000 * Wan},
		{"一亿零五十万", 10_050 * Wan},
		{"两个亿", 2 * Yi},
		{"贰拾万", 200_000 * Yuan},
		// yuan, jiao, fen
		{"三块五", 350},
		{"3块5", 350},
		{"3块5毛", 350},
		{"一块二角", 120},
		{"3元5角2分", 352},
		{"3元零5分", 305},
		{"3元0角5分", 305},
		{"5毛", 50},
		{"2角", 20},
		{"5分", 5},
		{"五角五分", 55},
		{"一百三十五块六角七分钱", -1}, // 分钱 is not written in a sales chat
		{"一百三十五块六角七分", 13567},
		{"123元1角1分", 12311},
		{"3.04块", 304},
		// capital numerals
		{"壹拾捌万伍仟元整", 185_000 * Yuan},
		{"人民币壹拾捌万伍仟元整", 185_000 * Yuan},
		{"拾捌万伍仟圆整", 185_000 * Yuan},
		{"壹佰贰拾捌万元整", 128 * Wan},
		{"壹佰贰拾捌萬元正", 128 * Wan},
		{"叁万零伍佰元整", 30_500 * Yuan},
		{"叁元零伍分", 305},
		{"壹仟零伍元叁角整", 100530},
		{"壹亿贰仟万元整", 12_000 * Wan},
		{"零元整", 0},
		// refused: -1
		{"", -1},
		{"   ", -1},
		{"万", -1},
		{"元", -1},
		{"¥", -1},
		{"百万", -1},
		{"十万五千多点", -1},
		{"十二万五千多点", -1},
		{"12万左右", -1},
		{"大概12万", -1},
		{"12万多", -1},
		{"几万", -1},
		{"三四十万", -1},
		{"三五万", -1},
		{"30到50万", -1},
		{"30-50万", -1},
		{"1万~2万", -1},
		{"一二三四", -1},
		{"3 5万", -1},
		{"12 500", -1},
		{"1亿2000", -1},
		{"3万500", -1},
		{"3万50", -1},
		{"3万50000", -1},
		{"1亿20000万", -1},
		{"3千50", -1},
		{"5百3千", -1},
		{"3万2亿", -1},
		{"3万5万", -1},
		{"三千五万", -1},
		{"叁万伍", -1},
		{"3.5万2", -1},
		{"1.5亿3000万", -1},
		{"3.5元5角", -1},
		{"3块50", -1},
		{"15毛", -1},
		{"3元5角2", -1},
		{"3元元", -1},
		{"1.2.3", -1},
		{".5万", -1},
		{"5.万", -1},
		{"5.", -1},
		{"1,28", -1},
		{"1,2800", -1},
		{"1,28,000", -1},
		{"12345,678", -1},
		{",128", -1},
		{"128,", -1},
		{"007", -1},
		{"05万", -1},
		{"-5", -1},
		{"－5万", -1},
		{"负五万", -1},
		{"+5", -1},
		{"5%", -1},
		{"1e5", -1},
		{"0x10", -1},
		{"NaN", -1},
		{"十十", -1},
		{"百十", -1},
		{"零零", -1},
		{"零五", -1},
		{"一千零", -1},
		{"2个", -1},
		{"个亿", -1},
		{"3台", -1},
		{"BS-480", -1},
		{"HT2026-018", -1},
		{"3万美元", -1},
		{"$500", -1},
		{"500港币", -1},
		{"12.345", -1},
		{"0.001", -1},
		{"1.2345678万", -1},
		{"1万亿零1元", -1},
		{"10001亿", -1},
		{"1000001000000", -1},
		{"999999999999999999999999", -1},
		{"٣٥", -1}, // digits of another script
	} {
		got, err := ParseMoney(tt.text)
		switch {
		case tt.want < 0 && err == nil:
			t.Errorf("ParseMoney(%q) = %v, want a refusal", tt.text, got)
		case tt.want < 0 && (KindOf(err) != Invalid || Message(err) == ""):
			t.Errorf("ParseMoney(%q): %v, want Invalid with a sentence", tt.text, err)
		case tt.want >= 0 && err != nil:
			t.Errorf("ParseMoney(%q): %v, want %v", tt.text, err, tt.want)
		case tt.want >= 0 && got != tt.want:
			t.Errorf("ParseMoney(%q) = %v, want %v", tt.text, got, tt.want)
		}
	}
}

func TestParseMoneySaysWhatToWrite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", "还差金额。回 12.5万 这样的数就行。"},
		{"十二万五千多点", `金额没看懂:"十二万五千多点"。回 12.5万 这样的数就行。`},
		{"3万美元", `只记人民币:"3万美元"。折成人民币再回,比如 21.5万。`},
		{"-3万", `金额写正数:"-3万"。回 12.5万 这样的数就行。`},
		{"2万亿", `金额太大:"2万亿"。最多 1万亿,看看是不是多打了 0。`},
		{"12.345", `金额只到分:"12.345"。回 12.35 这样的数就行。`},
		{"这一段话根本不是金额而且还特别特别特别特别长", `金额没看懂:"这一段话根本不是金额而且还特别特别特别特…"。回 12.5万 这样的数就行。`},
	} {
		_, err := ParseMoney(tt.text)
		if got := Message(err); got != tt.want {
			t.Errorf("ParseMoney(%q) says %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestMoneyText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		m                             Money
		table, short, group, capitals string
	}{
		{0, "¥0.00", "0元", "0元", "零元整"},
		{5, "¥0.05", "0.05元", "1万以内", "伍分"},
		{50, "¥0.50", "0.50元", "1万以内", "伍角整"},
		{305, "¥3.05", "3.05元", "1万以内", "叁元零伍分"},
		{350, "¥3.50", "3.50元", "1万以内", "叁元伍角整"},
		{3400 * Yuan, "¥3,400.00", "3,400元", "1万以内", "叁仟肆佰元整"},
		{999999, "¥9,999.99", "9,999.99元", "1万以内", "玖仟玖佰玖拾玖元玖角玖分"},
		{Wan, "¥10,000.00", "1万", "约1万", "壹万元整"},
		{10_005 * Yuan, "¥10,005.00", "1万", "约1万", "壹万零伍元整"},
		{12_345 * Yuan, "¥12,345.00", "1.23万", "约1万", "壹万贰仟叁佰肆拾伍元整"},
		{12_350 * Yuan, "¥12,350.00", "1.24万", "约1万", "壹万贰仟叁佰伍拾元整"},
		{15_000 * Yuan, "¥15,000.00", "1.5万", "约2万", "壹万伍仟元整"},
		{125_000 * Yuan, "¥125,000.00", "12.5万", "约13万", "壹拾贰万伍仟元整"},
		{185_000 * Yuan, "¥185,000.00", "18.5万", "约19万", "壹拾捌万伍仟元整"},
		{994_999 * Yuan, "¥994,999.00", "99.5万", "约99万", "玖拾玖万肆仟玖佰玖拾玖元整"},
		{995_000 * Yuan, "¥995,000.00", "99.5万", "约100万", "玖拾玖万伍仟元整"},
		{128 * Wan, "¥1,280,000.00", "128万", "约130万", "壹佰贰拾捌万元整"},
		{124 * Wan, "¥1,240,000.00", "124万", "约120万", "壹佰贰拾肆万元整"},
		{12_805_000 * Yuan, "¥12,805,000.00", "1280.5万", "约1280万", "壹仟贰佰捌拾万伍仟元整"},
		{99_999_949 * Yuan, "¥99,999,949.00", "9999.99万", "约1亿", "玖仟玖佰玖拾玖万玖仟玖佰肆拾玖元整"},
		{99_999_950 * Yuan, "¥99,999,950.00", "1亿", "约1亿", "玖仟玖佰玖拾玖万玖仟玖佰伍拾元整"},
		{Yi, "¥100,000,000.00", "1亿", "约1亿", "壹亿元整"},
		{120_000_000 * Yuan, "¥120,000,000.00", "1.2亿", "约1.2亿", "壹亿贰仟万元整"},
		{125_000_000 * Yuan, "¥125,000,000.00", "1.25亿", "约1.3亿", "壹亿贰仟伍佰万元整"},
		{100_000_005 * Yuan, "¥100,000,005.00", "1亿", "约1亿", "壹亿零伍元整"},
		{3_657_000_000 * Yuan, "¥3,657,000,000.00", "36.57亿", "约36.6亿", "叁拾陆亿伍仟柒佰万元整"},
		{MaxMoney, "¥1,000,000,000,000.00", "10000亿", "约10000亿", "壹万亿元整"},
		{-3400 * Yuan, "-¥3,400.00", "-3,400元", "-1万以内", "负叁仟肆佰元整"},
		{-128 * Wan, "-¥1,280,000.00", "-128万", "约-130万", "负壹佰贰拾捌万元整"},
	} {
		if got := tt.m.String(); got != tt.table {
			t.Errorf("Money(%d).String() = %q, want %q", tt.m, got, tt.table)
		}
		if got := tt.m.Short(); got != tt.short {
			t.Errorf("%v.Short() = %q, want %q", tt.m, got, tt.short)
		}
		if got := tt.m.Rounded(); got != tt.group {
			t.Errorf("%v.Rounded() = %q, want %q", tt.m, got, tt.group)
		}
		if got := tt.m.Capital(); got != tt.capitals {
			t.Errorf("%v.Capital() = %q, want %q", tt.m, got, tt.capitals)
		}
	}
}

func TestMoneyOfAnySizeIsPrinted(t *testing.T) {
	t.Parallel()
	for _, m := range []Money{math.MaxInt64, math.MinInt64, math.MinInt64 + 1} {
		for _, s := range []string{m.String(), m.Short(), m.Rounded(), m.Capital()} {
			if s == "" {
				t.Errorf("Money(%d) prints as nothing", int64(m))
			}
		}
	}
}

func TestWhatIsPrintedIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := Money(rapid.Int64Range(0, int64(MaxMoney)).Draw(t, "fen"))
		for _, text := range []string{m.String(), m.Capital()} {
			if got, err := ParseMoney(text); err != nil || got != m {
				t.Fatalf("ParseMoney(%q) = %v, %v, want %v", text, got, err, m)
			}
		}
		if _, err := ParseMoney(m.Short()); err != nil {
			t.Fatalf("ParseMoney(%q): %v", m.Short(), err)
		}
	})
}

func TestAnyTextIsReadOrRefused(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"1", "0", "35", "2000", ",", ".", "点", "一", "两", "零", "壹", "十", "百", "千", "万", "亿", "k", "w", "个", "元", "块", "角", "分", "整", " ", "¥", "多"})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces") {
			text += p
		}
		m, err := ParseMoney(text)
		if err == nil && (m < 0 || m > MaxMoney) {
			t.Fatalf("ParseMoney(%q) = %d", text, m)
		}
		if err != nil && (KindOf(err) != Invalid || Message(err) == "") {
			t.Fatalf("ParseMoney(%q): %v", text, err)
		}
	})
}

func TestMoneyPercent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		m    Money
		p    Percent
		want Money
	}{
		{128 * Wan, Percents(30), 384_000 * Yuan},
		{128 * Wan, 9250, 1_184_000 * Yuan},
		{1, Percents(50), 1},
		{1, 4999, 0},
		{-101, Percents(50), -51},
		{MaxMoney, Percents(100), MaxMoney},
	} {
		if got := tt.m.Percent(tt.p); got != tt.want {
			t.Errorf("%v of %v = %v, want %v", tt.p, tt.m, got, tt.want)
		}
	}
}

func TestABalanceMayBeEitherWay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Money{"5万": 5 * Wan, "-5万": -5 * Wan, "负5万": -5 * Wan, " －1,000.01 ": -100001, "0": 0, "-0": 0} {
		if got, err := ParseBalance(text); err != nil || got != want {
			t.Errorf("%q is %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-", "--5", "很多", "-很多", "5-"} {
		if got, err := ParseBalance(text); KindOf(err) != Invalid {
			t.Errorf("%q is taken for %s, %v", text, got, err)
		}
	}
}
