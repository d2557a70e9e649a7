package scheduler

import (
	"testing"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

func TestLeaveDoesNotCount(t *testing.T) {
	t.Parallel()
	cal, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	day := func(d int, hour int) time.Time { return sales.NewDay(2026, 3, d).At(hour, 0) } // the 11th is a Wednesday
	for _, tt := range []struct {
		name string
		span rules.Span
		away []stretch
		want time.Time
	}{
		{"没请假", rules.Span{N: 24, Unit: rules.Hours}, nil, day(12, 10)},
		{"中间请假一天", rules.Span{N: 24, Unit: rules.Hours}, []stretch{{day(11, 20), day(12, 20)}}, day(13, 10)},
		{"开始前就请了", rules.Span{N: 24, Unit: rules.Hours}, []stretch{{day(10, 0), day(12, 10)}}, day(13, 10)},
		{"过后才请的不管", rules.Span{N: 24, Unit: rules.Hours}, []stretch{{day(12, 10), day(14, 10)}}, day(12, 10)},
		{"推后又碰上一次", rules.Span{N: 24, Unit: rules.Hours}, []stretch{{day(11, 12), day(12, 12)}, {day(13, 9), day(14, 9)}}, day(14, 10)},
		{"重叠的只算一次", rules.Span{N: 24, Unit: rules.Hours}, []stretch{{day(11, 12), day(12, 12)}, {day(11, 18), day(12, 12)}}, day(13, 10)},
		{"工作小时", rules.Span{N: 4, Unit: rules.WorkingHours}, []stretch{{day(11, 12), day(12, 0)}}, day(12, 11)},
		{"工作日", rules.Span{N: 2, Unit: rules.Workdays}, []stretch{{day(12, 0), day(13, 0)}}, day(16, 10)},
	} {
		if got := presentUntil(day(11, 10), tt.span, merged(tt.away), cal); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got.In(sales.Shanghai), tt.want.In(sales.Shanghai))
		}
	}
	both := common(merged([]stretch{{day(11, 0), day(13, 0)}}), merged([]stretch{{day(12, 0), day(14, 0)}}))
	if len(both) != 1 || !both[0].from.Equal(day(12, 0)) || !both[0].until.Equal(day(13, 0)) {
		t.Errorf("one of two was there: %v", both)
	}
}
