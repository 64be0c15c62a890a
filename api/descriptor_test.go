package api_test

import (
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
)

func TestDescriptor(t *testing.T) {
	for _, tt := range []struct {
		types []string
		want  string
	}{
		{nil, ""},
		{[]string{"int", "java.lang.String"}, "ILjava/lang/String;"},
		{[]string{"boolean", "byte", "char", "short", "long", "float", "double"}, "ZBCSJFD"},
		{[]string{"int[]", "[I", "[[J", "long[][]"}, "[I[I[[J[[J"},
		{[]string{"java.lang.String[]", "[Ljava.lang.String;", "[[Lcom.example.User$Kind;"}, "[Ljava/lang/String;[Ljava/lang/String;[[Lcom/example/User$Kind;"},
	} {
		if got, err := api.Descriptor(tt.types...); err != nil || got != tt.want {
			t.Errorf("%q: %q, %v, want %q", tt.types, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "void", "[", "[]", "[X", "[int", "[Ljava.lang.String", "java.util.List<String>", "a b", "a;", "a/b", "[L;", strings.Repeat("[", 300) + "I", strings.Repeat("é", 100) + "/"} {
		if got, err := api.Descriptor(bad); err == nil || !strings.Contains(err.Error(), "is no Java type") {
			t.Errorf("%q: %q, %v", bad, got, err)
		}
	}
}
