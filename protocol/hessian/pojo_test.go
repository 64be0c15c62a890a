package hessian

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The types below are written as users of dubbo-go write them.

type javaEnum int32 // dubbo-go-hessian2 has this one

type gender javaEnum

const (
	man gender = iota
	woman
)

func (gender) JavaClassName() string { return "com.example.Gender" }

func (g gender) String() string {
	switch g {
	case man:
		return "MAN"
	case woman:
		return "WOMAN"
	}
	return strconv.Itoa(int(g))
}

func (gender) EnumValue(s string) javaEnum {
	switch s {
	case "MAN":
		return javaEnum(man)
	case "WOMAN":
		return javaEnum(woman)
	}
	return -1
}

type customer struct {
	ID        string
	UserName  string `hessian:"user_name"`
	Age       int32
	Time      time.Time
	Sex       gender
	Other     *gender
	Sexes     []gender
	Any       any
	Secret    string `hessian:"-"`
	Nicknames map[gender]string
	Address   *place2
}

func (*customer) JavaClassName() string { return "com.example.Customer" }

type place2 struct{ ZipCode, URL string }

func (place2) JavaClassName() string { return "com.example.Place" }

// throwabler is dubbo-go's interface of exceptions.
type throwabler interface {
	Error() string
	JavaClassName() string
}

type frame struct {
	DeclaringClass, MethodName, FileName string
	LineNumber                           int
}

func (frame) JavaClassName() string { return "java.lang.StackTraceElement" }

type pojoException struct {
	SerialVersionUID     int64
	DetailMessage        string
	SuppressedExceptions []throwabler
	StackTrace           []frame
	Cause                throwabler
	Code                 int32
}

func (e pojoException) Error() string       { return e.DetailMessage }
func (pojoException) JavaClassName() string { return "lab.greet.BizException" }

func TestPojosOfDubboGo(t *testing.T) {
	c, err := NewCodec(&customer{}, frame{}, &pojoException{})
	if err != nil {
		t.Fatal(err)
	}
	other := woman
	want := &customer{
		ID: "7", UserName: "u", Age: 30, Time: time.UnixMilli(5).UTC(), Sex: woman, Other: &other, Sexes: []gender{man, woman, woman},
		Any: woman, Nicknames: map[gender]string{man: "m"}, Address: &place2{"12345", "u"},
	}
	sent := *want
	sent.Secret = "s"
	data, err := c.Marshal(&sent)
	if err != nil {
		t.Fatal(err)
	}
	var got *customer
	if err := c.Unmarshal(data, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	// As any peer sees it.
	o, _ := NewDecoder(data, nil).Any().(*Object)
	var names []string
	for _, f := range o.Fields {
		names = append(names, f.Name)
	}
	if s := strings.Join(names, " "); s != "iD user_name age time sex other sexes any nicknames address" {
		t.Errorf("fields %s", s)
	}
	for _, sex := range []any{o.Get("sex"), o.Get("other"), o.Get("any")} {
		if e, _ := sex.(*Object); e == nil || e.Class != "com.example.Gender" || e.Get("name") != "WOMAN" {
			t.Errorf("sex %+v", sex)
		}
	}
	if v, err := c.Marshal(woman); err != nil || !strings.Contains(string(v), "WOMAN") {
		t.Errorf("%x %v", v, err)
	}
	// Fields are found under the names that dubbo-go looks for.
	for _, name := range []string{"ID", "iD", "id"} {
		data, _ := c.Marshal(&Object{Class: "com.example.Customer", Fields: []Field{{name, "9"}, {"USERNAME", "x"}, {"username", "y"}, {"sex", nil}}})
		if err := c.Unmarshal(data, &got); err != nil || got.ID != "9" || got.UserName != "y" || got.Sex != man {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestPojoExceptions(t *testing.T) {
	c, err := NewCodec(frame{}, &pojoException{})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := NewDecoder(vectorBytes(t, "exception/biz"), c.Types()).Exception().(*pojoException)
	if !ok || got.DetailMessage != "biz failed" || got.Code != 77 || got.Cause != nil || len(got.StackTrace) != 1 || got.StackTrace[0].FileName != "Svc0.java" {
		t.Fatalf("got %+v", got)
	}
	got.SuppressedExceptions = []throwabler{&pojoException{DetailMessage: "less"}}
	got.Cause = &pojoException{DetailMessage: "inner"}
	data, err := c.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	x := exceptionIn(NewDecoder(data, nil).Exception())
	if x == nil || x.Message != "biz failed" || x.Cause == nil || exceptionIn(x.Cause).Message != "inner" {
		t.Fatalf("got %+v", x)
	}
	frames, suppressed := x.StackTrace(), x.Suppressed()
	if len(frames) != 1 || frames[0] != (StackFrame{Class: "lab.Svc0", Method: "m0", File: "Svc0.java", Line: 10}) {
		t.Errorf("frames %+v", frames)
	}
	if len(suppressed) != 1 || exceptionIn(suppressed[0]).Message != "less" {
		t.Errorf("suppressed %+v", suppressed)
	}
	again, ok := NewDecoder(data, c.Types()).Exception().(*pojoException)
	if !ok || again.Cause.Error() != "inner" || len(again.SuppressedExceptions) != 1 {
		t.Errorf("got %+v", again)
	}
	// A cause that is no throwabler is left out.
	var e Encoder
	e.Object(&ClassDesc{Name: "lab.greet.BizException", Fields: ThrowableFields(), New: func() any { return nil }})
	e.Throwable("outer", &Exception{Class: "c.E"})
	if again, ok := NewDecoder(e.Bytes(), c.Types()).Exception().(*pojoException); !ok || again.DetailMessage != "outer" || again.Cause != nil {
		t.Errorf("got %+v", again)
	}
}
