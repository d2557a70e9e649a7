package sales_test

import (
	"testing"

	"salesflow/store/sales"
)

func TestEqualContacts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		a, b sales.Contact
		keep sales.ID // 0: two people
	}{
		{"同名", sales.Contact{ID: 1, Name: "王建国"}, sales.Contact{ID: 2, Name: "王建国", Phone: "13800005678"}, 2},
		{"同名同样多,留先建的", sales.Contact{ID: 1, Name: "王建国"}, sales.Contact{ID: 2, Name: "王建国"}, 1},
		{"同名不同电话是两个人", sales.Contact{ID: 1, Name: "王建国", Phone: "13800005679"}, sales.Contact{ID: 2, Name: "王建国", Phone: "13800005678"}, 0},
		{"同名不同科室是两个人", sales.Contact{ID: 1, Name: "王建国", Department: "骨科"}, sales.Contact{ID: 2, Name: "王建国", Department: "检验科"}, 0},
		{"两个王主任不算同名", sales.Contact{ID: 1, Name: "王主任"}, sales.Contact{ID: 2, Name: "王主任"}, 0},
		{"同科室的王主任是一个人", sales.Contact{ID: 1, Name: "王主任", Department: "检验科"}, sales.Contact{ID: 2, Name: "王主任", Department: "检验科"}, 1},
		{"同电话的王主任就是王建国", sales.Contact{ID: 1, Name: "王主任", Phone: "13800005678"}, sales.Contact{ID: 2, Name: "王建国", Phone: "13800005678"}, 2},
		{"同电话不同名是两个人", sales.Contact{ID: 1, Name: "王小红", Phone: "13800005678"}, sales.Contact{ID: 2, Name: "王建国", Phone: "13800005678"}, 0},
		{"同电话不同姓是两个人", sales.Contact{ID: 1, Name: "李主任", Phone: "13800005678"}, sales.Contact{ID: 2, Name: "王建国", Phone: "13800005678"}, 0},
		{"没名字", sales.Contact{ID: 1}, sales.Contact{ID: 2}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := sales.EqualContacts([]sales.Contact{tt.a, tt.b})
			if tt.keep == 0 && len(got) > 0 || tt.keep != 0 && (len(got) != 1 || got[0].Keep.ID != tt.keep) {
				t.Errorf("pairs %+v", got)
			}
		})
	}
	three := sales.EqualContacts([]sales.Contact{{ID: 1, Name: "王建国"}, {ID: 2, Name: "王建国"}, {ID: 3, Name: "王建国", Phone: "13800005678", Title: "主任"}})
	if len(three) != 2 {
		t.Errorf("three of one are %d pairs", len(three))
	}
}
