package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const shopJar = "../../internal/javaapi/testdata/shop.jar"

// From a jar to Go, which agrees; then the Go is changed, and the check fails.
func TestGenFromJarThenCheck(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stock")
	must := func(want string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != 0 || !strings.Contains(out.String(), want) {
			t.Fatalf("gubbo %s: exit code %d, %q, %q; want %q", args, code, out.String(), errs.String(), want)
		}
	}
	must("wrote "+filepath.Join(dir, "stock_gubbo.go"), "gen", "--from", shopJar, "--service", "com.acme.shop.StockService", "--out", dir)
	must("1 service, 2 methods, 0 classes and 0 fields and constants agree with "+shopJar, "check", shopJar, dir)
	must("1 service", "check", shopJar, filepath.Dir(dir)+"/...")

	path := filepath.Join(dir, "stock.go")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("(int32, error)"), []byte("(int64, error)"), 1)
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"check", shopJar, dir}, strings.NewReader(""), &out, &errs)
	if want := path + ":17: com.acme.shop.StockService.stock(java.lang.String): StockService.Stock returns int64, which is long; Java returns int\n"; code != 1 || out.String() != want {
		t.Errorf("exit code %d, %q, want %q", code, out.String(), want)
	}
	if want := "gubbo: check: 1 difference with " + shopJar + "\n"; errs.String() != want {
		t.Errorf("it says %q, want %q", errs.String(), want)
	}
}
