package task

// tally counts what runs and tells when nothing does. Its owner's lock guards
// it.
type tally struct {
	n    int
	zero chan struct{} // closed when n falls to 0, nil if nobody waits
}

func (t *tally) end() {
	t.n--
	if t.n == 0 && t.zero != nil {
		close(t.zero)
		t.zero = nil
	}
}

// idle returns a channel that is closed as soon as n is 0, or is so already.
func (t *tally) idle() <-chan struct{} {
	if t.n == 0 {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	if t.zero == nil {
		t.zero = make(chan struct{})
	}
	return t.zero
}
