internal import Synchronization

/// The keys in force, which can be read anew while requests are served.
public final class APIKeyStore: Sendable {
    private let read: @Sendable () throws -> [UInt8]
    private let keys: Mutex<APIKeys>

    /// - Parameter read: The bytes of the file of keys, as it is now.
    public init(read: @escaping @Sendable () throws -> [UInt8]) throws {
        self.read = read
        keys = Mutex(try APIKeys(parsing: read()))
    }

    /// Reads the keys anew. If that fails, those in force stay.
    public func reload() throws {
        let new = try APIKeys(parsing: read())
        keys.withLock { $0 = new }
    }

    func name(of shown: [UInt8]) -> String? { keys.withLock { $0 }.name(of: shown) }
}
