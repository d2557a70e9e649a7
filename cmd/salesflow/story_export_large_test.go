package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"salesflow/bot/bottest"
)

// keptParts are the files that are kept in data_dir.
func (w world) keptParts(t *testing.T) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(w.program.files.dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return n
}

// A file that the platform does not take goes out as a link; where there are no pages, and where it is too large for those too, the
// chat says so and what to do, and nothing is left behind.
func TestAnExportTooLargeForTheChat(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		w.program.files.sent = 1 << 10
		rep.Say("导出 客户")
		rep.ExpectText("在导")
		link := regexp.MustCompile(`http\S+/d/\S+`).FindString(rep.ExpectText("已留痕", "用这个链接下载").Text)
		if data := body(t, http.MethodPost, link); len(data) <= 1<<10 {
			t.Errorf("behind the link are %d bytes", len(data))
		}

		before := w.keptParts(t)
		w.program.cfg.PublicURL = ""
		rep.Say("导出 客户")
		rep.ExpectText("在导")
		rep.ExpectText("聊天里最多发 1 KB", "没有发出来", "public_url", "各个负责人各导各的")

		w.program.files.made = 2 << 10
		rep.Say("导出 客户")
		rep.ExpectText("在导")
		rep.ExpectText("一个文件超过了 2 KB", "没有导出", "各个负责人各导各的")
		if n := w.keptParts(t); n != before {
			t.Errorf("%d files are kept, want %d", n, before)
		}

		w.program.files.sent, w.program.files.made = maxFile, maxMade
		rep.Say("导出 客户") // the one after is made as ever
		rep.ExpectText("在导")
		rep.ExpectText("已留痕")
	})
}
