package dubbo

import (
	"maps"
	"sync"
	"sync/atomic"
)

// cacheSize bounds a cache; what comes later is computed each time.
const cacheSize = 1024

// cache is a small map that is read without a lock and copied to be changed:
// for what is the same in every call of a method. The zero value is empty.
type cache[K comparable, V any] struct {
	m  atomic.Pointer[map[K]V]
	mu sync.Mutex // of writers
}

// all returns the map; nil if it is empty. It must not be changed.
func (c *cache[K, V]) all() map[K]V {
	if m := c.m.Load(); m != nil {
		return *m
	}
	return nil
}

func (c *cache[K, V]) add(k K, v V) {
	if len(c.all()) >= cacheSize {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.all()
	if len(old) >= cacheSize {
		return
	}
	m := make(map[K]V, len(old)+1)
	maps.Copy(m, old)
	m[k] = v
	c.m.Store(&m)
}
