package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/registry"
)

const (
	// maxDefinition bounds one definition, in bytes; it is a server's own bound.
	maxDefinition = 1 << 20
	// maxDefinitions bounds how many applications' definitions are read.
	maxDefinitions = 16
)

var _ registry.Definitions = (*Registry)(nil)

// Definitions reads what providers published of the service below
// /<root>/metadata; see registry.Definitions. It needs a connection, reads the
// first 16 applications in the order of their names, and 1 MiB of each.
func (r *Registry) Definitions(ctx context.Context, s api.Service) ([]string, error) {
	dir, err := r.definitionPath(s)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	ended, session := r.ended, r.lanes[0].session
	r.mu.Unlock()
	if ended {
		return nil, errClosed
	}
	conn, err := session.current()
	if err != nil {
		return nil, err
	}
	names, err := conn.Children(ctx, dir, false)
	if errors.Is(err, zkclient.ErrNoNode) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("zookeeper: definitions of %q: %w", s.Key(), err)
	}
	slices.Sort(names)
	var all []string
	for _, name := range names[:min(len(names), maxDefinitions)] {
		data, err := conn.Data(ctx, dir+"/"+name, maxDefinition)
		switch {
		case errors.Is(err, zkclient.ErrNoNode): // gone since
		case err != nil:
			return nil, fmt.Errorf("zookeeper: definitions of %q: %w", s.Key(), err)
		case len(data) > 0:
			all = append(all, string(data))
		}
	}
	return all, nil
}

// definitionPath is where the applications' nodes are. As in Java, segments
// that are empty or repeat an earlier one are left out.
func (r *Registry) definitionPath(s api.Service) (string, error) {
	switch s.Interface {
	case "", "*", ".", "..":
		return "", fmt.Errorf("zookeeper: %q is no interface", s.Interface)
	}
	var path []string
	for _, segment := range []string{"metadata", api.EncodeName(s.Interface), s.Version, s.Group, "provider"} {
		if segment == "*" || strings.ContainsAny(segment, "/,") {
			return "", fmt.Errorf("zookeeper: definitions are published for one group and version; %q names no single service", s.Key())
		}
		if segment != "" && !slices.Contains(path, segment) {
			path = append(path, segment)
		}
	}
	return r.address.root + "/" + strings.Join(path, "/"), nil
}
