package zk

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// terminal is a shell's terminal: lines are edited on it, and what is printed
// meanwhile goes above the line. It is in raw mode only while a line is read, so
// that Ctrl-C ends a command that runs.
type terminal struct {
	shell *shell
	fd    int
	term  *term.Terminal
}

// newTerminal returns nil if in and out are none.
func newTerminal(s *shell, in io.Reader, out io.Writer) *terminal {
	from, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(from.Fd())) {
		return nil
	}
	to, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(to.Fd())) {
		return nil
	}
	t := &terminal{shell: s, fd: int(from.Fd())}
	t.term = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{from, to}, "")
	t.term.AutoCompleteCallback = t.key
	return t
}

// Write prints without what would steer the terminal: anybody may have written
// it into a node.
func (t *terminal) Write(p []byte) (int, error) {
	text := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || 0x7f <= r && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, string(p))
	_, err := t.term.Write([]byte(text))
	return len(p), err
}

// readLine reads one line; Ctrl-C and Ctrl-D are the end of the input.
func (t *terminal) readLine() (string, error) {
	soon, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, _ = t.shell.session.live(soon) // for the prompt to say that it is connected
	old, err := term.MakeRaw(t.fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(t.fd, old) }()
	if w, h, err := term.GetSize(t.fd); err == nil && w > 0 && h > 0 {
		_ = t.term.SetSize(w, h)
	}
	t.term.SetPrompt(t.shell.prompt())
	line, err := t.term.ReadLine()
	if err != nil {
		_, _ = t.Write([]byte("\n")) // what comes next is not ours
	}
	return line, err
}

// key completes at the Tab key: as far as all candidates agree, and if that is
// nowhere, it lists them.
func (t *terminal) key(line string, pos int, key rune) (newLine string, newPos int, ok bool) {
	if key != '\t' {
		return "", 0, false
	}
	text, rest := line[:pos], line[pos:]
	start, words := complete(text, t.children)
	grown := extend(text, start, words)
	if grown == text && len(words) > 1 {
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = w[strings.LastIndexByte(w, '/')+1:]
		}
		_, _ = t.Write([]byte(strings.Join(names, "  ") + "\n"))
	}
	return grown + rest, len(grown), true
}

func (t *terminal) children(path string) []string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	names, _, _ := (&call{shell: t.shell}).children(ctx, path, false)
	return names
}
