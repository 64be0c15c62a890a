package coded

import (
	"reflect"
	"testing"
	"time"

	hessian2 "github.com/apache/dubbo-go-hessian2"
	"github.com/apache/dubbo-go-hessian2/java_exception"

	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func TestTheCodeIsFresh(t *testing.T) {
	if err := gen.Run(gen.Options{Dirs: []string{"."}, Check: true}); err != nil {
		t.Error(err)
	}
}

var known = hessian.NewTypes((*Customer)(nil).HessianClass(), (*Place)(nil).HessianClass(), Sex(0).HessianClass(), (*Closed)(nil).HessianClass())

// ours writes with the generated code.
func ours(t *testing.T, v hessian.Marshaler) []byte {
	t.Helper()
	var e hessian.Encoder
	v.EncodeHessian(&e)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	return e.Bytes()
}

// theirs writes with dubbo-go-hessian2.
func theirs(t *testing.T, v any) []byte {
	t.Helper()
	e := hessian2.NewEncoder()
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return e.Buffer()
}

func full() *Customer {
	c := &Customer{
		ID: 7, UserName: "ada", Age: new(int32(36)), Tall: 1.7, Sex: Woman, Other: new(Woman),
		Nicknames: map[string]string{"a": "b"}, Since: time.UnixMilli(1730000000123).UTC(), Home: &Place{"12345", "u"},
	}
	c.Places = []*Place{c.Home, {ZipCode: "x"}}
	c.Friend = &Customer{ID: -1, Since: time.UnixMilli(60000).UTC()}
	return c
}

// dubbo-go-hessian2 and the generated code read what the other wrote, and so
// does the Codec, which needs no code.
func TestBothReadBoth(t *testing.T) {
	Register()
	want := full()
	got, err := hessian2.NewDecoder(ours(t, want)).Decode()
	if err != nil {
		t.Fatal(err)
	}
	back, ok := got.(*Customer)
	if ok {
		back.Since, back.Friend.Since = back.Since.UTC(), back.Friend.Since.UTC()
	}
	if !ok || !reflect.DeepEqual(back, want) {
		t.Errorf("dubbo-go-hessian2 reads %+v, want %+v", got, want)
	}
	for name, data := range map[string][]byte{"dubbo-go-hessian2": theirs(t, want), "gubbo": ours(t, want)} {
		d := hessian.NewDecoder(data, known)
		c, err := d.Object((*Customer)(nil).HessianClass()), d.Err()
		if err != nil || !reflect.DeepEqual(c, any(want)) {
			t.Errorf("of %s the generated code reads %+v, %v, want %+v", name, c, err, want)
		}
	}
	codec, err := hessian.NewCodec(&Customer{}, Place{}, &Closed{})
	if err != nil {
		t.Fatal(err)
	}
	var c *Customer
	if err := codec.Unmarshal(ours(t, want), &c); err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("the Codec reads %+v, %v", c, err)
	}
}

// Fields arrive under the names that dubbo-go looks for, null as the zero value.
func TestOtherNames(t *testing.T) {
	for _, name := range []string{"iD", "ID", "id"} {
		var e hessian.Encoder
		e.Any(&hessian.Object{Class: "lab.shop.Customer", Fields: []hessian.Field{{Name: name, Value: int64(9)}, {Name: "username", Value: "u"}, {Name: "sex"}, {Name: "other"}}})
		c, _ := hessian.NewDecoder(e.Bytes(), known).Any().(*Customer)
		if c == nil || c.ID != 9 || c.UserName != "u" || c.Sex != Man || c.Other != nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestExceptions(t *testing.T) {
	Register()
	want := &Closed{DetailMessage: "closed", Hour: 5, Cause: &Closed{DetailMessage: "tired", Hour: 6}}
	got, err := hessian2.NewDecoder(ours(t, want)).Decode()
	x, ok := got.(*Closed)
	if err != nil || !ok || x.DetailMessage != "closed" || x.Hour != 5 || x.Cause == nil || x.Cause.Error() != "tired" {
		t.Errorf("dubbo-go-hessian2 reads %+v, %v", got, err)
	}
	sent := *want
	sent.StackTrace = []java_exception.StackTraceElement{{DeclaringClass: "a.B", MethodName: "m", FileName: "B.java", LineNumber: 3}}
	x, ok = hessian.NewDecoder(theirs(t, &sent), known).Exception().(*Closed)
	if !ok || x.DetailMessage != "closed" || x.Hour != 5 || x.Cause == nil || x.Cause.Error() != "tired" {
		t.Errorf("the generated code reads %+v", x)
	}
}
