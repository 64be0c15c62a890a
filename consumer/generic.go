package consumer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// Generic calls a service without generated code, for tools: methods and
// types are given by name at run time. It may be used by many goroutines.
type Generic struct {
	ref     *Reference
	methods *genericMethods
}

// genericMethods keeps one Method per signature, since protocols prepare
// requests by its pointer.
type genericMethods struct {
	mu sync.Mutex
	m  map[string]*api.Method // guarded by mu
}

// maxGenericMethods bounds what is kept; what comes later is made each time.
const maxGenericMethods = 1024

// Generic makes a caller of any method of the service; opts are those of
// Refer. Timeouts and weights that providers set per method do not apply.
func (c *Client) Generic(service api.Service, opts ...Option) (*Generic, error) {
	ref, err := c.Refer(&api.ServiceDesc{Service: service}, opts...)
	if err != nil {
		return nil, err
	}
	return &Generic{ref: ref, methods: &genericMethods{m: make(map[string]*api.Method)}}, nil
}

// With returns a caller whose calls differ by opts; see Reference.With.
func (g *Generic) With(opts ...Option) *Generic {
	return &Generic{ref: g.ref.With(opts...), methods: g.methods}
}

// Reference returns the reference underneath, e.g. for Explain.
func (g *Generic) Reference() *Reference { return g.ref }

// Invoke calls the method whose parameters have the Java types given, e.g.
// "long", "java.lang.String", "java.lang.String[]", "com.example.User", as a
// generated client would. Numbers are converted to the declared type if they
// fit, a map[string]any given for a class becomes an object of that class, its
// fields sorted by name, and a string the constant of an enum. The result is what hessian.Decoder.Any makes of
// it: an object arrives as *hessian.Object.
func (g *Generic) Invoke(ctx context.Context, method string, types []string, args []any) (any, error) {
	if len(types) != len(args) {
		return nil, fmt.Errorf("consumer: method %q has %d types and %d arguments", method, len(types), len(args))
	}
	m, err := g.methods.method(method, types)
	if err != nil {
		return nil, err
	}
	values := make(anyArgs, len(args))
	for i, a := range args {
		if values[i], err = convert(types[i], a); err != nil {
			return nil, fmt.Errorf("consumer: argument %d of %q: %w", i+1, method, err)
		}
	}
	return g.call(ctx, m, values)
}

// InvokeGeneric calls the method by way of "$invoke", which Java providers
// answer for every service, and gubbo's for those with the option Generic: the
// provider converts the arguments, so that objects are maps, with the class
// name under "class" where the declared type does not say it, enums their names
// and dates may be text; and so are objects in the result, where the class may
// be missing, as the provider likes. It is Java's default mode, generic=true;
// InvokeJSON speaks gson. With nil types it takes the method of that name, if
// there is only one. What the service throws is an
// *hessian.Exception of its class and message, whose cause is the exception
// that the provider sent in its place, with Java's stack in its message.
func (g *Generic) InvokeGeneric(ctx context.Context, method string, types []string, args []any) (any, error) {
	if err := sameLength(method, types, len(args)); err != nil {
		return nil, err
	}
	inner := &invokeArgs{method: method, types: types, args: args}
	v, err := g.With(Attach("generic", "true")).call(ctx, invokeMethod, inner)
	return v, unwrapGeneric(err)
}

// sameLength fails if types, unless nil, are not as many as the n arguments.
func sameLength(method string, types []string, n int) error {
	if types != nil && len(types) != n {
		return fmt.Errorf("consumer: method %q has %d types and %d arguments", method, len(types), n)
	}
	return nil
}

// unwrapGeneric returns err with the exception that the service threw in place
// of the GenericException that stands for it.
func unwrapGeneric(err error) error {
	x, ok := errors.AsType[*hessian.Exception](err)
	if !ok || x.Class != "org.apache.dubbo.rpc.service.GenericException" && x.Class != "com.alibaba.dubbo.rpc.service.GenericException" {
		return err
	}
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		return err
	}
	own := &hessian.Exception{Cause: x}
	for _, f := range x.Fields {
		switch f.Name {
		case "exceptionClass":
			own.Class, _ = f.Value.(string)
		case "exceptionMessage":
			own.Message, _ = f.Value.(string)
		}
	}
	if own.Class == "" {
		return err
	}
	return api.NewError(e.Code, e.Sent, e.Message, own)
}

// invokeMethod is never changed.
var invokeMethod = &api.Method{
	Name: "$invoke", Desc: "Ljava/lang/String;[Ljava/lang/String;[Ljava/lang/Object;",
	Params: []string{"java.lang.String", "java.lang.String[]", "java.lang.Object[]"}, Result: "java.lang.Object",
}

func (g *Generic) call(ctx context.Context, m *api.Method, args api.Args) (any, error) {
	reply := new(anyReply)
	if err := g.ref.Invoke(ctx, &api.Invocation{Service: g.ref.service, Method: m, Args: args, Reply: reply}); err != nil {
		return nil, err
	}
	return reply.value, nil
}

func (g *genericMethods) method(name string, types []string) (*api.Method, error) {
	desc, err := api.Descriptor(types...)
	if err != nil {
		return nil, fmt.Errorf("consumer: method %q: %w", name, err)
	}
	key := name + " " + desc
	g.mu.Lock()
	defer g.mu.Unlock()
	m := g.m[key]
	if m == nil {
		m = &api.Method{Name: name, Desc: desc, Params: slices.Clone(types), Result: "java.lang.Object"}
		if len(g.m) < maxGenericMethods {
			g.m[key] = m
		}
	}
	return m, nil
}

// convert makes v what the declared type looks like on the wire.
func convert(javaType string, v any) (any, error) {
	if v == nil {
		if d, err := api.Descriptor(javaType); err == nil && len(d) == 1 {
			return nil, fmt.Errorf("%s cannot be null", javaType)
		}
		return nil, nil
	}
	switch javaType {
	case "byte", "java.lang.Byte":
		return whole(javaType, v, 8)
	case "short", "java.lang.Short":
		return whole(javaType, v, 16)
	case "int", "java.lang.Integer":
		return whole(javaType, v, 32)
	case "long", "java.lang.Long":
		n, err := integer(javaType, v)
		return n, err
	case "float", "double", "java.lang.Float", "java.lang.Double":
		return float(javaType, v)
	case "boolean", "java.lang.Boolean":
		if _, ok := v.(bool); !ok {
			return nil, mismatch(javaType, v)
		}
		return v, nil
	case "char", "java.lang.Character", "java.lang.String":
		if _, ok := v.(string); !ok {
			return nil, mismatch(javaType, v)
		}
		return v, nil
	}
	if item, ok := strings.CutSuffix(javaType, "[]"); ok {
		return array(item, v)
	}
	if strings.HasPrefix(javaType, "java.") {
		return v, nil
	}
	switch v := v.(type) {
	case map[string]any:
		return object(javaType, v), nil
	case string:
		return object(javaType, map[string]any{"name": v}), nil
	}
	return v, nil
}

func object(class string, m map[string]any) *hessian.Object {
	o := &hessian.Object{Class: class}
	for name, value := range m {
		o.Fields = append(o.Fields, hessian.Field{Name: name, Value: value})
	}
	slices.SortFunc(o.Fields, func(a, b hessian.Field) int { return cmp.Compare(a.Name, b.Name) })
	return o
}

// array converts the items; those of the types that Hessian has arrays of
// become such an array.
func array(item string, v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return v, nil // the caller knows better
	}
	items := make([]any, len(list))
	for i, x := range list {
		var err error
		if items[i], err = convert(item, x); err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
	}
	switch item {
	case "java.lang.String":
		return typed[string](items), nil
	case "int":
		return typed[int32](items), nil
	case "long":
		return typed[int64](items), nil
	case "double":
		return typed[float64](items), nil
	case "boolean":
		return typed[bool](items), nil
	}
	return items, nil
}

// typed returns items as a []T if all of them are Ts.
func typed[T any](items []any) any {
	list := make([]T, len(items))
	for i, x := range items {
		t, ok := x.(T)
		if !ok {
			return items
		}
		list[i] = t
	}
	return list
}

func mismatch(javaType string, v any) error {
	return fmt.Errorf("%v (%T) is no %s", v, v, javaType)
}

// whole returns v as an int32 if it fits bits.
func whole(javaType string, v any, bits int) (any, error) {
	n, err := integer(javaType, v)
	if err != nil {
		return nil, err
	}
	if limit := int64(1) << (bits - 1); n < -limit || n >= limit {
		return nil, fmt.Errorf("%d does not fit %s", n, javaType)
	}
	return int32(n), nil
}

// integer accepts Go's numbers and those whose text is one, such as
// json.Number.
func integer(javaType string, v any) (int64, error) {
	switch v := v.(type) {
	case int:
		return int64(v), nil
	case int32:
		return int64(v), nil
	case int64:
		return v, nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), nil
		}
	case fmt.Stringer:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, mismatch(javaType, v)
}

func float(javaType string, v any) (any, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case float32:
		return float64(v), nil
	case int:
		return float64(v), nil
	case int32:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case fmt.Stringer:
		if f, err := strconv.ParseFloat(v.String(), 64); err == nil {
			return f, nil
		}
	}
	return nil, mismatch(javaType, v)
}

// anyArgs are arguments whose types are known at run time only.
type anyArgs []any

func (a anyArgs) Len() int     { return len(a) }
func (a anyArgs) At(i int) any { return a[i] }

// EncodeHessian writes the arguments one after the other.
func (a anyArgs) EncodeHessian(e *hessian.Encoder) {
	for _, v := range a {
		e.Any(v)
	}
}

// DecodeHessian is for servers, which never see anyArgs.
func (anyArgs) DecodeHessian(d *hessian.Decoder) { d.Fail(errNotServed) }

// HessianTypes is none.
func (anyArgs) HessianTypes() *hessian.Types { return nil }

var errNotServed = errors.New("consumer: generic calls are not served")

// invokeArgs are the arguments of $invoke.
type invokeArgs struct {
	method string
	types  []string
	args   []any
}

func (a *invokeArgs) Len() int { return 3 }

func (a *invokeArgs) At(i int) any {
	return [...]any{a.method, a.types, a.args}[i]
}

// EncodeHessian writes the method's name, the array of its types and the
// array of its arguments.
func (a *invokeArgs) EncodeHessian(e *hessian.Encoder) {
	e.String(a.method)
	if a.types == nil {
		e.Null()
	} else {
		e.List("[string", len(a.types))
	}
	for _, t := range a.types {
		e.String(t)
	}
	e.List("[object", len(a.args))
	for _, v := range a.args {
		e.Any(v)
	}
}

// DecodeHessian is for servers, which never see invokeArgs.
func (a *invokeArgs) DecodeHessian(d *hessian.Decoder) { d.Fail(errNotServed) }

// HessianTypes is none.
func (a *invokeArgs) HessianTypes() *hessian.Types { return nil }

// anyReply takes any result.
type anyReply struct{ value any }

// EncodeHessian writes the value back.
func (r *anyReply) EncodeHessian(e *hessian.Encoder) { e.Any(r.value) }

// DecodeHessian reads whatever there is.
func (r *anyReply) DecodeHessian(d *hessian.Decoder) { r.value = d.Any() }

// HessianTypes is none: objects arrive as *hessian.Object.
func (r *anyReply) HessianTypes() *hessian.Types { return nil }

var (
	_ hessian.Body = anyArgs(nil)
	_ hessian.Body = (*invokeArgs)(nil)
	_ hessian.Body = (*anyReply)(nil)
	_ api.Args     = (*invokeArgs)(nil)
)
