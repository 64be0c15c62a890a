// Package ledger is the demo's own book of what really ran: the handler's
// body writes one line per execution to a file, before it answers, so that the
// book survives kill -9. It knows nothing of filters, observers or statistics;
// the demo compares the monitor's rows with it.
package ledger

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Writer appends executions to a file. Its methods may be called from many
// goroutines: each execution is one write to a file opened for appending.
type Writer struct{ f *os.File }

// Create opens the file at path for appending, making it if need be.
func Create(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return &Writer{f}, nil
}

// Add writes down that method ran for the call with the given id, now. Both
// may be any text.
func (w *Writer) Add(method, id string) error {
	_, err := w.f.WriteString(strconv.FormatInt(time.Now().UnixNano(), 10) + " " + strconv.QuoteToASCII(method) + " " + strconv.QuoteToASCII(id) + "\n")
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// Close closes the file.
func (w *Writer) Close() error { return w.f.Close() }

// Execution is one line of a ledger.
type Execution struct {
	At         time.Time
	Method, ID string
}

// Read returns the executions in the file at path in the order in which they
// were written; none if there is no such file. A last line cut short by a
// killed writer is an execution that did not reach its end, and is left out.
func Read(path string) ([]Execution, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	defer f.Close()
	var all []Execution
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return all, nil
		}
		var ns int64
		var e Execution
		if _, err := fmt.Sscanf(line, "%d %q %q", &ns, &e.Method, &e.ID); err != nil {
			return nil, fmt.Errorf("ledger: %s: bad line %q: %w", path, line, err)
		}
		e.At = time.Unix(0, ns)
		all = append(all, e)
	}
}
