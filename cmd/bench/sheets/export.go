package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/xuri/excelize/v2"

	"salesflow/bot/sim"
)

var downloadLink = regexp.MustCompile(regexp.QuoteMeta(address) + `(/d/\S+)`)

// export asks for all of one's customers as a file, fetches it from behind its link and counts its rows.
func (p *phone) export(ctx context.Context, want int) (f figures, err error) {
	if f.before, err = p.w.Bots[0].ForgetPeak(); err != nil {
		return f, err
	}
	_, p.after = p.w.Ding.Inbox(p.id, "*", 0)
	asked := time.Now()
	if _, err := p.w.Ding.Say(ctx, sim.Say{From: p.id, Text: "导出 客户"}); err != nil {
		return f, err
	}
	m, err := p.shows(ctx, func(m sim.Message) bool { return downloadLink.MatchString(m.Text) })
	if err != nil {
		return f, err
	}
	f.written = time.Since(asked)
	data, err := p.download(ctx, downloadLink.FindStringSubmatch(m.Text)[1])
	if err != nil {
		return f, err
	}
	if f.peak, err = p.w.Bots[0].PeakMemory(); err != nil {
		return f, err
	}
	f.size = len(data)
	if f.customers, err = rowsIn(data); err == nil && f.customers < want*98/100 {
		err = fmt.Errorf("%d customers in the file, of %d", f.customers, want)
	}
	return f, err
}

func (p *phone) download(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.w.Bots[0].Addr+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, 1<<30))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the link answers %d: %.200s", res.StatusCode, data)
	}
	return data, errors.Join(err, res.Body.Close())
}

// rowsIn counts the rows of all sheets of a workbook, without their headers.
func rowsIn(data []byte) (n int, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, name := range f.GetSheetList() {
		rows, err := f.Rows(name)
		if err != nil {
			return 0, err
		}
		for n--; rows.Next(); n++ {
		}
		if err := rows.Close(); err != nil {
			return 0, err
		}
	}
	return n, nil
}
