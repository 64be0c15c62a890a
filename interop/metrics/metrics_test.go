// Package metrics_test has Prometheus's own parser read what we export.
package metrics_test

import (
	"bytes"
	"log/slog"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/registry/zkserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRegistryMetrics(t *testing.T) {
	s, err := zkserver.New(zkserver.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var text bytes.Buffer
	if err := s.WriteMetrics(&text); err != nil {
		t.Fatal(err)
	}
	var parser expfmt.TextParser
	families, err := parser.TextToMetricFamilies(&text)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		kind  dto.MetricType
		value float64
	}{
		"znode_count":            {dto.MetricType_GAUGE, 5}, // with the root counted twice
		"approximate_data_size":  {dto.MetricType_GAUGE, 44},
		"num_alive_connections":  {dto.MetricType_GAUGE, 0},
		"packets_received":       {dto.MetricType_COUNTER, 0},
		"avg_latency":            {dto.MetricType_GAUGE, 0},
		"gubbo_tree_bytes_limit": {dto.MetricType_GAUGE, 1 << 30},
	} {
		f := families[name]
		if f == nil || f.GetType() != want.kind || f.GetHelp() == "" || len(f.Metric) != 1 {
			t.Errorf("%s: %v", name, f)
			continue
		}
		if got := f.Metric[0].GetGauge().GetValue() + f.Metric[0].GetCounter().GetValue(); got != want.value {
			t.Errorf("%s is %v, want %v", name, got, want.value)
		}
	}
	if len(families) < 20 {
		t.Errorf("only %d figures", len(families))
	}
}
