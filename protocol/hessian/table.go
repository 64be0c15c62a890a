package hessian

// table numbers keys in the order in which they come. A few are found by
// looking at each, more through a map.
type table[K comparable] struct {
	keys  []K
	index map[K]int
}

const tableScan = 8

// add returns the number of k and whether it was there before.
func (t *table[K]) add(k K) (int, bool) {
	n := len(t.keys)
	if n <= tableScan {
		for i := range t.keys {
			if t.keys[i] == k {
				return i, true
			}
		}
		t.keys = append(t.keys, k)
		return n, false
	}
	if len(t.index) == 0 {
		if t.index == nil {
			t.index = make(map[K]int, 4*tableScan)
		}
		for i, have := range t.keys {
			t.index[have] = i
		}
	}
	if i, ok := t.index[k]; ok {
		return i, true
	}
	t.index[k] = n
	t.keys = append(t.keys, k)
	return n, false
}

// maxKept bounds the memory that a table keeps when it is reused.
const maxKept = 1024

func (t *table[K]) reset() {
	if len(t.keys) > maxKept {
		t.keys, t.index = nil, nil
		return
	}
	if len(t.index) > 0 {
		clear(t.index)
	}
	clear(t.keys)
	t.keys = t.keys[:0]
}
