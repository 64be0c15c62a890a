package zookeeper

import "testing"

// FuzzEntry: any name may stand in the tree.
func FuzzEntry(f *testing.F) {
	for _, name := range []string{
		"dubbo%3A%2F%2F10.0.0.5%3A20880%2Fcom.acme.User%3Fapplication%3Da%26default.timeout%3D5%26version%3D1.0.0",
		"override%3A%2F%2F0.0.0.0%2Fcom.acme.User%3Fcategory%3Dconfigurators", "%zz", "%", "", "a", "%3A%2F%2F",
		"dubbo%3A%2F%2F%5B%3A%3A1%5D%3A1", "dubbo%3A%2F%2Fa%2Cb%3A1%2Fx", "dubbo%3A%2F%2Fu%3Ap%40a%3A1",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		e, ok := parseEntry(name)
		if !ok {
			return
		}
		if e.url.Host() == "" || e.text != e.url.String() {
			t.Errorf("%q is taken for %q", name, e.text)
		}
	})
}
