// Package gen writes the Go code that stands between an annotated interface
// and the wire: client, registrar, and append-style Hessian code for the
// arguments, results, classes, enums and exceptions that the interface
// reaches. cmd/gubbo-gen and "gubbo gen" call Run.
//
// It reads one package at a time with go/parser and go/types. Types of other
// packages are known by name only, so that it needs neither their source nor
// a package that compiles.
package gen
