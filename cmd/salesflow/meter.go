package main

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"salesflow/bot"
)

// meter counts what operators watch.
type meter struct {
	registry *prometheus.Registry
	wall     func() time.Time

	events *prometheus.HistogramVec
	sends  *prometheus.HistogramVec
	calls  *prometheus.HistogramVec
	late   *prometheus.HistogramVec
}

func newMeter(wall func() time.Time) *meter {
	m := &meter{
		registry: prometheus.NewRegistry(), wall: wall,
		events: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "salesflow_event_seconds", Help: "Time from taking an event to acknowledging it, by outcome.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
		}, []string{"platform", "kind", "outcome"}),
		sends: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "salesflow_send_seconds", Help: "Time of one attempt to send a delivery, by reason of failure.",
			Buckets: []float64{.01, .05, .1, .2, .5, 1, 2, 5, 15},
		}, []string{"platform", "kind", "reason"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "salesflow_platform_call_seconds", Help: "Time of one call of a platform's API.",
			Buckets: []float64{.01, .05, .1, .2, .5, 1, 2, 5, 15},
		}, []string{"platform", "api", "reason"}),
		late: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "salesflow_due_late_seconds", Help: "How long after its moment a due row was decided.",
			Buckets: []float64{.1, .2, .5, 1, 2, 5, 30, 300, 3600},
		}, []string{"kind"}),
	}
	m.registry.MustRegister(m.events, m.sends, m.calls, m.late)
	return m
}

func (m *meter) event(ev bot.Event, outcome string, d time.Duration) {
	m.events.WithLabelValues(string(ev.Platform), string(ev.Kind), outcome).Observe(d.Seconds())
}

func (m *meter) sent(p bot.Platform, kind string, reason bot.Reason, d time.Duration) {
	m.sends.WithLabelValues(string(p), kind, string(reason)).Observe(d.Seconds())
}

func (m *meter) due(kind string, late time.Duration) {
	m.late.WithLabelValues(kind).Observe(late.Seconds())
}

// gauge registers a number that is read when it is asked for.
func (m *meter) gauge(name, help string, labels prometheus.Labels, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, read))
}

func (m *meter) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// callMeter is the meter of one platform's API.
type callMeter struct {
	m        *meter
	platform bot.Platform
}

// Observe implements the adapters' observers.
func (c callMeter) Observe(api string, reason bot.Reason, d time.Duration) {
	c.m.calls.WithLabelValues(string(c.platform), api, string(reason)).Observe(d.Seconds())
}
