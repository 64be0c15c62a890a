package types

import (
	"context"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// Collections has a method for each kind of array, set and map that Everything
// has not; each returns what it gets.
//
//gubbo:service lab.types.Collections
type Collections interface {
	//gubbo:method integers types=java.lang.Integer[] result=java.lang.Integer[]
	Integers(ctx context.Context, v []*int32) ([]*int32, error)
	//gubbo:method characters types=java.lang.Character[] result=java.lang.Character[]
	Characters(ctx context.Context, v []hessian.Char) ([]hessian.Char, error)
	//gubbo:method ints types=int[] result=int[]
	Ints(ctx context.Context, v []int32) ([]int32, error)
	//gubbo:method doubles types=double[] result=double[]
	Doubles(ctx context.Context, v []float64) ([]float64, error)
	//gubbo:method blobArray types=byte[][] result=byte[][]
	BlobArray(ctx context.Context, v [][]byte) ([][]byte, error)
	//gubbo:method table types=java.lang.String[][] result=java.lang.String[][]
	Table(ctx context.Context, v [][]string) ([][]string, error)
	//gubbo:method cube types=long[][][] result=long[][][]
	Cube(ctx context.Context, v [][][]int64) ([][][]int64, error)
	//gubbo:method array types=java.lang.Object[] result=java.lang.Object[]
	Array(ctx context.Context, v []any) ([]any, error)
	//gubbo:method levelArray types=lab.types.Level[] result=lab.types.Level[]
	LevelArray(ctx context.Context, v []Level) ([]Level, error)
	//gubbo:method decimals types=java.math.BigDecimal[] result=java.math.BigDecimal[]
	Decimals(ctx context.Context, v []hessian.BigDecimal) ([]hessian.BigDecimal, error)
	//gubbo:method listArray types=java.util.List[] result=java.util.List[]
	ListArray(ctx context.Context, v [][]string) ([][]string, error)

	//gubbo:method collection types=java.util.Collection result=java.util.Collection
	Collection(ctx context.Context, v []string) ([]string, error)
	//gubbo:method linkedList types=java.util.LinkedList result=java.util.LinkedList
	LinkedList(ctx context.Context, v []int32) ([]int32, error)
	// A map to struct{} is a Set, too.
	Unique(ctx context.Context, v map[string]struct{}) (map[string]struct{}, error)
	//gubbo:method sortedSet types=java.util.SortedSet result=java.util.SortedSet
	SortedSet(ctx context.Context, v map[int64]struct{}) (map[int64]struct{}, error)
	LevelSet(ctx context.Context, v map[Level]struct{}) (map[Level]struct{}, error)

	// hessian.Pairs is a map that keeps its order.
	Ordered(ctx context.Context, v hessian.Pairs[string, int32]) (hessian.Pairs[string, int32], error)
	//gubbo:method linked types=java.util.LinkedHashMap result=java.util.LinkedHashMap
	Linked(ctx context.Context, v hessian.Pairs[any, any]) (hessian.Pairs[any, any], error)
	ByUUID(ctx context.Context, v map[hessian.UUID]string) (map[hessian.UUID]string, error)
	ByDay(ctx context.Context, v map[hessian.LocalDate]int32) (map[hessian.LocalDate]int32, error)
	ByPoint(ctx context.Context, v map[Point]string) (map[Point]string, error)
	//gubbo:method concurrent types=java.util.concurrent.ConcurrentMap result=java.util.concurrent.ConcurrentMap
	Concurrent(ctx context.Context, v map[string]int32) (map[string]int32, error)

	// Type arguments say what lists and maps hold; Java forgets them, but would
	// stumble over a list where it expects an array.
	//
	//gubbo:method longRows types=java.util.Map<java.lang.String,long[]> result=java.util.Map<java.lang.String,long[]>
	LongRows(ctx context.Context, v map[string][]int64) (map[string][]int64, error)
	//gubbo:method groups types=java.util.List<java.util.Set<java.lang.String>> result=java.util.List<java.util.Set<java.lang.String>>
	Groups(ctx context.Context, v [][]string) ([][]string, error)
	Nest(ctx context.Context, v *Nest) (*Nest, error)
}

// Nest has such collections as fields.
type Nest struct {
	_       hessian.Class      `java:"lab.types.Nest"`
	Blobs   [][]byte           `java:"blobs,type=byte[][]"`
	Levels  []Level            `java:"levels,type=lab.types.Level[]"`
	Names   []string           `java:"names,type=java.lang.String[]"`
	Objects []any              `java:"objects,type=java.lang.Object[]"`
	Rows    map[string][]int32 `java:"rows,type=java.util.Map<java.lang.String,int[]>"`
	Linked  []string           `java:"linked,type=java.util.LinkedList"`
	Unique  map[string]struct{}
	Sorted  map[int64]struct{} `java:"sorted,type=java.util.SortedSet"`
	Ordered hessian.Pairs[string, int64]
}
