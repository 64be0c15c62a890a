package javaapi

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/internal/classfile"
	"github.com/gubbo/gubbo/internal/javaapi/javatest"
)

// shop is made of testdata/java8 by javac --release 8 -parameters.
const shop = "testdata/shop.jar"

func open(t *testing.T, jars ...string) *Library {
	t.Helper()
	l, err := Open(jars...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// text is a service in lines, as a Java caller sees it.
func text(s *Service) string {
	var b strings.Builder
	for _, m := range s.Methods {
		var params []string
		for i, p := range m.Params {
			params = append(params, strings.TrimSpace(p.Type.String()+" "+m.Names[i]))
		}
		result := "void"
		if m.Result != nil {
			result = m.Result.Type.String()
		}
		fmt.Fprintf(&b, "%s %s(%s) %s\n", result, m.Name, strings.Join(params, ", "), m.Desc)
	}
	return b.String()
}

const userService = `com.acme.user.User find(long id) J
com.acme.user.User find(java.lang.String name) Ljava/lang/String;
java.util.List<com.acme.user.User> find(java.lang.String[] names, int[] limits) [Ljava/lang/String;[I
com.acme.user.User get(java.lang.Long id) Ljava/lang/Long;
java.util.Map<java.lang.String, java.util.List<java.lang.Integer>> groups(java.util.List<com.acme.user.User> users) Ljava/util/List;
java.lang.Comparable max(java.util.Collection<java.lang.Comparable> list) Ljava/util/Collection;
com.acme.base.Entity touch(com.acme.base.Entity entity) Lcom/acme/base/Entity;
com.acme.shop.Page<com.acme.user.User> page(com.acme.shop.Page<java.lang.Object> after) Lcom/acme/shop/Page;
java.util.List<com.acme.user.User> later(int n) I
void nothing() 
byte[] bytes(byte[] b) [B
long[][] matrix(long[][] m) [[J
java.lang.Integer[] boxes(java.lang.Short a, java.lang.Byte b, java.lang.Float c, java.lang.Double d, java.lang.Boolean e) Ljava/lang/Short;Ljava/lang/Byte;Ljava/lang/Float;Ljava/lang/Double;Ljava/lang/Boolean;
char letter(char a, java.lang.Character b, java.lang.CharSequence c) CLjava/lang/Character;Ljava/lang/CharSequence;
float ratio(float a, double b, short c, byte d, boolean e) FDSBZ
java.util.Date when(java.sql.Timestamp at) Ljava/sql/Timestamp;
com.acme.user.Level level(com.acme.user.Level level) Lcom/acme/user/Level;
com.acme.user.User$Kind kind(com.acme.user.User$Kind kind) Lcom/acme/user/User$Kind;
java.lang.Object any(java.io.Serializable a, java.lang.Number b) Ljava/io/Serializable;Ljava/lang/Number;
java.util.Set<com.acme.user.Level> levels(java.util.SortedMap<java.lang.String, java.sql.Timestamp> since) Ljava/util/SortedMap;
java.util.Map<java.lang.Long, java.util.Set<java.lang.String>> nested(java.util.List<java.lang.String[]> rows) Ljava/util/List;
java.util.Map<com.acme.user.User, java.lang.String> odd() 
java.util.Map<com.acme.user.Level, com.acme.user.User> byLevel() 
java.util.List raw(java.util.Map map) Ljava/util/Map;
java.math.BigDecimal total(java.math.BigInteger n, java.util.UUID id) Ljava/math/BigInteger;Ljava/util/UUID;
com.acme.shop.Shape shape(com.acme.shop.Shape shape) Lcom/acme/shop/Shape;
com.acme.shop.User shopper(com.acme.user.Admin admin) Lcom/acme/user/Admin;
com.acme.user.User save(com.acme.user.User entity) Lcom/acme/base/Entity;
java.util.List<com.acme.user.User> all() 
void each(java.util.Map<java.lang.Long, java.lang.Object> visitors) Ljava/util/Map;
int size(java.lang.Long from) Ljava/io/Serializable;
`

func TestService(t *testing.T) {
	s, err := open(t, shop).Service("com.acme.user.UserService", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(s); got != userService {
		t.Errorf("the service is\n%s", diff(got, userService))
	}
}

// diff returns the lines that differ.
func diff(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	var b strings.Builder
	for i := range max(len(g), len(w)) {
		var x, y string
		if i < len(g) {
			x = g[i]
		}
		if i < len(w) {
			y = w[i]
		}
		if x != y {
			fmt.Fprintf(&b, "line %d: got  %s\n         want %s\n", i+1, x, y)
		}
	}
	return b.String()
}

// What the compiler writes for each Java is the same API, and what is committed
// is what its sources make.
func TestEachJava(t *testing.T) {
	for _, release := range []int{8, 11, 17} {
		dir := "testdata/java8"
		if release == 17 {
			dir = "testdata"
		}
		l := open(t, javatest.Jar(t, release, dir, "-parameters"))
		s, err := l.Service("com.acme.user.UserService", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := text(s); got != userService {
			t.Errorf("release %d:\n%s", release, diff(got, userService))
		}
		switch release {
		case 8:
			fresh(t, l)
		case 17:
			modern(t, l)
		}
	}
}

func fresh(t *testing.T, now *Library) {
	committed := open(t, shop)
	if got, want := fmt.Sprint(committed.jars[0].Names()), fmt.Sprint(now.jars[0].Names()); got != want {
		t.Fatalf("%s has the classes %s, its sources make %s", shop, got, want)
	}
	for _, name := range now.jars[0].Names() {
		a, err := now.jars[0].Class(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := committed.jars[0].Class(name)
		if err != nil {
			t.Fatal(err)
		}
		if dump(a) != dump(b) {
			t.Errorf("%s: class %s is not what its source makes", shop, name)
		}
	}
}

func dump(c *classfile.Class) string {
	var b strings.Builder
	fmt.Fprint(&b, c.Name, c.Major, c.Flags, c.Super, c.Interfaces)
	for _, f := range c.Fields {
		fmt.Fprint(&b, f.Name, f.Flags, f.Type)
		if f.Generic != nil {
			fmt.Fprint(&b, f.Generic)
		}
	}
	for _, m := range c.Methods {
		fmt.Fprint(&b, m.Name, m.Desc, m.Flags, m.Throws, m.Names)
		if m.Generic != nil {
			fmt.Fprint(&b, m.Generic.Params, m.Generic.Result)
		}
	}
	return b.String()
}

func TestDescribe(t *testing.T) {
	l := open(t, shop)
	for name, want := range map[string]string{
		"com.acme.user.User": "form 0 of java.lang.Object: id java.lang.Long (java.io.Serializable), created java.util.Date, userName java.lang.String, age java.lang.Integer, " +
			"active boolean, initial char, kind com.acme.user.User$Kind, level com.acme.user.Level, friends java.util.List<com.acme.user.User> (java.util.List), " +
			"scores java.util.Map<java.lang.String, long[]> (java.util.Map), tags java.lang.String[], URLPath java.lang.String, extra java.lang.Object",
		"com.acme.user.NotFoundException": "form 2 of java.lang.Exception: code int, id long, message java.lang.String",
		"com.acme.user.Level":             "form 3 of java.lang.Enum: LOW HIGH",
		"com.acme.shop.Shape":             "form 4 of : ",
		"com.acme.base.Entity":            "form 4 of java.lang.Object: id java.io.Serializable, created java.util.Date",
		"com.acme.shop.Bag":               "form 5 of java.util.ArrayList: weight int",
		"com.acme.shop.Page":              "form 0 of java.lang.Object: number int, items java.util.List<java.lang.Object> (java.util.List), first java.lang.Object",
	} {
		c, err := l.Describe(name, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		var members []string
		for _, f := range c.Fields {
			text := f.Name + " " + f.Type.Type.String()
			if f.Type.Wire != f.Type.Type.String() {
				text += " (" + f.Type.Wire + ")"
			}
			members = append(members, text)
		}
		got := fmt.Sprintf("form %d of %s: %s", c.Form, c.Base, strings.Join(members, ", ")+strings.Join(c.Constants, " "))
		if got != want {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
	admin, err := l.Describe("com.acme.user.Admin", nil)
	if err != nil || fmt.Sprint(admin.Hidden) != "[com.acme.user.User.userName]" || len(admin.Fields) != 14 {
		t.Errorf("Admin: %v, hides %s, has %d fields", err, admin.Hidden, len(admin.Fields))
	}
}

func modern(t *testing.T, l *Library) {
	p, err := l.Describe("com.acme.modern.Point", nil)
	if err != nil || p.Form != Record || len(p.Fields) != 2 || p.Fields[1].Name != "y" {
		t.Errorf("the record is %+v, %v", p, err)
	}
	subs, err := l.Subclasses("com.acme.modern.Figure")
	if err != nil || fmt.Sprint(subs) != "[com.acme.modern.Dot com.acme.modern.Line]" {
		t.Errorf("a Figure is one of %s, %v", subs, err)
	}
	s, err := l.Service("com.acme.modern.FigureService", nil)
	if err != nil || len(s.Methods) != 2 {
		t.Errorf("the service has %d methods, %v", len(s.Methods), err)
	}
}

func TestMissing(t *testing.T) {
	l := open(t, shop)
	_, err := l.Class("com.other.Thing")
	if m, ok := errors.AsType[*MissingError](err); !ok || m.Class != "com.other.Thing" || !strings.Contains(err.Error(), shop+"; add its jar with --from") {
		t.Errorf("error %v", err)
	}
	if _, err := l.Service("com.acme.user.User", nil); err == nil || !strings.Contains(err.Error(), "com.acme.user.User is no interface") {
		t.Errorf("a class as a service: %v", err)
	}
}
