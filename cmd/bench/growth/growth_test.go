package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/store/sales"
)

func TestTheServersLogOfStatements(t *testing.T) {
	t.Parallel()
	const log = `/usr/sbin/mariadbd, Version: 10.11.19-MariaDB. started with:
Tcp port: 3306  Unix socket: /run/mysqld.sock
Time		    Id Command	Argument
# Time: 261122 19:20:01
# User@Host: salesflow[salesflow] @  [127.0.0.1]
# Thread_id: 12  Schema: salesflow_growth_full  QC_hit: No
# Query_time: 0.001250  Lock_time: 0.000010  Rows_sent: 1  Rows_examined: 42
# Rows_affected: 0  Bytes_sent: 55
use salesflow_growth_full;
SET timestamp=1795346401;
SELECT name
	FROM customers WHERE id IN (7, 8) AND name = '# User';
# User@Host: salesflow[salesflow] @  [127.0.0.1]
# Thread_id: 13  Schema: other  QC_hit: No
# Query_time: 2.000000  Lock_time: 0.000000  Rows_sent: 0  Rows_examined: 0
SET timestamp=1795346402;
COMMIT;
`
	got := parseSlowLog(log)
	if len(got) != 2 || got[0].schema != "salesflow_growth_full" || got[0].took != 1250*time.Microsecond || got[0].rows != 42 || got[1].schema != "other" ||
		got[1].took != 2*time.Second {
		t.Fatalf("%+v", got)
	}
	if shape := strings.Join(strings.Fields(got[0].shape()), " "); shape != "SELECT name FROM customers WHERE id IN (?) AND name = ?;" {
		t.Errorf("shape %q", shape)
	}
}

// What is made is what the handlers would have written: each invoice and payment adds up, and no number or id is there twice.
func TestLivesOfContractsAddUp(t *testing.T) {
	t.Parallel()
	d := &data{
		size:  size{contracts: 6000, opportunities: 1000, reps: 20},
		today: sales.NewDay(2026, 11, 22), productID: []sales.ID{1, 2, 3, 4}, director: 1, finance: 2,
	}
	for i := range 200 {
		d.customer, d.names = append(d.customer, sales.ID(1000+i)), append(d.names, fmt.Sprint("客户", i))
	}
	for i := range d.reps {
		d.persons = append(d.persons, sales.PersonID(100+i))
		if i%repsOfTeam == 0 {
			d.teams = append(d.teams, sales.ID(10+i))
		}
	}
	seen := map[string]bool{}
	once := func(kind string, id sales.ID, no string) {
		for _, key := range []string{fmt.Sprint(kind, id), kind + " " + no} {
			if seen[key] {
				t.Fatalf("%s is there twice", key)
			}
			seen[key] = true
		}
	}
	count := map[string]int{}
	for i := range d.contracts {
		l := d.life(i)
		once("contract", l.c.ID, l.c.No)
		paid, used := map[sales.ID]sales.Money{}, map[sales.ID]sales.Money{}
		for _, a := range l.ledger.Allocations {
			once("allocation", a.ID, "no. "+a.ID.String())
			if a.State == sales.AllocationActive {
				paid[a.InvoiceID] += a.Amount
				used[a.PaymentID] += a.Amount
			}
		}
		for _, x := range d.invoices(i) {
			once("invoice", x.ID, x.No)
			if x.ContractID != 0 && x.Kind == sales.InvoiceNormal && (x.Paid != paid[x.ID] || x.Open != x.Amount-x.Credited-x.Paid || x.Open < 0) {
				t.Fatalf("invoice %+v got %s", x, paid[x.ID])
			}
			count[x.State]++
		}
		for _, x := range d.payments(i) {
			once("payment", x.ID, x.No)
			if x.ContractID != 0 && (x.Used != used[x.ID] || x.Left != x.Amount-x.Used || x.Left < 0) {
				t.Fatalf("payment %+v paid %s", x, used[x.ID])
			}
			count["payments"]++
		}
		if s, ok := d.standing(i); ok {
			count[string(s.Colour)]++
		}
	}
	for _, kind := range []string{sales.InvoiceOpen, sales.InvoiceSettled, sales.InvoiceIssued, "payments", string(sales.Green), string(sales.Yellow), string(sales.Red)} {
		if count[kind] == 0 {
			t.Errorf("there is no %s: %v", kind, count)
		}
	}
}
