package zkserver

import (
	"errors"
)

type store struct{}

func openStore(string, *machine, bool) (*store, error) {
	return nil, errors.New("zkserver: keeping data in a directory is not supported yet; leave Config.Dir empty")
}
func (*store) commit(*machine) error { return nil }
func (*store) close()                {}

// Wipe removes the data of a Server from dir.
func Wipe(dir string) error { return nil }
