// Command salesflow is the chat-ops sales bot for WeCom and DingTalk: one binary that serves the real platforms, simulates
// them for a demo, and answers a few questions about itself.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the container image has no zone files

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Run the demo: bot, both platforms simulated, phones on a web page."`
	Serve   serveCmd   `cmd:"" help:"Serve the real platforms."`
	Sim     simCmd     `cmd:"" help:"Run both platform simulators alone, for building bots."`
	Migrate migrateCmd `cmd:"" help:"Bring the database schema up to date."`
	Import  importCmd  `cmd:"" help:"Import records from a file."`
	Parse   parseCmd   `cmd:"" help:"Understand chat messages, one JSON object a line."`
	Expr    exprCmd    `cmd:"" help:"Resolve dates, periods, durations and amounts, one JSON object a line."`
	Audit   auditCmd   `cmd:"" help:"Check the audit log."`
	Check   checkCmd   `cmd:"" help:"Check the set-up against the platforms."`
}

// env is what a command may touch of the world.
type env struct {
	ctx     context.Context
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	environ []string
	// spare keeps the process small; nil where it is not the command's own.
	spare func()
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(&env{ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ(), spare: spareMemory}, os.Args[1:])
	stop()
	os.Exit(code)
}

// run runs one command and returns the exit code: 0, 1 for a failure, 2 for a wrong command line.
func run(e *env, args []string) int {
	var cli commands
	code := -1
	parser, err := kong.New(&cli, kong.Name("salesflow"), kong.Description("销售流: a chat-ops sales bot for WeCom and DingTalk."),
		kong.UsageOnError(), kong.Vars{"demo_start": demoStart}, kong.Writers(e.stdout, e.stderr), kong.Exit(func(c int) { code = c }))
	if err != nil {
		fmt.Fprintln(e.stderr, "salesflow:", err)
		return 1
	}
	kctx, err := parser.Parse(args)
	if code >= 0 { // --help
		return code
	}
	if err != nil {
		parser.Errorf("%v", err)
		return 2
	}
	if err := kctx.Run(e); err != nil {
		fmt.Fprintln(e.stderr, "salesflow:", err)
		return 1
	}
	return 0
}
