package parse

import "strings"

// affairs are the things that posts and departments have and that begin like a surname: 采购|申请, 采购|费用.
var affairs = words("申请 费用 任务 经费 项目 金额 周期 谈判 方式 方案 方面 方法 方向 范围 程序 单位 单子 单据 余额 余款 安排 安装 应急 常规 常用 成本 成果 时间 时机 时候 明细 明年 后续 管理 全部 全年 从业 计划 支出 路径 条件 文件 文档 高层 平台 平均 关系 容量 强度 车间 井下 党委 国库 国企 路线 水平 金融 白皮 申报 费率 项下 任何 任期 包装 包括 余量 简介 简报 经办 经营 满意 相关 相应 能力 能耗 单价 单独 向来 连续 解决 查询 查验 须知 通知 通过 年度")

// matterNamed reports that what was taken for somebody's name is the name of an affair.
func matterNamed(name string) bool {
	for _, w := range affairs {
		if strings.HasPrefix(name, w) {
			return true
		}
	}
	return false
}
