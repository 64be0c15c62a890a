package provider

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/accesskey"
)

// A recorded call is of no use outside the window, however right its signature.
func TestSignaturesAge(t *testing.T) {
	now := time.UnixMilli(1_730_000_000_000)
	for _, tt := range []struct {
		age time.Duration
		ok  bool
	}{
		{0, true}, {clockSkew, true}, {-clockSkew, true}, {clockSkew + time.Millisecond, false}, {-clockSkew - time.Millisecond, false}, {24 * time.Hour, false},
	} {
		inv := &api.Invocation{Service: &api.Service{Interface: "a.B"}, Method: &api.Method{Name: "m"}}
		at := strconv.FormatInt(now.Add(-tt.age).UnixMilli(), 10)
		inv.Attachments.Set("ak", "id")
		inv.Attachments.Set("timestamp", at)
		inv.Attachments.Set("signature", accesskey.Call{Interface: "a.B", Method: "m", Time: at}.Sign("sk"))
		if err := checkAccessKey(inv, func(string) string { return "sk" }, now); (err == nil) != tt.ok {
			t.Errorf("%v old: %v", tt.age, err)
		}
		// Nobody signs for an unknown id by guessing that its secret is "".
		inv.Attachments.Set("signature", accesskey.Call{Interface: "a.B", Method: "m", Time: at}.Sign(""))
		if err := checkAccessKey(inv, func(string) string { return "" }, now); err == nil {
			t.Error("an unknown id passed")
		}
		for _, bad := range []string{"", "soon", "9223372036854775807", "-9223372036854775808"} {
			inv.Attachments.Set("timestamp", bad)
			inv.Attachments.Set("signature", accesskey.Call{Interface: "a.B", Method: "m", Time: bad}.Sign("sk"))
			if err := checkAccessKey(inv, func(string) string { return "sk" }, now); err == nil || !strings.Contains(err.Error(), "not authenticated") {
				t.Errorf("time %q: %v", bad, err)
			}
		}
	}
}
