package sales

import (
	"slices"
	"strings"
	"sync"
)

// Regions are the parts of the country sales are cut by.
var Regions = []string{"华东", "华南", "华北", "华中", "西南", "西北", "东北"}

const provinceRegions = `
华北 北京 天津 河北 山西 内蒙古
东北 辽宁 吉林 黑龙江
华东 上海 江苏 浙江 安徽 福建 江西 山东 台湾
华中 河南 湖北 湖南
华南 广东 广西 海南 香港 澳门
西南 重庆 四川 贵州 云南 西藏
西北 陕西 甘肃 青海 宁夏 新疆`

// In places the cities follow each other by region; these begin one.
var regionStarts = map[string]string{
	"石家庄": "华北", "沈阳": "东北", "南京": "华东", "郑州": "华中", "广州": "华南", "成都": "西南", "西安": "西北",
}

var regionIndex = sync.OnceValue(func() map[string]string {
	index := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(provinceRegions), "\n") {
		names := strings.Fields(line)
		for _, n := range names[1:] {
			index[n] = names[0]
		}
	}
	region := ""
	for _, p := range strings.Fields(places) {
		if r, ok := regionStarts[p]; ok {
			region = r
		}
		if _, ok := index[p]; !ok && region != "" {
			index[p] = region
		}
	}
	return index
})

// RegionOf is the region of a place as it is said ("绍兴", "浙江省绍兴市"); empty when it is not known.
func RegionOf(place string) string {
	index := regionIndex()
	place = strings.TrimSpace(place)
	if r, ok := index[strings.TrimRight(place, "省市区县")]; ok {
		return r
	}
	for _, n := range []int{3, 2, 4, 5} {
		if r := []rune(place); len(r) >= n {
			if region, ok := index[string(r[:n])]; ok {
				return region
			}
		}
	}
	return ""
}

// RegionOfCustomer is the region of a customer, by its city, else by its name.
func RegionOfCustomer(c Customer) string {
	if r := RegionOf(c.City); r != "" {
		return r
	}
	return RegionOf(ParseName(c.Name).Place)
}

// PlacesIn lists the places of a region, in order; nil when it is none.
func PlacesIn(region string) []string {
	if !slices.Contains(Regions, region) {
		return nil
	}
	var out []string
	for p, r := range regionIndex() {
		if r == region {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}
