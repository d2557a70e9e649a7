package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The parts of names that nobody takes for one another.
var (
	cities   = strings.Fields("绍兴 杭州 宁波 温州 嘉兴 湖州 金华 台州 丽水 衢州 舟山 苏州 无锡 常州 南通 扬州 镇江 泰州 徐州 盐城")
	brands   = strings.Split("安博晨达恒飞高广海和宏华辉汇佳健金锦京凯康科乐立联龙美明诺鹏普启瑞盛泰天通万威信兴旭亚扬益永宇远正智中卓", "")
	trades   = strings.Fields("精密机械 生物科技 食品 教育装备 检验 电子 仪器 阀门 五金 包装")
	industry = strings.Fields("制造 医疗 快消 教育 制造")
)

// book is an Excel file of n customers from one on, with a contact, a budget and an address each.
func book(from, n int) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	rows := func(i int) []any {
		if i == 0 {
			return []any{"客户名称", "联系电话", "行业", "城市", "联系人", "联系人职务", "预算范围", "地址"}
		}
		k := from + i - 1
		name := cities[k%20] + brands[k/20%50] + brands[k/1000%50] + "圣嘉" + trades[k/7%10] + "有限公司" // unlike the names of the company that is there
		if k >= 20*50*50 {
			name = fmt.Sprintf("%s第%d分公司", name, k)
		}
		return []any{
			name, fmt.Sprintf("139%08d", k), industry[k%5], cities[k%20], "王" + brands[k%50] + brands[k/50%50], "采购经理",
			fmt.Sprintf("%d万到%d万", k%90+10, k%90+30), fmt.Sprintf("%s路%d号", brands[k%50], k%900+1),
		}
	}
	for i := range n + 1 {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), rows(i)); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = f.WriteTo(&b)
	return b.Bytes(), err
}
