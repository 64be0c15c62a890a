package zkserver

import (
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/internal/zkacl"
)

// parseACL reads a list as zkCli writes it, scheme:id:perms[,...], with perms
// of the letters cdrwa. Other than zkCli's its ids may hold commas, as the
// subjects of certificates do.
func parseACL(text string) (acl, error) {
	var list acl
	rest := text
	for rest != "" {
		entry := rest
		rest = ""
		for i := range entry {
			if entry[i] == ',' && beginsEntry(entry[i+1:]) {
				entry, rest = entry[:i], entry[i+1:]
				break
			}
		}
		scheme, id, perms, ok := zkacl.Split(entry)
		if !ok {
			return nil, fmt.Errorf("zkserver: %w: %q is not scheme:id:perms", ErrRootACL, entry)
		}
		g := grant{who: identity{scheme, id}}
		for _, letter := range perms {
			bit := zkacl.Bit(letter)
			if bit == 0 {
				return nil, fmt.Errorf("zkserver: %w: %q has the unknown permission %q; there are c, d, r, w, a", ErrRootACL, entry, letter)
			}
			g.perms |= bit
		}
		list = append(list, g)
	}
	return list, nil
}

func beginsEntry(s string) bool {
	for _, scheme := range []string{"world:", "digest:", "ip:", "x509:"} {
		if strings.HasPrefix(s, scheme) {
			return true
		}
	}
	return false
}

// rootList is what Config.RootACL says, nil if nothing.
func (c *Config) rootList() (acl, error) {
	if c.RootACL == "" {
		return nil, nil
	}
	list, err := parseACL(c.RootACL)
	if err != nil {
		return nil, err
	}
	settled := settle(list, nil, c.TLS != nil)
	if len(settled) == 0 {
		return nil, fmt.Errorf("zkserver: %w: %q; world has anyone, digest USER:HASH, ip ADDRESS[/BITS], and x509 needs the TLS port", ErrRootACL, c.RootACL)
	}
	return settled, nil
}

// restrict gives the root the list, in a transaction, unless it has it.
func (m *machine) restrict(list acl) {
	root := m.tree.nodes["/"]
	if list == nil || string(appendACL(nil, list)) == string(appendACL(nil, root.acl)) {
		return
	}
	tx := m.begin(0, false)
	m.tree.setACL(root, list, nextVersion(root.aversion))
	if m.logging {
		tx.record = appendSetACL(tx.record, "/", list, root.aversion)
	}
	m.commit(tx)
}
