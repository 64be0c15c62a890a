package zkserver_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// state is what a server should hold for one crasher.
type state struct {
	nodes    map[string]held
	sessions map[int64]bool
}

// held is a node as its clients see it.
type held struct {
	data    string
	version int32
	created int32 // children ever
	owner   int64
	mzxid   int64 // 0 while nobody has told
}

func (s *state) clone() *state { return &state{maps.Clone(s.nodes), maps.Clone(s.sessions)} }

func (s *state) hasChildren(path string) bool {
	for p := range s.nodes {
		if strings.HasPrefix(p, path+"/") {
			return true
		}
	}
	return false
}

// request is one that a crasher sends; op 1 create, 2 delete, 5 set, 14 multi,
// -11 the end of the session.
type request struct {
	op      int32
	session int64
	path    string
	data    string
	flags   int32 // 1 ephemeral, 2 sequential
	version int32
	subs    []request
}

func (r *request) body() []byte {
	switch r.op {
	case 1:
		return createBody(r.path, []byte(r.data), worldAll, r.flags)
	case 2:
		return versionBody(r.path, r.version)
	case 5:
		return setBody(r.path, []byte(r.data), r.version)
	case 14:
		var subs []sub
		for i := range r.subs {
			subs = append(subs, sub{r.subs[i].op, r.subs[i].body()})
		}
		return multiBody(subs...)
	}
	return nil
}

// apply does what a server does with r in transaction zxid and returns the code
// that it answers with.
func (s *state) apply(r *request, zxid int64) int32 {
	n, there := s.nodes[r.path]
	switch r.op {
	case 1:
		parentPath := r.path[:strings.LastIndexByte(r.path, '/')]
		parent, ok := s.nodes[parentPath]
		path := r.path
		if r.flags&2 != 0 {
			path = fmt.Sprintf("%s%010d", path, parent.created)
			_, there = s.nodes[path]
		}
		switch {
		case !ok:
			return -101
		case there:
			return -110
		case parent.owner != 0:
			return -108
		}
		n := held{data: r.data, mzxid: zxid}
		if r.flags&1 != 0 {
			n.owner = r.session
		}
		s.nodes[path] = n
		parent.created++
		s.nodes[parentPath] = parent
	case 2, 5:
		switch {
		case !there:
			return -101
		case r.version != -1 && r.version != n.version:
			return -103
		case r.op == 5:
			n.data, n.version, n.mzxid = r.data, n.version+1, zxid
			s.nodes[r.path] = n
		case s.hasChildren(r.path):
			return -111
		default:
			delete(s.nodes, r.path)
		}
	case 14:
		whole := s.clone()
		for i := range r.subs {
			if whole.apply(&r.subs[i], zxid) != 0 {
				return 0 // all or nothing, and the entries tell
			}
		}
		*s = *whole
	case -11:
		maps.DeleteFunc(s.nodes, func(_ string, n held) bool { return n.owner == r.session })
		delete(s.sessions, r.session)
	}
	return 0
}

// differs tells the first thing in which found is not s, "" if there is none.
func (s *state) differs(found *state) string {
	for _, path := range slices.Sorted(maps.Keys(s.nodes)) {
		want, got := s.nodes[path], found.nodes[path]
		if want.mzxid == 0 {
			want.mzxid = got.mzxid
		}
		if got != want {
			return fmt.Sprintf("%s is %+v, want %+v", path, got, want)
		}
	}
	for path := range found.nodes {
		if _, ok := s.nodes[path]; !ok {
			return fmt.Sprintf("%s is there, and should not be", path)
		}
	}
	if !maps.Equal(s.sessions, found.sessions) {
		return fmt.Sprintf("sessions %v, want %v", found.sessions, s.sessions)
	}
	return ""
}
