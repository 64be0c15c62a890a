package zk

import (
	"fmt"
	"strings"
)

// option is one that a command knows, by its name without the hyphen.
type option struct {
	name   string
	value  bool // it takes one
	choice bool // only one of those with choice may be given
}

// parsed is a command line: the command, its options, the other words.
type parsed struct {
	words  []string // words[0] is the command
	values map[string]string
}

func (p *parsed) has(name string) bool {
	_, ok := p.values[name]
	return ok
}

// failure is what a command ends with: the text for the errors' stream, and
// the exit code if nothing comes after it.
type failure struct {
	text string
	code int
}

func (f *failure) Error() string { return f.text }

func fail(format string, args ...any) error {
	return &failure{fmt.Sprintf(format, args...), 1}
}

// mistake names what is wrong with options as zkCli does, whose parser is
// commons-cli.
func mistake(kind, format string, args ...any) error {
	return fail("org.apache.commons.cli.%sException: %s", kind, fmt.Sprintf(format, args...))
}

// optionParser follows zkCli's: options and words in any order, short names
// joined ("-sw"), values joined ("-v3", "-v=3") or the next word, "--" before
// what are words whatever they look like.
type optionParser struct {
	known   []option
	out     parsed
	pending *option // waits for its value
	chosen  string
}

// parseOptions reads a command line by what its command knows.
func parseOptions(known []option, line []string) (*parsed, error) {
	p := optionParser{known: known, out: parsed{values: map[string]string{}}}
	rest := false
	for _, word := range line {
		var err error
		switch {
		case rest:
			p.out.words = append(p.out.words, word)
		case word == "--":
			rest = true
		case p.pending != nil && !p.isOption(word):
			p.give(word)
		case len(word) > 1 && word[0] == '-':
			err = p.option(word)
		default:
			p.out.words = append(p.out.words, word)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := p.settled(); err != nil {
		return nil, err
	}
	return &p.out, nil
}

func (p *optionParser) find(name string) *option {
	for i := range p.known {
		if p.known[i].name == name {
			return &p.known[i]
		}
	}
	return nil
}

// isOption tells an option from a value: "-1" is a value.
func (p *optionParser) isOption(word string) bool {
	if len(word) < 2 || word[0] != '-' {
		return false
	}
	name, _, _ := strings.Cut(word[1:], "=")
	return p.find(name) != nil || name != "" && p.find(name[:1]) != nil
}

func (p *optionParser) option(word string) error {
	name, value, equal := strings.Cut(strings.TrimLeft(word, "-"), "=")
	o := p.find(name)
	switch {
	case strings.HasPrefix(word, "--"), equal && (o == nil || len(name) > 1 || !o.value):
		return p.unknown(word)
	case o == nil:
		return p.joined(word)
	}
	if err := p.take(o); err != nil {
		return err
	}
	if equal {
		p.give(value)
	}
	return nil
}

// joined reads "-abc", where the first that takes a value takes what is left.
func (p *optionParser) joined(word string) error {
	for i := 1; i < len(word); i++ {
		o := p.find(word[i : i+1])
		if o == nil {
			return p.unknown(word)
		}
		if err := p.take(o); err != nil {
			return err
		}
		if o.value && i+1 < len(word) {
			p.give(word[i+1:])
			return nil
		}
	}
	return nil
}

func (p *optionParser) unknown(word string) error {
	return mistake("UnrecognizedOption", "Unrecognized option: %s", word)
}

func (p *optionParser) take(o *option) error {
	if err := p.settled(); err != nil {
		return err
	}
	if o.choice && p.chosen != "" && p.chosen != o.name {
		return mistake("AlreadySelected", "The option '%s' was specified but an option from this group has already been selected: '%s'", o.name, p.chosen)
	}
	if o.choice {
		p.chosen = o.name
	}
	if _, again := p.out.values[o.name]; !again {
		p.out.values[o.name] = ""
	}
	if o.value {
		p.pending = o
	}
	return nil
}

// give is the value for the pending option; of several the first counts.
func (p *optionParser) give(value string) {
	if p.out.values[p.pending.name] == "" {
		p.out.values[p.pending.name] = value
	}
	p.pending = nil
}

func (p *optionParser) settled() error {
	if p.pending != nil {
		return mistake("MissingArgument", "Missing argument for option: %s", p.pending.name)
	}
	return nil
}
