package provider

import (
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// genericMode is how the arguments of "$invoke" and its result are written.
type genericMode uint8

const (
	genericMaps genericMode = iota // maps in place of objects
	genericRaw                     // maps, and an object as the result
	genericJSON                    // JSON texts
	genericBean                    // descriptors in place of all values
)

// notAllowed is what Java's notice says of nativejava, which it refuses unless
// its operator enables it.
const notAllowed = "Trigger the safety barrier! Native Java Serializer is not allowed by default."

// genericModeOf returns the mode that the attachment "generic" names, in which
// case does not count.
func genericModeOf(name, service string) (genericMode, error) {
	why := ""
	switch strings.ToLower(name) {
	case "", "true":
		return genericMaps, nil
	case "raw.return":
		return genericRaw, nil
	case "gson":
		return genericJSON, nil
	case "bean":
		return genericBean, nil
	case "nativejava":
		why = notAllowed
	case "protobuf-json":
		why = "No parameter is a protobuf message."
	}
	return 0, api.NewError(api.Forbidden, api.SentNo, strings.TrimSpace(fmt.Sprintf("provider: generic=%q is not supported; call service %q with generic=true, gson, bean or raw.return. %s", clip(name), service, why)), nil)
}

// decodeJSON reads the n arguments that d is at, each a JSON text or null, into
// body.
func decodeJSON(d *hessian.Decoder, n int, body hessian.Body) error {
	var e hessian.Encoder
	for i := 0; d.More(i, n); i++ {
		switch text := d.Any().(type) {
		case nil:
			e.Null()
		case string:
			if e.JSON(text); e.Err() != nil {
				return fmt.Errorf("argument %d: %w", i+1, e.Err())
			}
		default:
			return fmt.Errorf("argument %d is a %T; with generic=gson each must be a String that holds JSON", i+1, text)
		}
	}
	if err := d.Err(); err != nil {
		return err
	}
	in := hessian.NewDecoder(e.Bytes(), body.HessianTypes())
	in.JSON()
	body.DecodeHessian(in)
	return in.Err()
}

// defaultMaxMessage is what Config.MaxMessage says of 0.
const defaultMaxMessage = 8 << 20

// replyJSON returns the reply of a method as JSON of at most limit bytes.
func replyJSON(reply any, limit int) (any, error) {
	d, types, err := encodedReply(reply)
	if d == nil {
		return "null", err
	}
	v := d.Any()
	if err := d.Err(); err != nil {
		return nil, err
	}
	return hessian.ToJSON(v, types, limit)
}
