package main

import (
	"os"
	"runtime/debug"
	"testing"

	"salesflow/cmd/faults/fault"
	"salesflow/store/storetest"
)

// asProgram makes this test's own binary the program, so that tests can start it as a process without building it.
const asProgram = "TEST_BINARY_IS_SALESFLOW"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // many small worlds, one after the other: most of what is allocated is garbage at once
	}
	os.Exit(m.Run())
}

// TestFaults breaks running processes on a small scale; "make faults" does it in earnest.
func TestFaults(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dsn := os.Getenv(storetest.DSN)
	if dsn == "" {
		t.Fatalf("%s is not set; run the tests with make test", storetest.DSN)
	}
	c := fault.Small()
	for _, store := range c.Stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			redis, number := redisNumber(t)
			res, err := c.Try(t.Context(), &fault.Setup{
				Dir: t.TempDir(), Binary: self, Env: []string{asProgram + "=1"},
				DSN: dsn, RedisAddr: redis, RedisDB: number,
				Rate: 10, Quick: true,
			}, store)
			if err != nil {
				t.Fatal(err)
			}
			t.Log("\n" + fault.Header() + "\n" + res.Line())
			if !res.OK() {
				t.Error("there are differences")
			}
		})
	}
}
