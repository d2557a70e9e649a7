package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
)

// checking runs salesflow check in an environment.
func checking(t *testing.T, environ []string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(&env{ctx: context.Background(), stdin: strings.NewReader(""), stdout: &out, stderr: &out, environ: environ}, append([]string{"check"}, args...))
	return code, out.String()
}

func TestCheckAsksThePlatforms(t *testing.T) {
	t.Parallel()
	platforms, environ := offices(t, "")
	environ = append(environ, "SALESFLOW_PUBLIC_URL="+platforms.base)
	code, out := checking(t, environ, "--send-to", "zhoumin")
	if code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	wantIn(t, out, "✔ 应用凭证可用", "✔ 可见范围", "✔ Stream 网关可用", "✔ 智能机器人可用", "✔ 测试卡片已发给 zhoumin", "标准版有 5000 次", "✔ 审批和升级要的角色都有人")
	if m := answer(t, platforms.wecom, "zhoumin"); m.Card == nil || m.Card.Title == "" {
		t.Errorf("周敏 got %+v", m)
	}
	if messages, _ := platforms.dingtalk.Inbox("liqiang", "*", 0); len(messages) > 0 {
		t.Errorf("李强 got %+v", messages)
	}
}

func TestCheckSaysWhereToClick(t *testing.T) {
	t.Parallel()
	_, environ := offices(t, "")
	environ = append(environ, "SALESFLOW_WECOM_SECRET=wrong", "SALESFLOW_DINGTALK_CLIENT_SECRET=wrong")
	code, out := checking(t, environ)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantIn(t, out, "✘ 应用凭证不对", "复制 AgentId 和 Secret", "✘ 应用凭证不能用", "复制 Client ID 和 Client Secret", "怎么改:")
	if strings.Contains(out, "wrong") {
		t.Errorf("a secret is in the output:\n%s", out)
	}
}

func TestCheckNamesRolesWithoutHolders(t *testing.T) {
	t.Parallel()
	_, environ := offices(t, "")
	for i, e := range environ {
		if strings.HasPrefix(e, "SALESFLOW_ORGANISATION_FILE") {
			environ[i] = ""
		}
	}
	code, out := checking(t, environ)
	if code != 1 {
		t.Errorf("exit code %d, want 1: the callback's address is not known", code)
	}
	wantIn(t, out, "! 没有组织文件", "没配 public_url")
}

func TestAuditVerifyFindsAChangedRow(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	if code, out := command(t, dir, "audit", "verify"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	db := openAt(t, dir)
	_, err := db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		tx.Audit(sales.AuditEntry{Verb: "visit.file", SubjectKind: "visit", SubjectID: 1})
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	sealAll(t, dir)
	code, out := command(t, dir, "audit", "verify")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	wantIn(t, out, "✔ 留痕完整:1 条记录")
	tamper(t, dir, "UPDATE audit SET verb = 'visit.undo'")
	code, out = command(t, dir, "audit", "verify")
	if code != 1 {
		t.Errorf("exit code %d, want 1\n%s", code, out)
	}
	wantIn(t, out, "✘ 记录", "留痕校验没通过:1 处不符")
}

func TestAuditVerifyWantsAnExistingDatabase(t *testing.T) {
	t.Parallel()
	code, out := command(t, t.TempDir(), "audit", "verify")
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantIn(t, out, "data_dir: no database")
}
