package main

import (
	"fmt"
	"time"

	"salesflow/configs"
	"salesflow/store"
)

// migrateCmd brings the schema up to date. serve does so too; this is for those who want it done before.
type migrateCmd struct {
	Config string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
}

// Run implements the command.
func (c *migrateCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config, e.environ)
	if err != nil {
		return err
	}
	start := time.Now()
	db, err := store.Open(e.ctx, storeOptions(cfg))
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close()
	if err := db.Migrate(e.ctx); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "数据库结构已是最新(%s,用时 %s)\n", databaseName(cfg), time.Since(start).Round(time.Millisecond))
	return nil
}

// storeOptions are those of the commands that only read or write the database.
func storeOptions(cfg configs.Config) store.Options {
	return store.Options{DSN: cfg.MySQL.DSN.Reveal(), DataDir: cfg.DataDir, Now: time.Now}
}

// databaseName says which database it is, without its password.
func databaseName(cfg configs.Config) string {
	if cfg.MySQL.DSN == "" {
		return "内置数据库 " + cfg.DataDir
	}
	return "MySQL"
}
