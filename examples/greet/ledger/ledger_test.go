package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestLedgerKeepsEachExecution(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	if all, err := Read(path); err != nil || all != nil {
		t.Fatalf("a ledger nobody wrote reads as %v, %v", all, err)
	}
	var writers sync.WaitGroup
	for n := range 4 {
		w, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		writers.Go(func() {
			defer w.Close()
			for i := range 100 {
				if err := w.Add("order", fmt.Sprintf("%d-%d", n, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("17 order half-a-li") // killed in the middle of a write
	f.Close()
	all, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range all {
		if e.Method != "order" || e.At.IsZero() || seen[e.ID] {
			t.Errorf("bad execution %+v", e)
		}
		seen[e.ID] = true
	}
	if len(seen) != 400 {
		t.Errorf("%d executions, want 400", len(seen))
	}
}

func TestLedgerTakesAnyText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	w, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	odd := "two words\n\"quoted\" \u4f60\u597d \xff"
	if err := w.Add("say", odd); err != nil {
		t.Fatal(err)
	}
	if err := w.Add("say", ""); err != nil {
		t.Fatal(err)
	}
	all, err := Read(path)
	if err != nil || len(all) != 2 || all[0].ID != odd || all[1].ID != "" || all[0].Method != "say" {
		t.Errorf("read %+v, %v", all, err)
	}
	os.WriteFile(path, []byte("x order 1\n"), 0o600)
	if _, err := Read(path); err == nil {
		t.Error("a bad time was read")
	}
}
