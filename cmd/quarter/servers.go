package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/redis/go-redis/v9"

	"salesflow/cmd/faults/bed"
	"salesflow/cmd/quarter/play"
	"salesflow/cmd/quarter/replica"
)

// openServers starts a MariaDB, a Redis and two replicas on them.
func openServers(ctx context.Context, o options, dir string) (_ world, _ func() error, err error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	maria, err := bed.NewMariaDB(ctx, filepath.Join(dir, "mariadb"))
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "redis"), 0o700); err != nil {
		return nil, nil, err
	}
	server, err := bed.NewRedis(ctx, filepath.Join(dir, "redis"))
	if err != nil {
		maria.Kill()
		return nil, nil, err
	}
	end := func() error {
		server.Kill() // nothing in them is wanted any more
		maria.Kill()
		return nil
	}
	dsn, err := database(ctx, maria)
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	client := redis.NewClient(&redis.Options{Addr: server.Addr})
	p, err := play.NewPair(play.PairOptions{
		Binary: binary, Replica: replica.Options{DSN: dsn, Dir: dir, Redis: server.Addr}, Kills: o.kills, Size: o.size,
		Empty: func(ctx context.Context) error { return client.FlushAll(ctx).Err() },
	})
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return p, func() error { return errors.Join(p.Close(), client.Close(), end()) }, nil
}

// database makes an empty database.
func database(ctx context.Context, m *bed.MariaDB) (string, error) {
	const name = "salesflow_quarter"
	db, err := sql.Open("mysql", m.DSN(""))
	if err != nil {
		return "", err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	return m.DSN(name), nil
}
