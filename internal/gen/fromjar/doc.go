// Package fromjar writes a Go contract from Java jars: annotated interfaces,
// structs, enums and exceptions, as internal/gen takes them. "gubbo gen --from"
// calls it.
package fromjar
