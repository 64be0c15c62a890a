// Package javaapi tells what the interfaces and classes in Java jars mean to a
// caller: the methods of a service with all that it inherits, the fields of a
// class with those of its superclasses, type variables replaced, and each type
// both as the wire names it and as the source declares it. internal/gen/fromjar
// and internal/gen/drift call it.
//
// It knows the JDK's classes by name only; all others must be in the jars.
package javaapi
