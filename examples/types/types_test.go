package types

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clients are of the services that one provider has.
type clients struct {
	everything  *EverythingClient
	library     *LibraryClient
	collections *CollectionsClient
	relations   *RelationsClient
}

// everyService serves e as each service over dubbo://.
func everyService(t *testing.T, e *echo, opts ...provider.ServiceOption) clients {
	t.Helper()
	srv, err := provider.New(provider.Config{Application: "types", Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(RegisterEverything(srv, e, opts...), RegisterLibrary(srv, e, opts...), RegisterCollections(srv, e, opts...), RegisterRelations(srv, e, opts...)); err != nil {
		t.Fatal(err)
	}
	run(t, srv)
	cli, err := consumer.New(consumer.Config{Application: "types-test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cli.Close(); err != nil {
			t.Error(err)
		}
	})
	at := consumer.Direct(fmt.Sprintf("dubbo://127.0.0.1:%d", srv.URLs()[0].Port()))
	var c clients
	var errs [4]error
	c.everything, errs[0] = NewEverythingClient(cli, at)
	c.library, errs[1] = NewLibraryClient(cli, at)
	c.collections, errs[2] = NewCollectionsClient(cli, at)
	c.relations, errs[3] = NewRelationsClient(cli, at)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return c
}

// everyMethod serves e and returns a client of Everything.
func everyMethod(t *testing.T, e *echo, opts ...provider.ServiceOption) *EverythingClient {
	t.Helper()
	return everyService(t, e, opts...).everything
}

// run runs srv until the test ends and returns the URL of its first service.
func run(t *testing.T, srv *provider.Server) string {
	t.Helper()
	ctx, leave := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	select {
	case <-srv.Ready():
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		leave()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return srv.URLs()[0].String()
}

// trip is one value on its way through one method.
type trip struct {
	t      *testing.T
	called map[string]bool
	codec  *hessian.Codec
	// typed says that the directive names a Java type, which reflection does
	// not know, so that its bytes differ.
	typed bool
}

// send gives v to method, and to the generated code of its arguments and its
// reply without a network between.
func send[T any](tr trip, name string, method func(context.Context, T) (T, error), args func(T) api.Args, reply func(T) hessian.Body, values ...T) {
	tr.t.Helper()
	tr.called[name] = true
	for _, v := range values {
		got, err := method(tr.t.Context(), v)
		if err != nil || !reflect.DeepEqual(got, v) {
			tr.t.Errorf("%s(%+v) over dubbo = %+v, %v", name, v, got, err)
		}
		a := args(v)
		if a.Len() != 1 || !reflect.DeepEqual(a.At(0), any(v)) {
			tr.t.Errorf("%s: the arguments hold %v", name, a.At(0))
		}
		for _, b := range []hessian.Body{a.(hessian.Body), reply(v)} {
			data := encode(tr.t, b)
			if back := decode(tr.t, b, data); !reflect.DeepEqual(back, b) {
				tr.t.Errorf("%s: %T %+v comes back as %+v", name, b, b, back)
			}
			if !tr.typed {
				twin(tr, name, v, data)
			}
		}
	}
}

// twin holds generated code to the reflection codec.
func twin[T any](tr trip, name string, v T, data []byte) {
	tr.t.Helper()
	other, err := tr.codec.Marshal(v)
	if err != nil || string(other) != string(data) {
		tr.t.Errorf("%s(%+v):\ngenerated  %q\nreflection %q, %v", name, v, data, other, err)
	}
	var back T
	if err := tr.codec.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, v) {
		tr.t.Errorf("%s: reflection reads %+v as %+v, %v", name, v, back, err)
	}
}

func encode(t *testing.T, b hessian.Body) []byte {
	t.Helper()
	e := hessian.NewEncoder(nil)
	b.EncodeHessian(e)
	if err := e.Err(); err != nil {
		t.Fatalf("%T: %v", b, err)
	}
	return e.Bytes()
}

// decode reads data into a new value of like's type.
func decode(t *testing.T, like hessian.Body, data []byte) hessian.Body {
	t.Helper()
	b := reflect.New(reflect.TypeOf(like).Elem()).Interface().(hessian.Body)
	d := hessian.NewDecoder(data, b.HessianTypes())
	b.DecodeHessian(d)
	if err := d.Err(); err != nil || len(d.Rest()) > 0 {
		t.Fatalf("%T: %v, %d bytes left of %q", b, err, len(d.Rest()), data)
	}
	return b
}

var day = time.Date(2026, 11, 24, 1, 2, 3, 4e6, time.UTC)

// family is a graph: the children know their parent, and one occurs twice.
func family() *Node {
	root := &Node{Name: "root"}
	twin := &Node{Name: "twin", Parent: root, Children: []*Node{}}
	root.Children = []*Node{twin, {Name: "other", Parent: root}, nil, twin}
	return root
}

func TestEveryMethodKeepsItsValues(t *testing.T) {
	codec, err := hessian.NewCodec(Point{}, Node{}, Scalars{}, Pointers{}, Containers{}, Person{}, Manager{}, Folder{}, Low, Director{}, Shop{}, Dog{}, Cat{}, Kennel{}, PointPage{}, WordPage{})
	if err != nil {
		t.Fatal(err)
	}
	all := everyService(t, &echo{})
	c := all.everything
	tr := trip{t: t, called: make(map[string]bool), codec: codec}
	sendScalars(tr, c)
	sendBoxes(tr, c)
	sendLists(tr, c)
	sendArrays(tr, c)
	sendMaps(tr, c)
	sendStructs(tr, c)
	sendLibrary(tr, all.library)
	sendCollections(tr, all.collections)
	sendRelations(tr, all.relations)

	// What is not one value in and the same out has a test of its own.
	for _, name := range []string{"Small", "Same", "Find", "FindNamed", "FindPlace", "Remove", "Rename", "RenameStrict", "RenameBoxed", "Problem", "Tell", "Told", "Nothing", "Unnamed"} {
		tr.called[name] = true
	}
	for _, iface := range []reflect.Type{reflect.TypeFor[Everything](), reflect.TypeFor[Library](), reflect.TypeFor[Collections](), reflect.TypeFor[Relations]()} {
		for i := range iface.NumMethod() {
			if name := iface.Method(i).Name; !tr.called[name] {
				t.Errorf("no test calls %s", name)
			}
		}
	}
}

func TestObjectsKeepTheirIdentity(t *testing.T) {
	c := everyMethod(t, &echo{})
	root, err := c.Node(t.Context(), family())
	if err != nil {
		t.Fatal(err)
	}
	if n := root.Children; n[0] != n[3] || n[0].Parent != root || n[1].Parent != root || n[2] != nil || n[1] == n[0] {
		t.Errorf("the graph came back as another: %+v", root)
	}
	one, other := &Node{Name: "n"}, &Node{Name: "n"}
	for _, pair := range []struct {
		a, b *Node
		same bool
	}{{one, one, true}, {one, other, false}, {nil, nil, true}} {
		if same, err := c.Same(t.Context(), pair.a, pair.b); err != nil || same != pair.same {
			t.Errorf("Same(%p, %p) = %v, %v", pair.a, pair.b, same, err)
		}
	}
	// Equal values are no shared object, and may lie at one address.
	twice, err := c.Points(t.Context(), []Point{{X: 1}, {X: 1}})
	if err != nil || len(twice) != 2 || twice[0] != twice[1] {
		t.Errorf("Points: %+v, %v", twice, err)
	}
}

func TestDeclaredExceptionsArriveTyped(t *testing.T) {
	c := everyMethod(t, &echo{})
	_, err := c.Find(t.Context(), 42)
	if missing, ok := errors.AsType[*NotFoundError](err); !ok || missing.ID != 42 {
		t.Errorf("Find(42): %v", err)
	}
	_, err = c.Find(t.Context(), -1)
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok || refused.Message != "too low" || refused.Level != High {
		t.Fatalf("Find(-1): %v", err)
	}
	if cause, ok := errors.AsType[*NotFoundError](refused.Cause); !ok || cause.ID != -1 {
		t.Errorf("Find(-1) has the cause %v", refused.Cause)
	}
	_, err = c.Find(t.Context(), -2)
	if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Cause != nil {
		t.Errorf("Find(-2): %v, want an exception without a cause", err)
	}
	_, err = c.FindNamed(t.Context(), "nobody")
	if _, ok := errors.AsType[*NotFoundError](err); !ok {
		t.Errorf("FindNamed: %v", err)
	}
	_, err = c.FindNamed(t.Context(), "")
	if _, ok := errors.AsType[*NotFoundError](err); err == nil || ok || !strings.Contains(err.Error(), "a name is needed") {
		t.Errorf("an undeclared error arrives as %v", err)
	}
}

func TestMethodsWithoutArgumentsOrResults(t *testing.T) {
	e := &echo{told: make(chan string)}
	c := everyMethod(t, e)
	// Tell returns though its method waits for us.
	if err := c.Tell(t.Context(), "psst"); err != nil {
		t.Fatal(err)
	}
	if got := <-e.told; got != "psst" {
		t.Errorf("Tell brought %q", got)
	}
	go func() { e.told <- "again" }()
	if got, err := c.Told(t.Context()); err != nil || got != "again" {
		t.Errorf("Told = %q, %v", got, err)
	}
	if err := c.Nothing(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Unnamed(t.Context(), "a", 1); err != nil {
		t.Error(err)
	}
	if err := c.Unnamed(t.Context(), "a", 2); err == nil || !strings.Contains(err.Error(), "a 2") {
		t.Errorf("Unnamed(a, 2): %v", err)
	}
	if n, err := c.Small(t.Context(), 7, "x"); err != nil || n != 8 {
		t.Errorf("Small = %d, %v", n, err)
	}
}

// The descriptor is what Java's reflection would say of the method.
func TestDescriptors(t *testing.T) {
	want := map[string]string{
		"bool": "Z", "int8": "B", "int16": "S", "int32": "I", "int64": "J", "longInt": "J", "float32": "F", "float64": "D",
		"string": "Ljava/lang/String;", "bytes": "[B", "time": "Ljava/util/Date;", "level": "Llab/types/Level;", "any": "Ljava/lang/Object;",
		"boxedInt8": "Ljava/lang/Byte;", "boxedBool": "Ljava/lang/Boolean;", "boxedID": "Ljava/lang/Long;",
		"list": "Ljava/util/List;", "longs": "[J", "matrix": "[[I", "names": "[Ljava/lang/String;", "polygon": "[Llab/types/Point;", "set": "Ljava/util/Set;",
		"counts": "Ljava/util/Map;", "sorted": "Ljava/util/SortedMap;", "small": "Ljava/lang/Short;C", "same": "Llab/types/Node;Llab/types/Node;",
		"told": "", "unnamed": "Ljava/lang/String;I",
	}
	for _, m := range everythingDesc.Methods {
		if w, ok := want[m.Name]; ok && m.Desc != w {
			t.Errorf("%s is %s(%s), want (%s)", m.Name, m.Name, m.Desc, w)
		}
		delete(want, m.Name)
	}
	if len(want) > 0 {
		t.Errorf("no such methods: %v", want)
	}
}

// types= and a field's type= name the class that Java's decoder makes.
func TestJavaTypesOnTheWire(t *testing.T) {
	for _, c := range []struct {
		body hessian.Body
		want string
	}{
		{&everythingListArgs{v: []int32{1}}, ""},
		{&everythingLongsArgs{v: []int64{1}}, "[long"},
		{&everythingShortsReply{value: []int16{1}}, "[short"},
		{&everythingBooleansArgs{v: []bool{true}}, "[boolean"},
		{&everythingFloatsArgs{v: []float32{1}}, "[float"},
		{&everythingNamesReply{value: []string{"a"}}, "[string"},
		{&everythingInstantsArgs{v: []time.Time{day}}, "[date"},
		{&everythingMatrixArgs{v: [][]int32{{1}}}, "[[int [int"},
		{&everythingPolygonArgs{v: []*Point{nil}}, "[lab.types.Point"},
		{&everythingSetArgs{v: []string{"a"}}, "java.util.HashSet"},
		{&everythingSortedReply{value: map[string]int64{}}, "java.util.TreeMap"},
		{&everythingContainersArgs{v: &Containers{Array: []int64{1}, Matrix: [][]float64{{1}}, Set: []string{"a"}, Tree: map[string]int32{}}},
			"lab.types.Containers lab.types.Point [long [[double [double java.util.HashSet java.util.TreeMap"},
	} {
		d := hessian.NewDecoder(encode(t, c.body), nil)
		if got := strings.Join(classesOf(d.Tree()), " "); got != c.want || d.Err() != nil {
			t.Errorf("%T is %q on the wire, want %q (%v)", c.body, got, c.want, d.Err())
		}
	}
}

// classesOf returns the types and classes that v names, from the outside in.
func classesOf(v any) (classes []string) {
	named := func(class string) {
		if class != "" {
			classes = append(classes, class)
		}
	}
	switch v := v.(type) {
	case *hessian.List:
		named(v.Class)
		for _, item := range v.Items {
			classes = append(classes, classesOf(item)...)
		}
	case *hessian.Map:
		named(v.Class)
	case *hessian.Object:
		named(v.Class)
		for _, f := range v.Fields {
			classes = append(classes, classesOf(f.Value)...)
		}
	}
	return classes
}

func TestNumbersThatDoNotFitAreErrors(t *testing.T) {
	for _, c := range []struct {
		body hessian.Body
		n    int32
	}{
		{new(everythingInt8Args), 128},
		{new(everythingInt8Args), -129},
		{new(everythingBoxedInt16Reply), math.MaxInt16 + 1},
		{new(everythingShortsArgs), 0},
	} {
		e := hessian.NewEncoder(nil)
		if _, list := c.body.(*everythingShortsArgs); list {
			e.List("[int", 1)
			c.n = math.MinInt16 - 1
		}
		e.Int(c.n)
		d := hessian.NewDecoder(e.Bytes(), nil)
		c.body.DecodeHessian(d)
		if err := d.Err(); err == nil || !strings.Contains(err.Error(), "does not fit in int") {
			t.Errorf("%T reads %d: %v", c.body, c.n, err)
		}
	}
	e := hessian.NewEncoder(nil)
	(&everythingLevelArgs{v: "MIDDLE"}).EncodeHessian(e)
	if err := e.Err(); err == nil || !strings.Contains(err.Error(), `no constant "MIDDLE"`) {
		t.Errorf("an enum constant that is none: %v", err)
	}
}

// docs/types.md lists the methods, so that a Java twin can be written from it.
func TestTheTableOfMethodsIsFresh(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "types.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*api.ServiceDesc{&everythingDesc, &libraryDesc, &collectionsDesc, &relationsDesc} {
		_, table, _ := strings.Cut(string(doc), "### "+s.Service.Interface+"\n")
		_, table, _ = strings.Cut(table, "|---|---|---|\n")
		table, _, _ = strings.Cut(table, "\n\n")
		rows := strings.Split(strings.TrimSpace(table), "\n")
		if len(rows) != len(s.Methods) {
			t.Errorf("docs/types.md has %d methods of %s, want %d", len(rows), s.Service.Interface, len(s.Methods))
		}
		for i, m := range s.Methods {
			want := fmt.Sprintf("| `%s %s(%s)` | `%s` |", m.Result, m.Name, strings.Join(m.Params, ", "), m.Desc)
			if i < len(rows) && !strings.HasSuffix(rows[i], want) {
				t.Errorf("row %d of %s in docs/types.md is\n%s\nwant … %s", i+1, s.Service.Interface, rows[i], want)
			}
		}
	}
}
