package publish

import (
	"container/list"
	"sync"
)

// cache keeps what costs time to make, up to a number of bytes; what was not asked for longest
// goes first. It is safe for concurrent use.
type cache[V any] struct {
	limit int // bytes

	mu    sync.Mutex
	used  int
	items map[string]*list.Element
	order *list.List // of *cached[V], the last used in front
}

type cached[V any] struct {
	name  string
	value V
	size  int
}

func newCache[V any](limit int) *cache[V] {
	return &cache[V]{limit: limit, items: make(map[string]*list.Element), order: list.New()}
}

// get returns what is kept under a name.
func (c *cache[V]) get(name string) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	item, ok := c.items[name]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(item)
	return item.Value.(*cached[V]).value, true
}

// put keeps a value of so many bytes in place of what had its name. What is larger than the whole
// cache is not kept.
func (c *cache[V]) put(name string, value V, size int) {
	size += len(name) + overhead
	c.mu.Lock()
	defer c.mu.Unlock()
	if item, ok := c.items[name]; ok {
		c.drop(item)
	}
	if size > c.limit {
		return
	}
	c.items[name] = c.order.PushFront(&cached[V]{name, value, size})
	c.used += size
	for c.used > c.limit {
		c.drop(c.order.Back())
	}
}

// tagged is bytes of an edition, in a cache where its successor takes their place.
type tagged struct {
	tag   string // of the edition's plain bytes
	bytes []byte
}

// overhead is about what keeping anything takes, in bytes.
const overhead = 300

// drop forgets an item. The caller holds mu.
func (c *cache[V]) drop(item *list.Element) {
	gone := c.order.Remove(item).(*cached[V])
	delete(c.items, gone.name)
	c.used -= gone.size
}
