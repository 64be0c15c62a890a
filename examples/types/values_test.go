package types

import (
	"math"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func sendScalars(tr trip, c *EverythingClient) {
	send(tr, "Bool", c.Bool,
		func(v bool) api.Args { return &everythingBoolArgs{v} }, func(v bool) hessian.Body { return &everythingBoolReply{v} },
		true, false)
	send(tr, "Int8", c.Int8,
		func(v int8) api.Args { return &everythingInt8Args{v} }, func(v int8) hessian.Body { return &everythingInt8Reply{v} },
		0, math.MaxInt8, math.MinInt8)
	send(tr, "Int16", c.Int16,
		func(v int16) api.Args { return &everythingInt16Args{v} }, func(v int16) hessian.Body { return &everythingInt16Reply{v} },
		0, math.MaxInt16, math.MinInt16)
	send(tr, "Int32", c.Int32,
		func(v int32) api.Args { return &everythingInt32Args{v} }, func(v int32) hessian.Body { return &everythingInt32Reply{v} },
		0, 47, -2048, math.MaxInt32, math.MinInt32)
	send(tr, "Int64", c.Int64,
		func(v int64) api.Args { return &everythingInt64Args{v} }, func(v int64) hessian.Body { return &everythingInt64Reply{v} },
		0, 15, -8, 1<<31, math.MaxInt64, math.MinInt64)
	send(tr, "Int", c.Int,
		func(v int) api.Args { return &everythingIntArgs{v} }, func(v int) hessian.Body { return &everythingIntReply{v} },
		0, math.MaxInt64, math.MinInt64)
	send(tr, "Float32", c.Float32,
		func(v float32) api.Args { return &everythingFloat32Args{v} }, func(v float32) hessian.Body { return &everythingFloat32Reply{v} },
		0, 1, 0.1, -128, math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Inf(-1)))
	send(tr, "Float64", c.Float64,
		func(v float64) api.Args { return &everythingFloat64Args{v} }, func(v float64) hessian.Body { return &everythingFloat64Reply{v} },
		0, 1, 0.1, 1e300, math.Pi, math.Inf(1))
	send(tr, "String", c.String,
		func(v string) api.Args { return &everythingStringArgs{v} }, func(v string) hessian.Body { return &everythingStringReply{v} },
		"", "Grüße, 世界 🙂", strings.Repeat("é", 40_000))
	send(tr, "Bytes", c.Bytes,
		func(v []byte) api.Args { return &everythingBytesArgs{v} }, func(v []byte) hessian.Body { return &everythingBytesReply{v} },
		nil, []byte{}, []byte{0, 255}, []byte(strings.Repeat("x", 70_000)))
	send(tr, "Time", c.Time,
		func(v time.Time) api.Args { return &everythingTimeArgs{v} }, func(v time.Time) hessian.Body { return &everythingTimeReply{v} },
		time.Time{}, day, day.Truncate(time.Minute), time.UnixMilli(-1).UTC())
	send(tr, "Level", c.Level,
		func(v Level) api.Args { return &everythingLevelArgs{v} }, func(v Level) hessian.Body { return &everythingLevelReply{v} },
		"", Low, High)
	send[any](tr, "Any", c.Any,
		func(v any) api.Args { return &everythingAnyArgs{v} }, func(v any) hessian.Body { return &everythingAnyReply{v} },
		nil, true, int32(7), int64(7), 0.5, "text", []byte{1}, day, High, &Point{X: 1}, family(), []any{int32(1), "two", nil}, map[string]any{"k": Low})
	send(tr, "ID", c.ID,
		func(v ID) api.Args { return &everythingIDArgs{v} }, func(v ID) hessian.Body { return &everythingIDReply{v} },
		0, 1<<40)
	send(tr, "Tags", c.Tags,
		func(v Tags) api.Args { return &everythingTagsArgs{v} }, func(v Tags) hessian.Body { return &everythingTagsReply{v} },
		nil, Tags{}, Tags{"a", ""})
	send(tr, "Blob", c.Blob,
		func(v Blob) api.Args { return &everythingBlobArgs{v} }, func(v Blob) hessian.Body { return &everythingBlobReply{v} },
		nil, Blob{1, 2})
}

func sendBoxes(tr trip, c *EverythingClient) {
	send(tr, "BoxedBool", c.BoxedBool,
		func(v *bool) api.Args { return &everythingBoxedBoolArgs{v} }, func(v *bool) hessian.Body { return &everythingBoxedBoolReply{v} },
		nil, new(true))
	send(tr, "BoxedInt8", c.BoxedInt8,
		func(v *int8) api.Args { return &everythingBoxedInt8Args{v} }, func(v *int8) hessian.Body { return &everythingBoxedInt8Reply{v} },
		nil, new(int8(-1)))
	send(tr, "BoxedInt16", c.BoxedInt16,
		func(v *int16) api.Args { return &everythingBoxedInt16Args{v} }, func(v *int16) hessian.Body { return &everythingBoxedInt16Reply{v} },
		nil, new(int16(300)))
	send(tr, "BoxedInt32", c.BoxedInt32,
		func(v *int32) api.Args { return &everythingBoxedInt32Args{v} }, func(v *int32) hessian.Body { return &everythingBoxedInt32Reply{v} },
		nil, new(int32(0)))
	send(tr, "BoxedInt64", c.BoxedInt64,
		func(v *int64) api.Args { return &everythingBoxedInt64Args{v} }, func(v *int64) hessian.Body { return &everythingBoxedInt64Reply{v} },
		nil, new(int64(1)<<40))
	send(tr, "BoxedInt", c.BoxedInt,
		func(v *int) api.Args { return &everythingBoxedIntArgs{v} }, func(v *int) hessian.Body { return &everythingBoxedIntReply{v} },
		nil, new(5))
	send(tr, "BoxedFloat32", c.BoxedFloat32,
		func(v *float32) api.Args { return &everythingBoxedFloat32Args{v} }, func(v *float32) hessian.Body { return &everythingBoxedFloat32Reply{v} },
		nil, new(float32(0.1)))
	send(tr, "BoxedFloat64", c.BoxedFloat64,
		func(v *float64) api.Args { return &everythingBoxedFloat64Args{v} }, func(v *float64) hessian.Body { return &everythingBoxedFloat64Reply{v} },
		nil, new(0.1))
	send(tr, "BoxedString", c.BoxedString,
		func(v *string) api.Args { return &everythingBoxedStringArgs{v} }, func(v *string) hessian.Body { return &everythingBoxedStringReply{v} },
		nil, new(""), new("s"))
	send(tr, "BoxedTime", c.BoxedTime,
		func(v *time.Time) api.Args { return &everythingBoxedTimeArgs{v} }, func(v *time.Time) hessian.Body { return &everythingBoxedTimeReply{v} },
		nil, new(day))
	send(tr, "BoxedID", c.BoxedID,
		func(v *ID) api.Args { return &everythingBoxedIDArgs{v} }, func(v *ID) hessian.Body { return &everythingBoxedIDReply{v} },
		nil, new(ID(9)))
}

func sendLists(tr trip, c *EverythingClient) {
	send(tr, "Dates", c.Dates,
		func(v []Dates) api.Args { return &everythingDatesArgs{v} }, func(v []Dates) hessian.Body { return &everythingDatesReply{v} },
		nil, []Dates{nil, {}, {day, {}}})
	send(tr, "List", c.List,
		func(v []int32) api.Args { return &everythingListArgs{v} }, func(v []int32) hessian.Body { return &everythingListReply{v} },
		nil, []int32{}, []int32{1, -1, math.MaxInt32})
	send(tr, "Strings", c.Strings,
		func(v []string) api.Args { return &everythingStringsArgs{v} }, func(v []string) hessian.Body { return &everythingStringsReply{v} },
		nil, []string{"", "a"}, strings.Split(strings.Repeat("x,", 300), ","))
	send(tr, "Nested", c.Nested,
		func(v [][][]int64) api.Args { return &everythingNestedArgs{v} }, func(v [][][]int64) hessian.Body { return &everythingNestedReply{v} },
		nil, [][][]int64{nil, {}, {nil, {}, {1, 2}}, {{3}}})
	send(tr, "Boxes", c.Boxes,
		func(v []*int16) api.Args { return &everythingBoxesArgs{v} }, func(v []*int16) hessian.Body { return &everythingBoxesReply{v} },
		nil, []*int16{nil, new(int16(1)), nil})
	send(tr, "Blobs", c.Blobs,
		func(v [][]byte) api.Args { return &everythingBlobsArgs{v} }, func(v [][]byte) hessian.Body { return &everythingBlobsReply{v} },
		nil, [][]byte{nil, {}, {1}})
	send(tr, "Objects", c.Objects,
		func(v []any) api.Args { return &everythingObjectsArgs{v} }, func(v []any) hessian.Body { return &everythingObjectsReply{v} },
		nil, []any{nil, "a", int32(1), &Point{Y: 2}, Low, []any{}})
	send(tr, "Levels", c.Levels,
		func(v []Level) api.Args { return &everythingLevelsArgs{v} }, func(v []Level) hessian.Body { return &everythingLevelsReply{v} },
		nil, []Level{Low, "", High, Low})
	send(tr, "Points", c.Points,
		func(v []Point) api.Args { return &everythingPointsArgs{v} }, func(v []Point) hessian.Body { return &everythingPointsReply{v} },
		nil, []Point{}, []Point{{}, {X: 1, Y: -1}, {X: 1, Y: -1}})
	send(tr, "Nodes", c.Nodes,
		func(v []*Node) api.Args { return &everythingNodesArgs{v} }, func(v []*Node) hessian.Body { return &everythingNodesReply{v} },
		nil, []*Node{nil, {Name: "a"}, family()})
	send(tr, "Rows", c.Rows,
		func(v []map[string][]int8) api.Args { return &everythingRowsArgs{v} }, func(v []map[string][]int8) hessian.Body { return &everythingRowsReply{v} },
		nil, []map[string][]int8{nil, {}, {"a": {1, -1}}, {"b": nil}})
}

func sendArrays(tr trip, c *EverythingClient) {
	tr.typed = true
	send(tr, "Longs", c.Longs,
		func(v []int64) api.Args { return &everythingLongsArgs{v} }, func(v []int64) hessian.Body { return &everythingLongsReply{v} },
		nil, []int64{}, []int64{1, math.MinInt64})
	send(tr, "Shorts", c.Shorts,
		func(v []int16) api.Args { return &everythingShortsArgs{v} }, func(v []int16) hessian.Body { return &everythingShortsReply{v} },
		nil, []int16{1, -1})
	send(tr, "Booleans", c.Booleans,
		func(v []bool) api.Args { return &everythingBooleansArgs{v} }, func(v []bool) hessian.Body { return &everythingBooleansReply{v} },
		nil, []bool{true, false})
	send(tr, "Floats", c.Floats,
		func(v []float32) api.Args { return &everythingFloatsArgs{v} }, func(v []float32) hessian.Body { return &everythingFloatsReply{v} },
		nil, []float32{0.1, 3})
	send(tr, "Names", c.Names,
		func(v []string) api.Args { return &everythingNamesArgs{v} }, func(v []string) hessian.Body { return &everythingNamesReply{v} },
		nil, []string{"a", ""})
	send(tr, "Instants", c.Instants,
		func(v []time.Time) api.Args { return &everythingInstantsArgs{v} }, func(v []time.Time) hessian.Body { return &everythingInstantsReply{v} },
		nil, []time.Time{day, {}})
	send(tr, "Matrix", c.Matrix,
		func(v [][]int32) api.Args { return &everythingMatrixArgs{v} }, func(v [][]int32) hessian.Body { return &everythingMatrixReply{v} },
		nil, [][]int32{{1, 2}, nil, {}})
	send(tr, "Polygon", c.Polygon,
		func(v []*Point) api.Args { return &everythingPolygonArgs{v} }, func(v []*Point) hessian.Body { return &everythingPolygonReply{v} },
		nil, []*Point{{X: 1}, nil})
	send(tr, "Set", c.Set,
		func(v []string) api.Args { return &everythingSetArgs{v} }, func(v []string) hessian.Body { return &everythingSetReply{v} },
		nil, []string{"a", "b"})
	send(tr, "Sorted", c.Sorted,
		func(v map[string]int64) api.Args { return &everythingSortedArgs{v} }, func(v map[string]int64) hessian.Body { return &everythingSortedReply{v} },
		nil, map[string]int64{}, map[string]int64{"a": 1, "b": 2, "c": 3})
}

func sendMaps(tr trip, c *EverythingClient) {
	send(tr, "Counts", c.Counts,
		func(v map[string]int32) api.Args { return &everythingCountsArgs{v} }, func(v map[string]int32) hessian.Body { return &everythingCountsReply{v} },
		nil, map[string]int32{}, map[string]int32{"a": 1})
	send(tr, "ByNumber", c.ByNumber,
		func(v map[int64]string) api.Args { return &everythingByNumberArgs{v} }, func(v map[int64]string) hessian.Body { return &everythingByNumberReply{v} },
		nil, map[int64]string{-1: "x"})
	send(tr, "ByByte", c.ByByte,
		func(v map[int8]bool) api.Args { return &everythingByByteArgs{v} }, func(v map[int8]bool) hessian.Body { return &everythingByByteReply{v} },
		nil, map[int8]bool{-128: true})
	send(tr, "ByBool", c.ByBool,
		func(v map[bool]float64) api.Args { return &everythingByBoolArgs{v} }, func(v map[bool]float64) hessian.Body { return &everythingByBoolReply{v} },
		nil, map[bool]float64{false: 0.5})
	send(tr, "ByLevel", c.ByLevel,
		func(v map[Level]Point) api.Args { return &everythingByLevelArgs{v} }, func(v map[Level]Point) hessian.Body { return &everythingByLevelReply{v} },
		nil, map[Level]Point{High: {X: 2}})
	send(tr, "ByID", c.ByID,
		func(v map[ID]*Node) api.Args { return &everythingByIDArgs{v} }, func(v map[ID]*Node) hessian.Body { return &everythingByIDReply{v} },
		nil, map[ID]*Node{3: family()}, map[ID]*Node{4: nil})
	send(tr, "Calendar", c.Calendar,
		func(v map[string]map[int32][]time.Time) api.Args { return &everythingCalendarArgs{v} }, func(v map[string]map[int32][]time.Time) hessian.Body { return &everythingCalendarReply{v} },
		nil, map[string]map[int32][]time.Time{"a": {1: {day}}}, map[string]map[int32][]time.Time{"a": nil}, map[string]map[int32][]time.Time{"a": {2: nil}})
	send(tr, "Properties", c.Properties,
		func(v map[string]any) api.Args { return &everythingPropertiesArgs{v} }, func(v map[string]any) hessian.Body { return &everythingPropertiesReply{v} },
		nil, map[string]any{"a": map[string]any{"b": []any{int64(1), &Point{}}}})
}

func sendStructs(tr trip, c *EverythingClient) {
	send(tr, "Point", c.Point,
		func(v Point) api.Args { return &everythingPointArgs{v} }, func(v Point) hessian.Body { return &everythingPointReply{v} },
		Point{}, Point{X: math.Inf(-1), Y: 0.25})
	send(tr, "Node", c.Node,
		func(v *Node) api.Args { return &everythingNodeArgs{v} }, func(v *Node) hessian.Body { return &everythingNodeReply{v} },
		nil, &Node{}, family())
	send(tr, "Folder", c.Folder,
		func(v Folder) api.Args { return &everythingFolderArgs{v} }, func(v Folder) hessian.Body { return &everythingFolderReply{v} },
		Folder{}, Folder{Folders: Folders{nil, {Folders: Folders{}}}, ByName: map[string]Folder{"a": {Folders: Folders{}}}})
	send(tr, "Scalars", c.Scalars,
		func(v *Scalars) api.Args { return &everythingScalarsArgs{v} }, func(v *Scalars) hessian.Body { return &everythingScalarsReply{v} },
		nil, &Scalars{}, &Scalars{
			Bool: true, Int8: -8, Int16: 16, Int32: -32, Int64: 1 << 60, Int: -64, Float32: 0.1, Float64: 0.2,
			String: "s", Bytes: []byte{9}, Time: day, Level: High, Any: &Point{X: 4}, Renamed: "r",
		})
	send(tr, "Pointers", c.Pointers,
		func(v *Pointers) api.Args { return &everythingPointersArgs{v} }, func(v *Pointers) hessian.Body { return &everythingPointersReply{v} },
		nil, &Pointers{}, &Pointers{
			Bool: new(false), Int8: new(int8(0)), Int16: new(int16(1)), Int32: new(int32(2)), Int64: new(int64(3)), Int: new(4),
			Float32: new(float32(5.5)), Float64: new(6.25), String: new(""), Time: new(day), ID: new(ID(7)), Point: &Point{},
		})
	send(tr, "Manager", c.Manager,
		func(v *Manager) api.Args { return &everythingManagerArgs{v} }, func(v *Manager) hessian.Body { return &everythingManagerReply{v} },
		nil, &Manager{}, &Manager{Person: Person{Name: "m", Born: day}, Reports: []*Person{{Name: "r"}, nil}})
	tr.typed = true
	send(tr, "Containers", c.Containers,
		func(v *Containers) api.Args { return &everythingContainersArgs{v} }, func(v *Containers) hessian.Body { return &everythingContainersReply{v} },
		nil, &Containers{}, &Containers{
			Point: Point{X: 1}, Strings: []string{"s"}, Array: []int64{1, 2}, Matrix: [][]float64{{0.5}, nil}, Set: []string{"e"},
			Tree: map[string]int32{"a": 1, "b": 2}, Times: map[int16]Dates{1: {day}, 2: nil}, Boxes: []map[Level]*int32{{Low: new(int32(1)), High: nil}},
			Points: map[string][]Point{"p": {{Y: 1}}}, Any: []any{Low, &Node{Name: "n"}},
		})
}
