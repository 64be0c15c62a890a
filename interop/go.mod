module github.com/gubbo/gubbo/interop

go 1.26.0

require (
	github.com/gubbo/gubbo v0.0.0
	github.com/prometheus/client_model v0.5.0
	github.com/prometheus/common v0.48.0
	go.uber.org/goleak v1.3.0
)

require google.golang.org/protobuf v1.32.0 // indirect

replace github.com/gubbo/gubbo => ../
