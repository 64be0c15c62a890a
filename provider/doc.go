// Package provider publishes services: it takes calls from a protocol, finds
// the method, runs the filters and the user's method, tells observers, and
// keeps the services' URLs standing in a registry until it leaves gracefully.
//
// Programs make a Server with New, hand it implementations through the
// Register functions that gubbo-gen writes, and call Run. The package handles
// no signals, never exits the process and has no variable that changes.
package provider
