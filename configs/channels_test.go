package configs

import (
	"os"
	"path/filepath"
	"testing"
)

func TestATargetsSecretMayStandInAFile(t *testing.T) {
	t.Parallel()
	path := write(t, "salesflow.yaml", "webhooks:\n  erp: {url: \"https://erp.example.com/in\", secret_file: key, events: [\"contract.*\"]}\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "key"), []byte("0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if h := got.Webhooks["erp"]; h.Secret != "0123456789abcdef" || h.Host() != "erp.example.com" || len(h.Events) != 1 {
		t.Errorf("target %+v", h)
	}
	if _, err := Load(write(t, "salesflow.yaml", "webhooks:\n  erp: {url: \"https://erp.example.com/in\", secret_file: nowhere}\n"), nil); err == nil {
		t.Error("a file that is not there")
	}
}
