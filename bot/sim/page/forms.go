package page

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// The page's own forms do what the control surface does and answer a fragment: nothing, or why not.

const inputPrefix = "input."

func (s *server) formSay(w http.ResponseWriter, r *http.Request) {
	err := readForm(w, r)
	if err == nil {
		_, err = s.doSay(r.Context(), r.PostFormValue("platform"), sim.Say{
			From: r.PostFormValue("from"), Chat: r.PostFormValue("chat"), MentionBot: r.PostFormValue("mention_bot") != "",
			Text: strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text"), "\r", "")),
		})
	}
	writeNotice(w, err)
}

func (s *server) formFile(w http.ResponseWriter, r *http.Request) {
	_, err := s.upload(w, r)
	writeNotice(w, err)
}

func (s *server) formClick(w http.ResponseWriter, r *http.Request) {
	err := readForm(w, r)
	if err == nil {
		c := sim.Click{From: r.PostFormValue("from"), MessageID: r.PostFormValue("message_id"), Button: r.PostFormValue("button")}
		for name, values := range r.PostForm {
			if key, ok := strings.CutPrefix(name, inputPrefix); ok && values[0] != "" {
				if c.Input == nil {
					c.Input = map[string]string{}
				}
				c.Input[key] = values[0]
			}
		}
		err = s.doClick(r.Context(), r.PostFormValue("platform"), c)
	}
	writeNotice(w, err)
}

// formClock takes advance=49h, to=17:00 (the next time it is that late), or set=2026-03-11T17:00. An advance goes on when
// the page is left.
func (s *server) formClock(w http.ResponseWriter, r *http.Request) {
	err := readForm(w, r)
	if err == nil {
		target := later(r.PostFormValue("advance"))
		if to := r.PostFormValue("to"); to != "" {
			target = next(to)
		} else if set := r.PostFormValue("set"); set != "" {
			target = typed(set)
		}
		if _, walking := s.walk().part(s.opt.Clock.Now()); walking {
			err = refuse(http.StatusConflict, "时钟正在走,等它走完")
		} else {
			err = s.advance(context.WithoutCancel(r.Context()), target)
		}
	}
	writeNotice(w, err)
}

// next is the target of "until it is so late": today, or tomorrow when that has passed. "tomorrow " asks for tomorrow.
func next(text string) func(time.Time) (time.Time, error) {
	return func(now time.Time) (time.Time, error) {
		clock, tomorrow := strings.CutPrefix(text, "tomorrow ")
		t, err := time.Parse("15:04", clock)
		if err != nil {
			return now, refuse(http.StatusBadRequest, "时间没看懂:%.40q", text)
		}
		now = now.In(shanghai)
		to := time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, shanghai)
		if tomorrow || !to.After(now) {
			to = to.AddDate(0, 0, 1)
		}
		return to, nil
	}
}

// typed is the target of the page's field for date and time, which has no zone.
func typed(text string) func(time.Time) (time.Time, error) {
	return func(now time.Time) (time.Time, error) {
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
			if t, err := time.ParseInLocation(layout, text, shanghai); err == nil {
				return t, nil
			}
		}
		return now, refuse(http.StatusBadRequest, "时间没看懂:%.40q", text)
	}
}

func readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxJSON)
	if err := r.ParseForm(); err != nil {
		if big := new(http.MaxBytesError); errors.As(err, &big) {
			return err
		}
		return refuse(http.StatusBadRequest, "表单没看懂:%s", err)
	}
	return nil
}

func writeNotice(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err == nil {
		return
	}
	w.WriteHeader(status(err))
	_, _ = w.Write([]byte(template.HTMLEscapeString(words(err))))
}
