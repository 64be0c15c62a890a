module github.com/gubbo/gubbo/interop

go 1.26.0

require (
	github.com/gubbo/gubbo v0.0.0
	go.uber.org/goleak v1.3.0
)

replace github.com/gubbo/gubbo => ../
