// Package consumer finds the providers of a service, routes, balances, calls
// and retries. Generated clients sit on a Reference; New makes the Client that
// owns the connections behind all of them.
//
// A call walks straight: Reference.Invoke (attachments, deadline) → Filters →
// ClusterMode (pick, retry) → AttemptFilters → protocol.Client. The providers
// stand in an immutable snapshot behind an atomic pointer, which one goroutine
// per reference rebuilds when the registry, a connection or a warming weight
// changes, so that picking takes no lock and allocates nothing.
//
// Locks: none nests in another, except pool.mu, under which endpoint.mu may be
// taken.
package consumer
