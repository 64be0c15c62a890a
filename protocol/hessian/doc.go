// Package hessian turns Go values into Hessian 2 bytes and back, as Dubbo's
// hessian-lite writes and reads them. It imports the standard library only and
// is usable alone.
//
// Generated code calls Encoder and Decoder directly; Codec does the same for
// plain structs by reflection, slower. Both have sticky errors: call on, look
// at Err once at the end. No input makes a Decoder panic, build a class that
// Types does not name, or allocate much more than the input justifies.
//
// Where Java differs: see the notes in notes.go.
package hessian
