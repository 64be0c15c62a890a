//go:build race

package task

const raceEnabled = true // sync.Pool drops items at random under the detector
