package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
)

func mustParse(t *testing.T, text string) api.URL {
	t.Helper()
	u, err := api.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestParseURL(t *testing.T) {
	u := mustParse(t, "dubbo://user:p@ss@10.0.0.5:20880/com.acme.UserService?version=1.0.0&group=g1&sayHello.timeout=500&timeout=3000&default.retries=3&check=true&side=provider")
	for name, got := range map[string]string{
		"dubbo": u.Protocol(), "user": u.User(), "p@ss": u.Password(), "10.0.0.5": u.Host(), "10.0.0.5:20880": u.Address(),
		"com.acme.UserService": u.Path(), "500": u.MethodParam("sayHello", "timeout"), "3000": u.MethodParam("other", "timeout"),
		"3": u.Param("retries"), "g1/com.acme.UserService:1.0.0": u.Service().Key(), "none": u.ParamOr("absent", "none"),
	} {
		if got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
	if u.Port() != 20880 || !u.Bool("check", false) || u.Bool("absent", false) || u.Int("timeout", 0) != 3000 || u.Int("group", 7) != 7 {
		t.Errorf("typed parameters of %s are wrong", u)
	}
	if got := u.Millis("timeout", 0); got != 3*time.Second {
		t.Errorf("Millis = %v", got)
	}
	want := "dubbo://user:p@ss@10.0.0.5:20880/com.acme.UserService?check=true&default.retries=3&group=g1&retries=3&sayHello.timeout=500&side=provider&timeout=3000&version=1.0.0"
	if u.String() != want {
		t.Errorf("text %s\nwant %s", u, want)
	}
	if r := u.With("token", "s1").With("password", "s2").With(".secretAccessKey", "s3").Redacted(); strings.Contains(r, "s1") || strings.Contains(r, "s2") || strings.Contains(r, "s3") || strings.Count(r, "***") != 4 {
		t.Errorf("Redacted = %s", r)
	}
	if r := u.Redacted(); strings.Contains(r, "p@ss") || !strings.Contains(r, "user:***@") {
		t.Errorf("Redacted = %s", r)
	}
	if !mustParse(t, u.String()).Equal(u) {
		t.Error("the text does not parse back to an equal URL")
	}
}

func TestParseURLForms(t *testing.T) {
	for text, address := range map[string]string{
		"zookeeper://a:2181,b:2181,c:2181":         "a:2181",
		"dubbo://[::1]:20880/x":                    "[::1]:20880",
		"dubbo://[fe80::1]/x":                      "fe80::1",
		"consumer://10.1.1.1/x?category=consumers": "10.1.1.1",
		"empty://0.0.0.0?category=providers":       "0.0.0.0",
	} {
		if got := mustParse(t, text).Address(); got != address {
			t.Errorf("%s: address %q, want %q", text, got, address)
		}
	}
	if got := mustParse(t, "zookeeper://a:2181,b:2181?backup=c:1").Param("backup"); got != "b:2181,c:1" {
		t.Errorf("backup = %q", got)
	}
	if got := mustParse(t, "dubbo://h:1/p?a=1;b=2&&c&=x").Params(); len(got) != 3 || got[2].Value != "c" {
		t.Errorf("lenient parameters gave %v", got)
	}
}

func TestParseURLErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "no scheme",
		"host:20880":            "no scheme",
		"://x":                  "no scheme",
		"dubbo://h:port/x":      `bad port "port"`,
		"dubbo://h:70000/x":     `bad port "70000"`,
		"dubbo://h:-1/x":        `bad port`,
		"dubbo://h:1/x\n?a=b":   "control character",
		"dubbo://h:/com.acme.X": `bad port ""`,
	} {
		if _, err := api.ParseURL(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseURL(%q) = %v, want an error with %q", text, err, want)
		}
	}
}

func TestURLWith(t *testing.T) {
	u := api.NewURL("dubbo", "h", 1, "p", map[string]string{"b": "2", "": "x", "empty": ""})
	v := u.With("a", "1").With("c", "3").With("b", "").With("zz", "")
	if u.String() != "dubbo://h:1/p?b=2" {
		t.Errorf("With changed its receiver: %s", u)
	}
	if v.String() != "dubbo://h:1/p?a=1&c=3" {
		t.Errorf("With gave %s", v)
	}
	if got := v.WithAddress("::1", 9).WithProtocol("tri").String(); got != "tri://[::1]:9/p?a=1&c=3" {
		t.Errorf("got %s", got)
	}
	if !(api.URL{}).IsZero() || v.IsZero() {
		t.Error("IsZero is wrong")
	}
}

// The name is what Java wrote for this URL in a real tree.
func TestEncodeLikeJava(t *testing.T) {
	u := mustParse(t, "dubbo://10.0.0.5:20880/com.acme.UserService?application=user-provider&methods=getUser,sayHello&tilde=~&star=*&space=a b")
	want := "dubbo%3A%2F%2F10.0.0.5%3A20880%2Fcom.acme.UserService%3Fapplication%3Duser-provider%26methods%3DgetUser%2CsayHello%26space%3Da+b%26star%3D*%26tilde%3D%7E"
	if got := u.Encode(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	back, err := api.DecodeName(want)
	if err != nil || back != u.String() {
		t.Errorf("DecodeName = %q, %v", back, err)
	}
	for _, bad := range []string{"%", "%4", "%zz", "a%+1"} {
		if _, err := api.DecodeName(bad); err == nil {
			t.Errorf("DecodeName(%q) succeeded", bad)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("dubbo://10.0.0.5:20880/com.acme.UserService?version=1.0.0&group=g1")
	f.Add("zookeeper://a:2181,b:2181?backup=c")
	f.Add("x://[::1]:1/p?a;b=c")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := api.ParseURL(text)
		if err != nil {
			return
		}
		if name, err := api.DecodeName(u.Encode()); err != nil || name != u.String() {
			t.Fatalf("%q: encode and decode gave %q, %v", text, name, err)
		}
	})
}
