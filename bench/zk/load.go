package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// operation is one kind of load. Client i works below /bI and n counts from 0.
type operation struct {
	name string
	// add adds the n-th request of client i and returns how many requests that is.
	add func(c *client, i, n int) int
}

var payload = []byte(strings.Repeat("x", 100))

func home(i int) string { return fmt.Sprintf("/b%d", i) }

// operations leave the tree as they found it, taken together: what create
// makes, delete removes.
func operations() []operation {
	node := func(i, n int) string { return fmt.Sprintf("/b%d/node-%d", i, n) }
	one := func(op int32, body func(i, n int) []byte) func(*client, int, int) int {
		return func(c *client, i, n int) int {
			c.add(op, body(i, n))
			return 1
		}
	}
	return []operation{
		{"create", one(opCreate, func(i, n int) []byte { return create(node(i, n), payload, 0) })},
		{"get", one(opGetData, func(i, n int) []byte { return get(node(i, n), false) })},
		{"exists", one(opExists, func(i, n int) []byte { return get(node(i, n), false) })},
		{"set", one(opSetData, func(i, n int) []byte { return set(node(i, n), payload) })},
		{"delete", one(opDelete, func(i, n int) []byte { return remove(node(i, n)) })},
		{"children (100)", one(opGetChildren2, func(int, int) []byte { return get("/list100", false) })},
		{"multi of 3", one(opMulti, func(i, n int) []byte {
			return multi(opCreate, create(node(i, n), payload, 0), opSetData, set(home(i), payload), opDelete, remove(node(i, n)))
		})},
		{"ephemeral, delete", func(c *client, i, n int) int {
			c.add(opCreate, create(node(i, n), payload, 1))
			c.add(opDelete, remove(node(i, n)))
			return 2
		}},
		{"ping", one(opPing, func(int, int) []byte { return nil })},
	}
}

// together runs f for each client at once.
func together(clients []*client, f func(i int, c *client) error) error {
	errs := make([]error, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() { errs[i] = f(i, c) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// load has the clients make total requests, window of them under way at a time
// for each, and returns how many there were and how long they took.
func load(clients []*client, op operation, total, window int) (int, time.Duration, error) {
	each := max(total/len(clients), 1)
	done := make([]int, len(clients))
	began := time.Now()
	err := together(clients, func(i int, c *client) error {
		for n := 0; n < each; {
			sent := 0
			for ; n < each && sent < window; n++ {
				sent += op.add(c, i, n)
			}
			if err := c.roundTrip(sent); err != nil {
				return fmt.Errorf("%s: %w", op.name, err)
			}
			done[i] += sent
		}
		return nil
	})
	took := time.Since(began)
	all := 0
	for _, n := range done {
		all += n
	}
	return all, took, err
}

// connectAll opens n sessions.
func connectAll(addr string, n int) ([]*client, error) {
	var clients []*client
	for range n {
		c, err := connect(addr)
		if err != nil {
			closeAll(clients)
			return nil, err
		}
		clients = append(clients, c)
	}
	return clients, nil
}

func closeAll(clients []*client) {
	_ = together(clients, func(_ int, c *client) error {
		c.close()
		return nil
	})
}

// furnish makes the nodes that the load needs.
func furnish(addr string, clients int) error {
	c, err := connect(addr)
	if err != nil {
		return err
	}
	defer c.close()
	put := func(paths ...string) error {
		for _, p := range paths {
			c.add(opCreate, create(p, payload, 0))
		}
		return c.roundTrip(len(paths))
	}
	for i := range clients {
		if err := put(home(i)); err != nil {
			return err
		}
	}
	for _, n := range []int{100, 5000} {
		parent := fmt.Sprintf("/list%d", n)
		if err := put(parent); err != nil {
			return err
		}
		for i := 0; i < n; i += 100 {
			var paths []string
			for j := i; j < i+100; j++ {
				paths = append(paths, fmt.Sprintf("%s/provider-10.20.30.40-%08d", parent, j))
			}
			if err := put(paths...); err != nil {
				return err
			}
		}
	}
	return put("/watched")
}

// fanOut changes one node that each of the watchers watches and returns how
// long it took until all of them knew.
func fanOut(watchers []*client, writer *client) (time.Duration, error) {
	if err := together(watchers, func(_ int, c *client) error {
		c.add(opGetData, get("/watched", true))
		return c.roundTrip(1)
	}); err != nil {
		return 0, err
	}
	began := time.Now()
	writer.add(opSetData, set("/watched", payload))
	if err := writer.roundTrip(1); err != nil {
		return 0, err
	}
	for _, c := range watchers {
		if err := c.event(); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// list reads the names of 5,000 children.
func list(c *client) (time.Duration, error) {
	began := time.Now()
	c.add(opGetChildren2, get("/list5000", false))
	err := c.roundTrip(1)
	return time.Since(began), err
}
