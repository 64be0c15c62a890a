package interop

import "slices"

// empty is a cell, or one of a few versions, that may be empty.
type empty struct {
	call     string
	versions []string
	// why says what these versions of Dubbo lack, or how their own pair fails.
	why string
	// lacks is a feature that the versions do not have: the result of the cell
	// is "lacks", nobody tried. Else the pair of two peers of the version must
	// fail, and then the calls between that version and Go may fail, too.
	lacks bool
}

// empties are all that is excused.
var empties = []empty{}

// emptyCell returns why r may be empty.
func emptyCell(r row) (empty, bool) {
	i := slices.IndexFunc(empties, func(e empty) bool {
		return e.call == r.call && slices.Contains(e.versions, r.version) && e.lacks == (r.result == "lacks")
	})
	if i < 0 {
		return empty{}, false
	}
	return empties[i], true
}
