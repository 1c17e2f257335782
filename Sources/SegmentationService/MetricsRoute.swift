import HTTPServer

/// `/metrics`: what the service counts and measures.
struct MetricsRoute {
    let registry: PrometheusRegistry

    static let path = "/metrics"

    func add(to router: inout Router) {
        router.on(.get, Self.path) { [registry] _ in
            // Files of /proc are read for it, and it is long: nothing for the event loop.
            .later { HTTPResponse(text: registry.exposition(), contentType: PrometheusRegistry.contentType) }
        }
    }
}
