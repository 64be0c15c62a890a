package accesskey_test

import (
	"testing"

	"github.com/gubbo/gubbo/internal/accesskey"
)

// The signature is one that Java Dubbo 3.3 made.
func TestSignatureOfJava(t *testing.T) {
	c := accesskey.Call{Interface: "com.acme.UserService", Version: "1.0.0", Group: "g1", Method: "sayHello", Time: "1730000000000"}
	const want = "SBFjWHOCpmCx0BS3HlqBbK8VoRM2YH4WGsHAzrMTyug="
	if got := c.Sign("sk"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !c.Verify("sk", want) || c.Verify("other", want) || c.Verify("sk", "") || c.Verify("sk", want+"=") {
		t.Error("Verify disagrees with Sign")
	}
	for name, change := range map[string]func(c *accesskey.Call){
		"interface": func(c *accesskey.Call) { c.Interface = "com.acme.Other" },
		"version":   func(c *accesskey.Call) { c.Version = "" },
		"group":     func(c *accesskey.Call) { c.Group = "g2" },
		"method":    func(c *accesskey.Call) { c.Method = "x" },
		"time":      func(c *accesskey.Call) { c.Time = "1730000000001" },
	} {
		other := c
		change(&other)
		if other.Verify("sk", want) {
			t.Errorf("another %s has the same signature", name)
		}
	}
}
