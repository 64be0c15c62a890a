// Package dubbo speaks dubbo://, the binary protocol of Apache Dubbo, with
// Hessian2 bodies: as Java Dubbo 2.6 to 3.3 does, and as docs/wire/dubbo.md
// tells. It gives one value, Protocol, which consumer and provider call through
// the interfaces of package protocol. Arguments and replies must implement
// hessian.Body, as generated code does.
//
// It never chooses a provider, retries a call or logs: it returns *api.Error,
// or tells ServeOptions.OnError.
package dubbo
