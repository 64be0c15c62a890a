package gen

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"time"
)

// directive begins the comments that speak to the generator.
const directive = "//gubbo:"

// words is a directive: its own name, one argument, flags and settings.
type words struct {
	pos   token.Pos
	name  string
	flags []string
	value map[string]string
}

// grammar tells what each directive may hold.
var grammar = map[string]struct {
	argument string // what the first word is
	flags    []string
	keys     []string
	example  string
}{
	"service":   {"the Java interface", nil, []string{"version", "group"}, "//gubbo:service com.example.UserService version=1.0.0"},
	"method":    {"the Java method", []string{"idempotent", "oneway"}, []string{"timeout", "types", "throws", "result", "callback"}, "//gubbo:method getUser idempotent timeout=500ms"},
	"callback":  {"the listener's Java interface", nil, nil, "//gubbo:callback com.example.Listener"},
	"interface": {"the Java type", nil, []string{"classes"}, "//gubbo:interface com.example.Animal classes=Dog,Cat"},
	"enum":      {"the Java enum", nil, nil, "//gubbo:enum com.example.Level"},
}

var (
	javaClass  = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*(\$[\pL_][\pL\pN_]*)*$`)
	javaMethod = regexp.MustCompile(`^[\pL_$][\pL\pN_$]*$`)
	spaced     = regexp.MustCompile(`^// gubbo:(service|method|callback|interface|enum)\b`)
	urlValue   = regexp.MustCompile(`^[\pL\pN._\-]+$`)
)

// take reads the directive called name in doc and marks it as used. It returns
// nil if there is none.
func (g *generator) take(doc *ast.CommentGroup, name string) *words {
	if doc == nil {
		return nil
	}
	var found *words
	for _, c := range doc.List {
		text, ok := strings.CutPrefix(c.Text, directive)
		if !ok {
			continue
		}
		fields := strings.Fields(text)
		if len(fields) == 0 || fields[0] != name {
			continue
		}
		g.used[c.Pos()] = true
		if found != nil {
			g.add(c.Pos(), "two %s%s directives above one declaration; keep one", directive, name)
			continue
		}
		found = g.parse(c.Pos(), name, fields[1:])
	}
	return found
}

func (g *generator) parse(pos token.Pos, name string, fields []string) *words {
	rule := grammar[name]
	w := &words{pos: pos, value: make(map[string]string)}
	if len(fields) == 0 || strings.Contains(fields[0], "=") || slices.Contains(rule.flags, fields[0]) {
		g.add(pos, "%s%s needs %s first; write e.g. %s", directive, name, rule.argument, rule.example)
		return w
	}
	w.name = fields[0]
	if pattern := map[string]*regexp.Regexp{"service": javaClass, "method": javaMethod, "callback": javaClass, "interface": javaClass, "enum": javaClass}[name]; !pattern.MatchString(w.name) {
		g.add(pos, "%s%s: %q is no Java name; write e.g. %s", directive, name, w.name, rule.example)
		w.name = ""
	}
	for _, f := range fields[1:] {
		key, value, set := strings.Cut(f, "=")
		switch {
		case !set && slices.Contains(rule.flags, key):
			w.flags = append(w.flags, key)
		case set && slices.Contains(rule.keys, key):
			if _, twice := w.value[key]; twice {
				g.add(pos, "%s%s sets %s twice; keep one", directive, name, key)
			} else if value == "" {
				g.add(pos, "%s%s: %s= has no value; write %s=…, or leave it out", directive, name, key, key)
			}
			w.value[key] = value
		case set && slices.Contains(rule.flags, key):
			g.add(pos, "%s%s: %s takes no value; write %s alone", directive, name, key, key)
		case !set && slices.Contains(rule.keys, key):
			g.add(pos, "%s%s: %s needs a value; write %s=…", directive, name, key, key)
		default:
			var known []string
			known = append(known, rule.flags...)
			for _, k := range rule.keys {
				known = append(known, k+"=")
			}
			hint := "it takes nothing more"
			if len(known) > 0 {
				hint = "it knows " + strings.Join(known, ", ")
			}
			g.add(pos, "%s%s does not know %q; %s", directive, name, f, hint)
		}
	}
	return w
}

func (w *words) has(flag string) bool { return w != nil && slices.Contains(w.flags, flag) }

// list returns the comma list under key, nil if it is not set.
func (w *words) list(key string) []string {
	if w == nil || w.value[key] == "" {
		return nil
	}
	return splitJava(w.value[key])
}

// timeout returns the value of timeout=, 0 if it is not set.
func (g *generator) timeout(w *words) time.Duration {
	if w == nil || w.value["timeout"] == "" {
		return 0
	}
	d, err := time.ParseDuration(w.value["timeout"])
	if err != nil || d < time.Millisecond || d%time.Millisecond != 0 {
		g.add(w.pos, "timeout=%s is no duration of whole milliseconds; write e.g. timeout=500ms", w.value["timeout"])
		return 0
	}
	return d
}

// unused reports directives that stand where nobody reads them.
func (g *generator) unused() {
	for _, f := range g.files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				if m := spaced.FindString(c.Text); m != "" {
					g.add(c.Pos(), "%q is no directive; write %s without a space", m, strings.Replace(m, " ", "", 1))
					continue
				}
				text, ok := strings.CutPrefix(c.Text, directive)
				if !ok || g.used[c.Pos()] {
					continue
				}
				name, _, _ := strings.Cut(text, " ")
				switch name {
				case "service":
					g.add(c.Pos(), "%sservice belongs right above an interface type", directive)
				case "method":
					g.add(c.Pos(), "%smethod belongs right above a method of an interface that has %sservice", directive, directive)
				case "callback":
					g.add(c.Pos(), "%scallback belongs right above an interface type, which is a listener", directive)
				case "interface":
					g.add(c.Pos(), "%sinterface belongs right above an interface type", directive)
				case "enum":
					g.add(c.Pos(), "%senum belongs right above a string type", directive)
				default:
					g.add(c.Pos(), "unknown directive %q; there are %sservice, %smethod, %scallback, %sinterface and %senum", directive+name, directive, directive, directive, directive, directive)
				}
			}
		}
	}
}
