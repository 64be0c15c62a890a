package zk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// shell runs commands, one after the other.
type shell struct {
	out, errs io.Writer
	connect   func(e ensemble) *session
	session   *session
	server    string // as it was asked for

	lines []string // the history, by the number of the command
	exit  int      // of the last command
	over  bool     // quit was said

	mu           sync.Mutex // over what the events' goroutine reads
	printWatches bool
	mute         bool // no word about the connection itself
}

// event prints what a session tells.
func (s *shell) event(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ofNode := !strings.HasSuffix(text, " path:null")
	if s.printWatches && (ofNode || !s.mute) {
		fmt.Fprintf(s.out, "\nWATCHER::\n")
		fmt.Fprintf(s.out, "\n%s\n", text)
	}
}

// open leaves the session that there may be for one with server.
func (s *shell) open(server string) error {
	e, err := parseEnsemble(server)
	if err != nil {
		return err
	}
	if s.session != nil {
		s.session.close()
	}
	s.server, s.session = server, s.connect(e)
	return nil
}

func (s *shell) prompt() string {
	return fmt.Sprintf("[zk: %s(%s) %d] ", s.server, s.session.now(), len(s.lines))
}

// words are what is no quote and no space, or what is between two quotes.
var words = regexp.MustCompile(`\s*([^"']\S*|"[^"]*"|'[^']*')\s*`)

func splitLine(line string) []string {
	var all []string
	for _, m := range words.FindAllStringSubmatch(line, -1) {
		word := m[1]
		if n := len(word) - 1; n > 0 && word[0] == word[n] && (word[0] == '"' || word[0] == '\'') {
			word = word[1:n]
		}
		all = append(all, word)
	}
	return all
}

// line runs one line that was typed. The history holds it before it runs.
func (s *shell) line(ctx context.Context, line string) {
	words := splitLine(line)
	if len(words) == 0 {
		return
	}
	s.lines = append(s.lines, line)
	s.run(ctx, words)
}

// run runs one command and prints what it fails with. After quit the exit code
// is that of the command before.
func (s *shell) run(ctx context.Context, words []string) {
	err := s.dispatch(ctx, words)
	if err == nil {
		if !s.over {
			s.exit = 0
		}
		return
	}
	s.exit = 1
	if f := (*failure)(nil); errors.As(err, &f) {
		s.exit = f.code
	}
	fmt.Fprintln(s.errs, err)
	if why := s.session.why(); why != nil && isCode(err, errConnectionLoss) {
		fmt.Fprintln(s.errs, why) // zkCli has it in its log
	}
}

func (s *shell) dispatch(ctx context.Context, words []string) error {
	cmd := commandNamed(words[0])
	if cmd == nil {
		s.usage()
		return &failure{"Command not found: Command not found " + words[0], 127}
	}
	if cmd.own != nil {
		if err := cmd.own(s, ctx, words); err != nil || s.over {
			return err
		}
	}
	// As zkCli has it, which says so even after what needs no connection.
	if !s.session.now().alive() {
		fmt.Fprintln(s.out, "Not connected")
		return nil
	}
	if cmd.run == nil {
		return nil
	}
	line, err := cmd.parse(s, words)
	if err != nil {
		return err
	}
	return cmd.run(&call{s, line, cmd}, ctx)
}

// usage prints all commands.
func (s *shell) usage() {
	fmt.Fprint(s.errs, "gubbo zk --server host:port command args\n"+Commands())
}

func (s *shell) history(context.Context, []string) error {
	last := len(s.lines) - 1
	for i := max(0, last-10); i <= last; i++ {
		fmt.Fprintf(s.out, "%d - %s\n", i, s.lines[i])
	}
	return nil
}

func (s *shell) redo(ctx context.Context, words []string) error {
	if len(words) < 2 {
		return nil
	}
	i, err := strconv.ParseInt(words[1], 0, 32)
	if err != nil {
		return fail("redo: %q is no number", words[1])
	}
	last := len(s.lines) - 1
	if i < 0 || int(i) >= last {
		return fail("Command index out of range")
	}
	again := splitLine(s.lines[i])
	if again[0] == "redo" {
		return fail("No redoing redos")
	}
	s.lines[last] = s.lines[i]
	s.run(ctx, again)
	return nil
}

func (s *shell) printwatches(_ context.Context, words []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(words) > 1 {
		s.printWatches = words[1] == "on"
		return nil
	}
	on := "off"
	if s.printWatches {
		on = "on"
	}
	fmt.Fprintln(s.out, "printwatches is "+on)
	return nil
}

func (s *shell) reconnect(_ context.Context, words []string) error {
	if len(words) > 1 {
		return s.open(words[1])
	}
	return s.open(s.server)
}

func (s *shell) quit(context.Context, []string) error {
	s.over = true
	s.session.close()
	return nil
}
