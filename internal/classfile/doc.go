// Package classfile reads Java class files, alone or out of a jar: names,
// flags, fields, methods, generic signatures, declared exceptions, parameter
// names. It never looks at code. internal/javaapi calls it.
//
// A jar is not trusted: no input makes it panic, and what it allocates is
// bounded by Limits and by what came. An error names jar!entry and the offset.
package classfile
