package interop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/provider"
)

// gson is the suite of callers that send JSON; its twin is GsonCalls.java.
var gson = suiteOf("gson", func(srv *provider.Server, group string) (notified, error) {
	return nil, registerTypes(srv, group+"-gson", provider.Generic())
}, connectGson, []call[*gsonClient]{
	{name: "void", run: func(ctx context.Context, c *gsonClient) (string, error) {
		return same("null")(c.services["Everything"].InvokeJSON(ctx, "nothing", nil, nil))
	}},
	{name: "overload", run: func(ctx context.Context, c *gsonClient) (string, error) {
		got, err := c.services["Everything"].InvokeJSON(ctx, "find", []string{javaString}, []string{`"Ada"`})
		if err != nil {
			return "", err
		}
		return got, c.equal(got, `{"name":"Ada"}`)
	}},
	{name: "null.primitive", run: func(ctx context.Context, c *gsonClient) (string, error) {
		got, err := c.services["Everything"].InvokeJSON(ctx, "int32", nil, []string{"null"}) // Java's own method throws
		if code := api.CodeOf(err); code == api.OK || code == api.Timeout {
			return "", fmt.Errorf("got %s, %w", got, err)
		}
		return err.Error(), nil
	}},
	{name: "exception", run: func(ctx context.Context, c *gsonClient) (string, error) {
		_, err := c.services["Everything"].InvokeJSON(ctx, "find", []string{"long"}, []string{"7"})
		return genericThrown("lab.types.NotFoundException", "no node 7", err)
	}},
	{name: "enum.null", run: func(ctx context.Context, c *gsonClient) (string, error) {
		return "", c.row(ctx, []string{"Collections", "levelArray", `["LOW",null,"HIGH"]`, "="})
	}},
	{name: "calendar", run: func(ctx context.Context, c *gsonClient) (string, error) {
		return "", c.row(ctx, []string{"Library", "gregorianCalendar", `{"year":2024,"month":9,"dayOfMonth":27,"hourOfDay":3,"minute":33,"second":20}`, "="})
	}},
	{name: "everything", run: gsonRows("Everything")},
	{name: "library", run: gsonRows("Library")},
	{name: "collections", run: gsonRows("Collections")},
	{name: "relations", run: gsonRows("Relations")},
})

// gsonClient calls the services of lab.types, by their names.
type gsonClient struct {
	services map[string]*consumer.Generic
	values   bool // the provider answers with values
}

func connectGson(at place) (*gsonClient, error) {
	c := &gsonClient{services: make(map[string]*consumer.Generic), values: at.version != "" && !strings.HasPrefix(at.version, "3.3.")}
	if c.values && !at.registry {
		at.direct += "?release=" + at.version
	}
	var errs []error
	for _, name := range []string{"Everything", "Library", "Collections", "Relations"} {
		g, err := at.cli.Generic(api.Service{Interface: "lab.types." + name}, at.opts("-gson", consumer.Attach(caseAttachment, unchecked))...)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.services[name] = g
	}
	return c, errors.Join(errs...)
}

// gsonRows makes the calls of all rows of a service.
func gsonRows(service string) func(context.Context, *gsonClient) (string, error) {
	return func(ctx context.Context, c *gsonClient) (string, error) {
		file, err := os.ReadFile("java/src/lab/peer/types/gson.txt")
		if err != nil {
			return "", err
		}
		n := 0
		var wrong []error
		for line := range strings.Lines(string(file)) {
			row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(row) != 4 || row[0] != service {
				continue
			}
			n++
			if err := c.row(ctx, row); err != nil {
				wrong = append(wrong, fmt.Errorf("%s(%s): %w", row[1], row[2], err))
			}
		}
		if n == 0 || len(wrong) > 0 {
			return "", fmt.Errorf("%d of %d: %w", len(wrong), n, errors.Join(wrong...))
		}
		return fmt.Sprint(n, " calls"), nil
	}
}

func (c *gsonClient) row(ctx context.Context, row []string) error {
	in, out := row[2], row[3]
	if out == "=" {
		out = in
	}
	got, err := c.services[row[0]].InvokeJSON(ctx, row[1], nil, []string{in})
	if out == "!" {
		_, err = refusedJSON(got, err)
		return err
	}
	if c.values && row[1] == "byUUID" && err != nil && strings.Contains(err.Error(), "the key of a map is a map") {
		return nil
	}
	if err != nil {
		return err
	}
	if c.values && row[0] == "Library" && json.Valid([]byte(got)) {
		return nil // of the JDK's classes it has the getters
	}
	return c.equal(got, out)
}

func refusedJSON(got string, err error) (string, error) {
	if code := api.CodeOf(err); code == api.OK || code == api.Timeout || code == api.Business {
		return "", fmt.Errorf("got %s, %w", got, err)
	}
	return err.Error(), nil
}

// java9Date is how Gson writes a date on Java 9 and later; gubbo does as Gson
// on Java 8.
var java9Date = regexp.MustCompile(`([A-Z][a-z]{2} \d+, \d{4}), (\d+:\d\d:\d\d [AP]M)`)

// equal compares two texts in which the order of keys does not count, but the
// digits of numbers do.
func (c *gsonClient) equal(got, want string) error {
	var trees [2]any
	for i, text := range []string{got, want} {
		d := json.NewDecoder(strings.NewReader(java9Date.ReplaceAllString(text, "$1 $2")))
		d.UseNumber()
		if err := d.Decode(&trees[i]); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	if c.values {
		dropClass(trees[0])
		dropClass(trees[1])
	}
	if !reflect.DeepEqual(trees[0], trees[1]) {
		return fmt.Errorf("got %s, want %s", got, want)
	}
	return nil
}

// dropClass takes out the names of classes that values have.
func dropClass(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "class")
		for _, item := range v {
			dropClass(item)
		}
	case []any:
		for _, item := range v {
			dropClass(item)
		}
	}
}
