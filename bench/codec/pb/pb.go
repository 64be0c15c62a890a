// Package pb has the bench's shapes as protobuf messages. There is no .proto
// file, so that no protoc is needed: gen writes the descriptor down.
package pb

//go:generate go run ./gen
