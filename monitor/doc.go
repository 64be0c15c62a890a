// Package monitor counts calls: a Collector is an api.Observer that adds up,
// for each wall-clock minute and series, how many calls there were, how they
// ended and how long they took. It only counts. Package report sends what it
// counted to a monitor node, package store keeps it, package node serves it.
//
// A Row is the state of one minute of one series of one reporter, with a
// revision; it is never a difference. Whoever stores rows keeps, for each
// (minute, series, reporter), the one with the highest revision, so that a row
// may be sent, lost and sent again any number of times and still counts once.
package monitor
