// Package gen writes the Go code that stands between an annotated interface
// and the wire: client, registrar, and append-style Hessian code for the
// arguments, results, classes, enums and exceptions that the interface
// reaches. cmd/gubbo-gen and "gubbo gen" call Run; docs/types.md says what
// each Go type is in Java.
//
// It reads packages with go/parser and go/types. Of other packages it knows
// the names only, and reads one when a signature or a field uses a type of it,
// so that nothing needs to compile.
package gen
