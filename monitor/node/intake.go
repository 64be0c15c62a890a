package node

import (
	"context"
	"log/slog"
	"time"

	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/statistics"
	"github.com/gubbo/gubbo/monitor/store"
)

// ahead is how far a reporter's clock may be before the monitor's.
const ahead = 10 // minutes

// intake takes reports in.
type intake struct {
	now       func() time.Time
	store     store.Store
	reporters *reporters
	retention time.Duration
	logger    *slog.Logger
}

var _ statistics.StatisticsService = (*intake)(nil)

// Report implements statistics.StatisticsService.
func (in *intake) Report(ctx context.Context, w *statistics.Batch) (string, error) {
	b, err := w.ToBatch()
	if err != nil {
		in.logger.Warn("monitor: a report is refused", "err", err)
		return err.Error(), nil
	}
	now := in.now()
	minute := monitor.MinuteOf(now)
	switch oldest := minute - int64(in.retention/time.Minute); {
	case b.Minute > minute+ahead:
		return in.refuse(b, "its minute lies in the future: set the clock of that machine"), nil
	case b.Minute < oldest:
		return in.refuse(b, "its minute is older than what this monitor keeps"), nil
	case !in.reporters.room(b.Reporter):
		return in.refuse(b, "this monitor knows too many reporters"), nil
	}
	if err := in.store.Write(ctx, now.UnixMilli(), b); err != nil {
		in.logger.Error("monitor: a report could not be kept; its reporter will send it again", "application", b.Reporter.Application, "err", err)
		return "", err
	}
	in.reporters.note(store.Heard{Reporter: b.Reporter, Minute: b.Minute, Seq: b.Seq, Rev: b.Rev, Through: b.Through, Every: b.Every,
		Dropped: b.Dropped, Received: now.UnixMilli(), Sealed: b.Sealed, Final: b.Final})
	return "", nil
}

func (in *intake) refuse(b *monitor.Batch, why string) string {
	in.logger.Warn("monitor: a report is refused", "application", b.Reporter.Application, "instance", b.Reporter.Instance, "minute", b.Minute, "why", why)
	return why
}
