package provider

import (
	"encoding/json"
	"slices"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

// define has the registry keep what the services look like, if it can: tools
// such as `gubbo call` and Dubbo's admin read it there, calls do not need it.
func (s *Server) define(services []*service, urls []api.URL) {
	d, ok := s.config.Registry.(registry.Definitions)
	if !ok {
		return
	}
	for i, svc := range services {
		text, err := definition(svc.desc.Methods, urls[i])
		if err == nil {
			err = d.Define(svc.Service, s.config.Application, string(text))
		}
		if err != nil {
			s.config.Logger.Warn("provider: the definition of a service cannot be published; tools will not know its types", "service", svc.Key(), "err", err)
		}
	}
}

// ofInstance are the parameters of a URL that differ between instances of one
// program. A definition has none of them, as all instances write the same text,
// and no secret.
var ofInstance = []string{"pid", "timestamp"}

// definition writes Dubbo's FullServiceDefinition. It describes the methods;
// what the types consist of is for the readers' own classes.
func definition(methods []api.Method, u api.URL) ([]byte, error) {
	type method struct {
		Name        string   `json:"name"`
		Parameters  []string `json:"parameterTypes"`
		Return      string   `json:"returnType"`
		Annotations []string `json:"annotations"`
	}
	d := struct {
		Name        string            `json:"canonicalName"`
		Source      string            `json:"codeSource"`
		Methods     []method          `json:"methods"`
		Types       []string          `json:"types"`
		Annotations []string          `json:"annotations"`
		Parameters  map[string]string `json:"parameters"`
	}{Name: u.Service().Interface, Types: []string{}, Annotations: []string{}, Parameters: map[string]string{}}
	for _, m := range methods {
		params := m.Params
		if params == nil {
			params = []string{}
		}
		d.Methods = append(d.Methods, method{m.Name, params, m.Result, []string{}})
	}
	for _, p := range u.Params() {
		if !slices.Contains(ofInstance, p.Key) && !api.SecretParam(p.Key) {
			d.Parameters[p.Key] = p.Value
		}
	}
	return json.Marshal(d)
}
