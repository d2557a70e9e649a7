package parse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// bigMaster is a company of 100,000 customers and 300,000 contacts with realistic, overlapping names.
func bigMaster(customers int) Master {
	r := rand.New(rand.NewPCG(1, 2))
	cities := words("绍兴 宁波 杭州 温州 台州 嘉兴 湖州 金华 衢州 丽水 苏州 无锡 常州 南通 扬州 义乌 永康 诸暨 余姚 慈溪 上虞 海宁 桐乡 平湖 德清 长兴 安吉 瑞安 乐清 龙泉")
	kinds := words("医院 中医院 机械有限公司 五金厂 电子有限公司 超市 商贸有限公司 食品有限公司 第一中学 实验小学 阀门有限公司 模具厂 汽配有限公司 纺织有限公司 门诊部 建材有限公司")
	chars := []rune("金华宏远盛达瑞丰泰隆兴昌顺祥和美佳润海天龙凤飞鹏程伟业鼎立信诚德仁爱康宁安平福禄寿喜东方南洋北辰西林森源泉江河湖山峰岭松柏梅兰竹菊春夏秋冬光明辉煌")
	surname := []rune(surnames)[:200]
	titles := words("主任 经理 科长 采购 总经理 老板 店长 院长")
	var m Master
	for i := range customers {
		city := cities[r.IntN(len(cities))]
		core := string([]rune{chars[r.IntN(len(chars))], chars[r.IntN(len(chars))], chars[r.IntN(len(chars))]})
		id := ID(i + 1)
		m.Customers = append(m.Customers, Customer{ID: id, Name: city + core + kinds[r.IntN(len(kinds))], Aliases: []string{city + core}, City: city, Owners: []ID{ID(1e6 + r.IntN(1000))}})
		for k := range 3 {
			name := string([]rune{surname[r.IntN(200)], chars[r.IntN(len(chars))], chars[r.IntN(len(chars))]})
			m.Contacts = append(m.Contacts, Contact{ID: ID(2e6 + 3*i + k), Customer: id, Name: name, Title: titles[r.IntN(len(titles))]})
		}
	}
	for i := range 500 {
		m.Products = append(m.Products, Product{ID: ID(5e6 + i), Name: fmt.Sprintf("%c%c分析仪%d型", chars[i%len(chars)], chars[i*7%len(chars)], i), Unit: "台"})
	}
	m.Products = append(m.Products, testMaster().Products...)
	return m
}

var benchTexts = []string{
	"拜访 %s 王主任 介绍生化分析仪,嫌贵30%%,下周二前寄样",
	"今天上午去了%s跟采购聊了一下离心机他们想先进两百台试试看然后让我明天把报价单发给她",
	"给%s报了纯牛奶200箱，单价52，总价10400元，打九五折",
	"完全没有客户的一句话，周五下午三点开会讨论方案，预算30到50万，谁有空%.0s",
	"拜访绍性市力医院王建国主仁，讲了离心基，没什么问题，想要再看看样机，下周三上午十点半去演示%.0s",
}

func BenchmarkParse(b *testing.B) {
	m := bigMaster(100000)
	p := Parser{Index: NewIndex(m)}
	for k, f := range benchTexts {
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			for i := range b.N {
				p.Parse(Input{Text: fmt.Sprintf(f, m.Customers[i*37%len(m.Customers)].Name), Now: testNow, User: 1000001})
			}
		})
	}
}

func BenchmarkNewIndex(b *testing.B) {
	m := bigMaster(100000)
	for range b.N {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		x := NewIndex(m)
		b.ReportMetric(time.Since(start).Seconds(), "s/build")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(x)
	}
}

// BenchmarkWith brings in one new name after the other, as a morning of filing does.
func BenchmarkWith(b *testing.B) {
	base := NewIndex(bigMaster(100000))
	x := base
	b.ResetTimer()
	for i := range b.N {
		if i%2000 == 0 {
			x = base
		}
		x = x.With(Master{Customers: []Customer{{ID: ID(9e6 + i), Name: fmt.Sprintf("湖滨第%d新店", i)}}})
	}
}

// BenchmarkExamples reads all the example messages beside 100,000 customers and reports how long they take: with the names in
// one layer, and as they are while an import of most of them goes on.
func BenchmarkExamples(b *testing.B) {
	m := bigMaster(100000)
	texts := exampleTexts(b)
	for i := range texts {
		if i%2 == 0 { // half of them about customers of this company
			texts[i] = m.Customers[i*37%len(m.Customers)].Name + texts[i]
		}
	}
	b.Run("one layer", func(b *testing.B) { readAll(b, NewIndex(m.clone()), texts) })
	b.Run("imported", func(b *testing.B) { readAll(b, imported(m, 40_000), texts) })
}

// imported is an index of the customers up to start, with the others brought in as an import does.
func imported(m Master, start int) *Index {
	x := NewIndex(Master{Customers: slices.Clone(m.Customers[:start]), Contacts: slices.Clone(m.Contacts[:3*start]), Products: slices.Clone(m.Products)})
	for i := start; i < len(m.Customers); i += 500 {
		x = x.With(Master{Customers: m.Customers[i : i+500], Contacts: m.Contacts[3*i : 3*(i+500)]})
		for x.Folds() {
			x = x.Folded(x.Fold())
		}
	}
	return x
}

func readAll(b *testing.B, x *Index, texts []string) {
	p := Parser{Index: x}
	var took []time.Duration
	for range b.N {
		for _, s := range texts {
			start := time.Now()
			p.Parse(Input{Text: s, Now: testNow, User: 1000001})
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(len(x.layers)), "layers")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/most")
}

// exampleTexts are the texts of all example messages.
func exampleTexts(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		if strings.HasPrefix(filepath.Base(file), "expressions") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(b) {
			var row struct{ Text string }
			if err := json.Unmarshal(line, &row); err != nil {
				t.Fatal(err)
			}
			out = append(out, row.Text)
		}
	}
	return out
}
