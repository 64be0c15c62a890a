package zk

import (
	"slices"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	tree := map[string][]string{"/": {"alpine", "alpha", "zookeeper"}, "/alpha": {"one", "öl", "öde"}}
	children := func(path string) []string { return tree[path] }
	for _, c := range []struct {
		text, words, grown string
	}{
		{"cre", "create", "create "},
		{"get", "get getAcl getAllChildrenNumber getEphemerals", "get"},
		{"add", "addWatch addauth", "add"},
		{"xyz", "", "xyz"},
		{"ls -", "-? -R -s -w", "ls -"},
		{"create -t", "-t", "create -t "},
		{"nosuch -", "", "nosuch -"},
		{"ls /al", "/alpha /alpine", "ls /alp"},
		{"ls -s /z", "/zookeeper", "ls -s /zookeeper"},
		{"ls /", "/alpha /alpine /zookeeper", "ls /"},
		{"ls /alpha/", "/alpha/one /alpha/öde /alpha/öl", "ls /alpha/"},
		{"ls /alpha/ö", "/alpha/öde /alpha/öl", "ls /alpha/ö"},
		{"ls /none/", "", "ls /none/"},
		{"create x", "", "create x"},
		{"/al", "/alpha /alpine", "/alp"},
	} {
		start, words := complete(c.text, children)
		if got := strings.Join(words, " "); got != c.words {
			t.Errorf("%q may become %q, want %q", c.text, got, c.words)
		}
		if got := extend(c.text, start, words); got != c.grown {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.grown)
		}
	}
	if _, words := complete("", children); len(words) != len(commands()) || !slices.IsSorted(words) {
		t.Errorf("nothing may become %q", words)
	}
}
