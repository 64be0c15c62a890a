package interop

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/gubbo/gubbo/examples/types"
)

var (
	day    = time.UnixMilli(1730000000123).UTC()
	minute = time.UnixMilli(1730000040000).UTC()
)

// typeValues are the values of cases.txt; Values.java has them in Java.
func typeValues() map[string]any {
	v := make(values)
	v.scalars()
	v.boxes()
	v.lists()
	v.arrays()
	v.maps()
	v.objects()
	v.library()
	v.collections()
	v.relations()
	v.anything()
	return v
}

type values map[string]any

func (v values) put(name string, value any) {
	if _, ok := v[name]; ok {
		panic("twice: " + name)
	}
	v[name] = value
}

// each has the values of cases "name.1", "name.2", and so on.
func (v values) each(name string, all ...any) {
	for i, value := range all {
		v.put(fmt.Sprintf("%s.%d", name, i+1), value)
	}
}

func (v values) scalars() {
	v.each("bool", true, false)
	v.each("int8", int8(0), int8(math.MaxInt8), int8(math.MinInt8))
	v.each("int16", int16(0), int16(math.MaxInt16), int16(math.MinInt16))
	v.each("int32", int32(0), int32(47), int32(-17), int32(2047), int32(-2048), int32(262143), int32(-262145), int32(math.MaxInt32), int32(math.MinInt32))
	v.each("int64", int64(0), int64(15), int64(-9), int64(2047), int64(-2049), int64(262143), int64(-262145), int64(1<<31), int64(math.MaxInt64), int64(math.MinInt64))
	v.each("longInt", 0, 1<<40)
	v.each("float32", float32(0), float32(1), float32(0.1), float32(-128), float32(1e10), float32(math.Inf(-1)), float32(math.NaN()))
	v.each("float64", 0.0, 1.0, 0.1, -32768.0, 12.345, 1e300, math.Inf(1), math.NaN())
	v.put("string.empty", "")
	v.put("string.mixed", "Grüße, 世界 🙂\x00~")
	v.put("string.chunks", strings.Repeat("é", 40000))
	v.put("string.pairs", "x"+strings.Repeat("🙂", 40000))
	v.put("string.1024", strings.Repeat("s", 1024))
	v.put("bytes.null", nil)
	v.put("bytes.empty", []byte{})
	v.put("bytes.few", []byte{0, 255, 127, 128})
	v.put("bytes.chunks", []byte(strings.Repeat("x", 70000)))
	v.put("time.null", time.Time{})
	v.put("time.ms", day)
	v.put("time.minute", minute)
	v.put("time.before", time.UnixMilli(-1))
	v.put("level.null", types.Level(""))
	v.put("level.low", types.Low)
	v.put("level.high", types.High)
	v.put("any.null", nil)
	v.put("any.bool", true)
	v.put("any.int", int32(7))
	v.put("any.long", int64(7))
	v.put("any.double", 0.5)
	v.put("any.string", "text")
	v.put("any.bytes", []byte{1})
	v.put("any.date", day)
	v.put("any.enum", types.High)
	v.put("any.object", &types.Point{X: 1})
	v.put("any.cycle", family())
	v.put("any.list", []any{int32(1), "two", nil})
	v.put("any.map", map[string]any{"k": types.Low})
	v.put("any.ints", []int32{1, 2})
	v.each("id", types.ID(0), types.ID(1<<40))
}

func (v values) boxes() {
	v.each("boxedBool", nil, new(true))
	v.each("boxedInt8", nil, new(int8(-1)))
	v.each("boxedInt16", nil, new(int16(300)))
	v.each("boxedInt32", nil, new(int32(0)))
	v.each("boxedInt64", nil, new(int64(1<<40)))
	v.each("boxedInt", nil, new(5))
	v.each("boxedFloat32", nil, new(float32(0.1)))
	v.each("boxedFloat64", nil, new(0.1))
	v.each("boxedString", nil, new(""), new("s"))
	v.each("boxedTime", nil, new(day))
	v.each("boxedID", nil, new(types.ID(9)))
}

func (v values) lists() {
	v.each("tags", nil, types.Tags{}, types.Tags{"a", ""})
	v.each("blob", nil, types.Blob{1, 2})
	v.each("dates", nil, []types.Dates{nil, {}, {day, minute}})
	v.each("list", nil, []int32{}, []int32{1, -1, math.MaxInt32})
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprint(i%10))
	}
	v.each("strings", nil, []string{"", "a"}, many)
	v.each("nested", nil, [][][]int64{nil, {}, {nil, {}, {1, 2}}, {{3}}})
	v.each("boxes", nil, []*int16{nil, new(int16(1)), nil})
	v.each("blobs", nil, [][]byte{nil, {}, {1}})
	v.each("objects", nil, []any{nil, "a", int32(1), &types.Point{Y: 2}, types.Low, []any{}})
	v.each("levels", nil, []types.Level{types.Low, "", types.High, types.Low})
	v.each("points", nil, []types.Point{}, []types.Point{{}, {X: 1, Y: -1}, {X: 1, Y: -1}})
	v.each("nodes", nil, []*types.Node{nil, {Name: "a"}, family()})
	v.each("rows", nil, []map[string][]int8{nil, {}, {"a": {1, -1}}, {"b": nil}})
	v.each("set", nil, []string{}, []string{"a", "b"})
}

func (v values) arrays() {
	v.each("longs", nil, []int64{}, []int64{1, math.MinInt64})
	v.each("shorts", nil, []int16{1, -1})
	v.each("booleans", nil, []bool{true, false})
	v.each("floats", nil, []float32{0.1, 3})
	v.each("names", nil, []string{"a", ""})
	v.each("instants", nil, []time.Time{day, {}})
	v.each("matrix", nil, [][]int32{{1, 2}, nil, {}})
	v.each("polygon", nil, []*types.Point{{X: 1}, nil})
}

func (v values) maps() {
	v.each("sorted", nil, map[string]int64{}, map[string]int64{"a": 1, "b": 2, "c": 3})
	v.each("counts", nil, map[string]int32{}, map[string]int32{"a": 1})
	v.each("byNumber", nil, map[int64]string{-1: "x", 1 << 40: "y"})
	v.each("byByte", nil, map[int8]bool{-128: true})
	v.each("byBool", nil, map[bool]float64{false: 0.5})
	v.each("byLevel", nil, map[types.Level]types.Point{types.High: {X: 2}})
	v.each("byID", nil, map[types.ID]*types.Node{3: family()}, map[types.ID]*types.Node{4: nil})
	v.each("calendar", nil, map[string]map[int32][]time.Time{"a": {1: {day}}}, map[string]map[int32][]time.Time{"a": nil}, map[string]map[int32][]time.Time{"a": {2: nil}})
	v.each("properties", nil, map[string]any{"a": map[string]any{"b": []any{int64(1), &types.Point{}}}})
}

func (v values) objects() {
	v.each("point", types.Point{}, types.Point{X: math.Inf(-1), Y: 0.25})
	v.each("node", nil, &types.Node{}, family())
	v.put("scalars.null", nil)
	v.put("scalars.zero", &types.Scalars{})
	v.put("scalars.full", &types.Scalars{
		Bool: true, Int8: -8, Int16: 16, Int32: -32, Int64: 1 << 60, Int: -64, Float32: 0.1, Float64: 0.2,
		String: "s", Bytes: []byte{9}, Time: day, Level: types.High, Any: &types.Point{X: 4}, Renamed: "r",
	})
	v.each("pointers", nil, &types.Pointers{}, &types.Pointers{
		Bool: new(false), Int8: new(int8(0)), Int16: new(int16(1)), Int32: new(int32(2)), Int64: new(int64(3)), Int: new(4),
		Float32: new(float32(5.5)), Float64: new(6.25), String: new(""), Time: new(day), ID: new(types.ID(7)), Point: &types.Point{},
	})
	v.each("containers", nil, &types.Containers{}, &types.Containers{
		Point: types.Point{X: 1}, Strings: []string{"s"}, Array: []int64{1, 2}, Matrix: [][]float64{{0.5}, nil}, Set: []string{"e"},
		Tree: map[string]int32{"a": 1, "b": 2}, Times: map[int16]types.Dates{1: {day}, 2: nil},
		Boxes:  []map[types.Level]*int32{{types.Low: new(int32(1)), types.High: nil}},
		Points: map[string][]types.Point{"p": {{Y: 1}}}, Any: []any{types.Low, &types.Node{Name: "n"}},
	})
	v.each("manager", nil, &types.Manager{Person: types.Person{Name: "m", Born: day}, Reports: []*types.Person{{Name: "r"}, nil}})
	v.each("folder", types.Folder{}, types.Folder{
		Folders: types.Folders{nil, {Folders: types.Folders{}}},
		ByName:  map[string]types.Folder{"a": {Folders: types.Folders{}}},
	})
}

// family is a parent with two children that know it.
func family() *types.Node {
	parent := &types.Node{Name: "parent"}
	a, b := &types.Node{Name: "a", Parent: parent}, &types.Node{Name: "b", Parent: parent}
	parent.Children = []*types.Node{a, b, a}
	return parent
}
