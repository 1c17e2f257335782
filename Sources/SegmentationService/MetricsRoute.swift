import HTTPServer

/// `/metrics`: what the service counts and measures.
struct MetricsRoute {
    let registry: PrometheusRegistry

    func add(to router: inout Router) {
        router.on(.get, "/metrics") { [registry] _ in
            .now(HTTPResponse(text: registry.exposition(), contentType: PrometheusRegistry.contentType))
        }
    }
}
