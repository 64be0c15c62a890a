// Package accesskey makes the signature of Dubbo's authenticator "accesskey",
// which consumers send and providers check.
package accesskey

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// The attachments of a signed call.
const (
	KeyID        = "ak"
	KeyTime      = "timestamp" // milliseconds, decimal
	KeySignature = "signature"
	KeyConsumer  = "consumer" // the caller's application
)

// Authenticator is the value of the URL's parameter "authenticator".
const Authenticator = "accesskey"

// ParamSign is a parameter of URLs: it also signs the arguments, as Java
// serializes them, which nobody else can.
const ParamSign = "param.sign"

// Call is what is signed.
type Call struct {
	Interface, Version, Group string // of the service as its provider publishes it
	Method                    string // of a generic call: the one that it names
	Time                      string // milliseconds, decimal
}

// Sign returns the signature of c with secret. Java puts the secret into the
// text, too.
func (c Call) Sign(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(c.Interface + ":" + c.Version + ":" + c.Group + "#" + c.Method + "#" + secret + "#" + c.Time))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Verify tells, in constant time, whether signature is that of c.
func (c Call) Verify(secret, signature string) bool {
	return hmac.Equal([]byte(c.Sign(secret)), []byte(signature))
}
