package sales

import "testing"

func TestNoCellOfACSVFileIsAFormula(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"绍兴市立医院": "绍兴市立医院", "": "", "=1+1": "'=1+1", "+86 138": "'+86 138", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'=1", "\r\n=1": "'=1",
		"＝HYPERLINK(1)": "'＝HYPERLINK(1)", "a\n=1": "a =1", "'x": "''x", "1=2": "1=2",
	} {
		if got := CSVCell(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
