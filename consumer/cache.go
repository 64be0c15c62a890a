package consumer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/gubbo/gubbo/api"
)

// cache keeps the last good list of providers of each service in a file, so
// that a process starts while the registry is down. A file holds
//
//	gubbo-providers 1 <hex SHA-256 of the rest>\n
//	<service key>\n
//	<URL>\n…
//
// and is replaced as a whole, so it is either right or refused.
type cache struct {
	dir string // "" keeps nothing
	log *slog.Logger
}

const (
	cacheMagic = "gubbo-providers 1 "
	cacheMax   = 16 << 20 // bytes; what is larger was not written by us
)

func (c cache) file(s api.Service) string {
	name := api.EncodeName(s.Key())
	if len(name) > 200 { // file systems stop at 255
		sum := sha256.Sum256([]byte(name))
		name = name[:160] + "-" + hex.EncodeToString(sum[:16])
	}
	return filepath.Join(c.dir, name+".providers")
}

// save writes the list; a failure is logged, since calls do not depend on it.
func (c cache) save(s api.Service, urls []api.URL) {
	if c.dir == "" {
		return
	}
	if err := c.write(s, urls); err != nil {
		c.log.Warn("consumer: the list of providers could not be cached", "service", s.Key(), "err", err)
	}
}

func (c cache) write(s api.Service, urls []api.URL) (err error) {
	var body bytes.Buffer
	body.WriteString(s.Key())
	body.WriteByte('\n')
	for _, u := range urls {
		body.WriteString(u.String())
		body.WriteByte('\n')
	}
	sum := sha256.Sum256(body.Bytes())
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(c.dir, ".providers-*") // mode 0600: a URL may hold a token
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = fmt.Fprintf(f, "%s%x\n%s", cacheMagic, sum, body.Bytes())
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), c.file(s))
}

// load reads the list and says from which file; no file is no list and no
// error.
func (c cache) load(s api.Service) (urls []api.URL, file string, err error) {
	if c.dir == "" {
		return nil, "", nil
	}
	file = c.file(s)
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, file, nil
	}
	if err != nil {
		return nil, file, err
	}
	if info.Size() > cacheMax {
		return nil, file, fmt.Errorf("consumer: cache file %q is larger than %d bytes; delete it", file, cacheMax)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, file, err
	}
	urls, err = parseCache(s, data)
	if err != nil {
		return nil, file, fmt.Errorf("consumer: cache file %q %w; delete it", file, err)
	}
	return urls, file, nil
}

func parseCache(s api.Service, data []byte) ([]api.URL, error) {
	head, body, found := bytes.Cut(data, []byte("\n"))
	sum, ok := bytes.CutPrefix(head, []byte(cacheMagic))
	if !found || !ok {
		return nil, errors.New("does not begin like one")
	}
	if want := sha256.Sum256(body); string(sum) != hex.EncodeToString(want[:]) {
		return nil, errors.New("has a wrong checksum")
	}
	lines := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
	if lines[0] != s.Key() {
		return nil, fmt.Errorf("is of the service %q", lines[0])
	}
	urls := make([]api.URL, 0, len(lines)-1)
	for _, line := range lines[1:] {
		u, err := api.ParseURL(line)
		if err != nil {
			return nil, err
		}
		urls = append(urls, u)
	}
	return urls, nil
}
