package report

import (
	"log/slog"
	"time"
)

// Option changes how a Reporter reports.
type Option func(*config)

type config struct {
	instance  string
	addresses []string
	via       Sender
	states    time.Duration
	jitter    time.Duration
	minutes   int
	maxSeries int
	logger    *slog.Logger
	now       func() time.Time
}

const (
	defaultJitter  = 10 * time.Second
	defaultMinutes = 60
)

// Instance names this process among those of its application, in a way that
// stays the same over a restart: the monitor then knows that a new process
// ended the gap which a killed one left. The default is the host's name.
func Instance(name string) Option { return func(c *config) { c.instance = name } }

// Address sends to the monitor at one of these URLs, e.g.
// "dubbo://10.0.0.5:20890", instead of asking the registry for one.
func Address(urls ...string) Option { return func(c *config) { c.addresses = urls } }

// Via sends through s instead of to a monitor node. The Reporter closes s.
func Via(s Sender) Option { return func(c *config) { c.via = s } }

// States sends, beside the sealed minutes, the state of the running minute
// each d, so that a dashboard shows calls seconds after they ended. It costs
// one more message each d. The default, 0, sends sealed minutes alone.
func States(d time.Duration) Option { return func(c *config) { c.states = max(d, 0) } }

// Jitter is the longest time after a minute's end at which it is sent; each
// Reporter draws its own point in it, so that a fleet does not send at once.
// The default is 10 s.
func Jitter(d time.Duration) Option { return func(c *config) { c.jitter = max(d, 0) } }

// Minutes is how long a monitor may be away without a loss: so many sealed
// minutes wait, and two more. Beyond, the oldest is forgotten and counted as
// dropped. The default is 60; a minute takes about 400 B for each series.
func Minutes(n int) Option { return func(c *config) { c.minutes = max(n, 1) } }

// MaxSeries bounds what is kept apart; see monitor.NewCollector. The default
// is monitor.DefaultMaxSeries.
func MaxSeries(n int) Option { return func(c *config) { c.maxSeries = n } }

// Logger takes the news that the monitor is away or back, once each. The
// default is slog.Default().
func Logger(l *slog.Logger) Option { return func(c *config) { c.logger = l } }

// Now replaces the clock that stamps minutes; for tests. The default is
// time.Now.
func Now(now func() time.Time) Option { return func(c *config) { c.now = now } }
