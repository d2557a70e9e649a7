// Command wecomload posts encrypted WeCom callbacks to a bot, serves the WeCom API the bot answers to, and prints one
// JSON line of results. A message is done (-wait send) when a message/send that quotes its #id# has arrived.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"salesflow/cmd/bench/sealed"
)

type options struct {
	url, token, aesKey, corp, agent string
	n, conns                        int
	span                            time.Duration
	rate                            float64
	text, customers                 string
	reps                            int
	dup                             float64
	wait                            string
	api                             string
	timeout                         time.Duration
	idBase                          int64
	processes                       string
	tag                             string
}

func flags() options {
	var o options
	flag.StringVar(&o.url, "url", "http://127.0.0.1:9000/wecom", "callback URL of the bot")
	flag.StringVar(&o.token, "token", "benchtoken", "callback token")
	flag.StringVar(&o.aesKey, "aeskey", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "EncodingAESKey, 43 characters")
	flag.StringVar(&o.corp, "corpid", "wwbench0000000001", "corp id")
	flag.StringVar(&o.agent, "agentid", "1000002", "agent id of the app")
	flag.IntVar(&o.n, "n", 10000, "messages to send, duplicates included (0: only serve -api)")
	flag.DurationVar(&o.span, "d", 0, "stop sending after this long (0: send all -n)")
	flag.IntVar(&o.conns, "c", 16, "closed loop: connections; open loop: most messages in flight")
	flag.Float64Var(&o.rate, "rate", 0, "open loop: messages/s at fixed due times, latency counted from the due time (0: closed loop)")
	flag.StringVar(&o.text, "text", "拜访 绍兴市立医院 王主任 介绍生化分析仪方案,备注{id},下周二前寄样",
		"text of a message; {id}: #number#, {rep}: the sender, {customer}: one of the sender's customers")
	flag.StringVar(&o.customers, "customers", "", "file for {customer}: one name a line, line k belongs to sender k modulo -reps")
	flag.IntVar(&o.reps, "reps", 200, "different senders, rep000 and so on")
	flag.Float64Var(&o.dup, "dup", 0, "fraction of messages that are a second delivery (same MsgId and body) of the one before")
	flag.StringVar(&o.wait, "wait", "send", "a message is done when: http (the 200 is in) or send (the answer that quotes {id} is in, too)")
	flag.StringVar(&o.api, "api", "", "address on which to serve the WeCom API (gettoken, agent/get, user/get, message/send)")
	flag.DurationVar(&o.timeout, "timeout", 30*time.Second, "time limit of one message")
	flag.Int64Var(&o.idBase, "idbase", 0, "first id (0: from the clock)")
	flag.StringVar(&o.processes, "cpu", "", "name=PID,…: report the CPU seconds and resident memory of these processes, too")
	flag.StringVar(&o.tag, "tag", "", "copied to the result")
	flag.Parse()
	return o
}

func main() {
	if err := run(flags()); err != nil {
		fmt.Fprintln(os.Stderr, "wecomload:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	box, err := sealed.New(o.token, o.aesKey, o.corp)
	if err != nil {
		return err
	}
	l := &load{o: o, box: box, http: client(o)}
	if o.api != "" {
		ln, err := net.Listen("tcp", o.api)
		if err != nil {
			return fmt.Errorf("serve the API: %w", err)
		}
		go func() { _ = http.Serve(ln, l.api()) }() //nolint:gosec // a benchmark on loopback, until the process ends
		if o.n == 0 {
			select {}
		}
	}
	if l.items, err = l.makeItems(); err != nil {
		return err
	}
	before := usageNow(o.processes)
	start := time.Now()
	if o.rate > 0 {
		l.openLoop(start)
	} else {
		l.closedLoop(start)
	}
	r := l.report(time.Since(start), before)
	out, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	fmt.Println(string(out))
	if r["ok"] == 0 {
		return fmt.Errorf("no message was done")
	}
	return nil
}

func client(o options) *http.Client {
	return &http.Client{
		Timeout: o.timeout,
		Transport: &http.Transport{
			MaxIdleConns: o.conns, MaxIdleConnsPerHost: o.conns, MaxConnsPerHost: o.conns,
			IdleConnTimeout: 2 * time.Minute, DisableCompression: true,
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		},
	}
}

func lines(file string) ([]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read customers: %w", err)
	}
	return strings.Fields(string(b)), nil
}
