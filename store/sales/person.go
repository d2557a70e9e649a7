package sales

import "slices"

// Role is what a person does in the company; one person may have several.
type Role string

// The roles that the program knows by name. Others may be given in the organisation file and used in policies.
const (
	RoleRep              Role = "rep"               // 销售
	RoleLead             Role = "lead"              // 主管
	RoleRegionalDirector Role = "regional_director" // 区域总监
	RoleDirector         Role = "director"          // 销售总监
	RoleGM               Role = "gm"                // 总经理
	RoleLegal            Role = "legal"             // 法务
	RoleLegalHead        Role = "legal_head"        // 法务主管
	RoleFinance          Role = "finance"           // 财务
	RoleService          Role = "service"           // 客服
	RoleAdmin            Role = "admin"             // 管理员
)

// RoleNames are the Chinese names of the roles, as cards show them.
var RoleNames = map[Role]string{
	RoleRep: "销售", RoleLead: "主管", RoleRegionalDirector: "区域总监", RoleDirector: "销售总监", RoleGM: "总经理",
	RoleLegal: "法务", RoleLegalHead: "法务主管", RoleFinance: "财务", RoleService: "客服", RoleAdmin: "管理员",
	"success": "客户成功", "delivery": "交付", "production": "生产", "purchasing": "采购", "quality": "质检", "marketing": "市场", "hrbp": "HRBP",
	"dealer": "经销商", "clerk": "导购",
}

// Name is the role in Chinese; a role of the company's own is shown as it is written.
func (r Role) Name() string {
	if n, ok := RoleNames[r]; ok {
		return n
	}
	return string(r)
}

// Person is a member of the company (人员).
type Person struct {
	ID PersonID `db:"id"`
	// Code is the person's id in the organisation file, such as "zhoumin".
	Code      string     `db:"code"`
	Name      string     `db:"name"`
	Phone     string     `db:"phone"`
	Mail      string     `db:"mail"`
	Roles     List[Role] `db:"roles"`
	TeamID    ID         `db:"team_id"`
	ManagerID PersonID   `db:"manager_id"`
	HiredOn   Day        `db:"hired_on"`
	Active    bool       `db:"active"`
}

// Has reports whether the person has one of the roles.
func (p Person) Has(roles ...Role) bool {
	for _, r := range roles {
		if slices.Contains(p.Roles, r) {
			return true
		}
	}
	return false
}

// Identity is a person's account on a platform. One person may have one on each.
type Identity struct {
	Platform string   `db:"platform"`
	UserID   string   `db:"user_id"`
	PersonID PersonID `db:"person_id"`
	// UnionID is DingTalk's second id, needed by its to-do interface; empty elsewhere.
	UnionID  string  `db:"union_id"`
	LinkedAt Instant `db:"linked_at"`
}

// Team is a node of the organisation tree (团队). Region is inherited by what hangs below.
type Team struct {
	ID       ID       `db:"id"`
	Code     string   `db:"code"`
	Name     string   `db:"name"`
	Region   string   `db:"region"`
	ParentID ID       `db:"parent_id"`
	LeadID   PersonID `db:"lead_id"`
}

// GroupChat is a group the bot is a member of (群聊). TeamID is the team it belongs to, 0 when it is nobody's.
type GroupChat struct {
	Platform string  `db:"platform"`
	ChatID   string  `db:"chat_id"`
	Name     string  `db:"name"`
	TeamID   ID      `db:"team_id"`
	SeenAt   Instant `db:"seen_at"`
}
