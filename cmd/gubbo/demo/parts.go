package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"syscall"
	"time"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/node"
	"github.com/gubbo/gubbo/monitor/store"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver"
)

// startRegistry starts the embedded registry where `gubbo ls` and `gubbo call`
// look for one, or on a free port if that is taken.
func startRegistry(say func(string, ...any), logger *slog.Logger) (*zkserver.Server, error) {
	const usual = "127.0.0.1:2181"
	s, err := zkserver.New(zkserver.Config{Listen: usual, Logger: logger})
	if errors.Is(err, syscall.EADDRINUSE) {
		say("port 2181 is in use (another ZooKeeper? --registry uses it); the embedded registry takes a free one")
		s, err = zkserver.New(zkserver.Config{Logger: logger})
	}
	if err != nil {
		return nil, fmt.Errorf("demo: registry: %w", err)
	}
	return s, nil
}

// monitorNode is the lab's monitor, in the lab's own process.
type monitorNode struct {
	dir      string
	url      string
	registry registry.Registry
	tasks    task.Group
	cancel   context.CancelFunc
	err      error // of Run; read after tasks.Wait
}

// startMonitor starts a monitor with its store in dir and its dashboard on
// address, or on a free port if that is taken.
func startMonitor(reg registry.Registry, address, dir string, logger *slog.Logger, say func(string, ...any)) (*monitorNode, error) {
	m, err := tryMonitor(reg, address, dir, logger)
	if errors.Is(err, syscall.EADDRINUSE) {
		say("the dashboard's address %s is in use (--http picks another); it takes a free port", address)
		m, err = tryMonitor(reg, "127.0.0.1:0", dir, logger)
	}
	return m, err
}

func tryMonitor(reg registry.Registry, address, dir string, logger *slog.Logger) (*monitorNode, error) {
	n, err := node.New(node.Config{Registry: reg, HTTP: address, Dir: dir, Logger: logger})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &monitorNode{dir: dir, registry: reg, cancel: cancel}
	ended := make(chan struct{})
	m.tasks.Go(func(context.Context) {
		defer close(ended)
		m.err = n.Run(ctx)
	})
	timer := time.NewTimer(startWait)
	defer timer.Stop()
	select {
	case <-n.Ready():
		m.url = n.URL()
		return m, nil
	case <-ended:
		err = m.err
	case <-timer.C:
		err = fmt.Errorf("demo: the monitor is not ready after %s", startWait)
	}
	cancel()
	m.tasks.Stop()
	m.tasks.Wait()
	if err == nil {
		err = errors.New("demo: the monitor ended before it was ready")
	}
	return nil, err
}

// stop ends the monitor; its store is closed when stop returns.
func (m *monitorNode) stop() error {
	m.cancel()
	m.tasks.Stop()
	m.tasks.Wait()
	return m.err
}

// reporters asks the monitor, through its API as anybody would, what it knows
// of the reporting processes.
func (m *monitorNode) reporters() (map[string]Reporter, error) {
	client := http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	resp, err := client.Get(m.url + "api/v1/reporters")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("demo: GET %s: %w", resp.Request.URL, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("demo: GET %s: %s: %s", resp.Request.URL, resp.Status, body)
	}
	var answer struct {
		Reporters []struct {
			Boot    string    `json:"boot"`
			Through time.Time `json:"through"`
			Gap     bool      `json:"gap"`
		} `json:"reporters"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("demo: GET %s: %w", resp.Request.URL, err)
	}
	all := map[string]Reporter{}
	for _, r := range answer.Reporters {
		all[r.Boot] = Reporter{AsOf: r.Through, Gap: r.Gap}
	}
	return all, nil
}

// storedRows reads what a monitor that has ended left in its store of the
// minutes since begin.
func storedRows(dir string, begin time.Time) (rows []Row, err error) {
	s, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = s.Rows(context.Background(), store.Query{From: monitor.MinuteOf(begin), To: monitor.MinuteOf(time.Now()) + 1}, func(r *store.Row) bool {
		rows = append(rows, Row{
			Side: r.Series.Side.String(), Reporter: r.Reporter.Boot, Method: r.Series.Method,
			Success: r.Total() - r.Failures(), Failure: r.Failures(),
		})
		return true
	})
	return rows, err
}
