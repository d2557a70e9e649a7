package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
)

// serveProfiles serves the runtime's profiles (go tool pprof) until ctx ends. They tell much about the program and can
// slow it down, so the address must be a loopback one.
func serveProfiles(ctx context.Context, addr string) error {
	ln, err := listenLoopback(ctx, "--pprof", addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	serveUntil(ctx, ln, mux)
	return nil
}

// listenLoopback listens on an address that only this machine can reach.
func listenLoopback(ctx context.Context, flag, addr string) (net.Listener, error) {
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	if !tcp.IP.IsLoopback() {
		return nil, fmt.Errorf("%s: only a loopback address, as 127.0.0.1:6060", flag)
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return ln, nil
}

// serveUntil serves what is for this machine alone until ctx ends.
func serveUntil(ctx context.Context, ln net.Listener, h http.Handler) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: readHeaderTimeout}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	go func() { _ = s.Serve(ln) }() // ends with Close
}
