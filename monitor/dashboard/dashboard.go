// Package dashboard is the monitor's web page: static files that read the
// monitor's JSON API, and nothing else. Everything is embedded, so it works
// without a network, and nothing is inline, so that a strict content security
// policy holds.
package dashboard

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed site
var files embed.FS

// Handler serves the page and its files.
func Handler() http.Handler {
	site, err := fs.Sub(files, "site")
	if err != nil {
		panic("dashboard: the embedded site is missing: " + err.Error())
	}
	server := http.FileServerFS(site)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		// A new gubbo has new files under the same names.
		w.Header().Set("Cache-Control", "no-cache")
		server.ServeHTTP(w, r)
	})
}
