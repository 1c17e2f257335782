import Foundation

/// A configuration file that can't be used.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, what is wrong with it, and what it should say.
    public let description: String
}

/// The keys of a configuration file, or of an object in one, read with defaults and checked.
struct ConfigurationValues {
    /// Larger files are no configuration.
    private static let maxByteCount = 1 << 20
    /// Larger numbers are no sizes of a model.
    private static let maxCount = 1 << 24

    private let file: String
    private let path: String
    private let values: [String: JSONValue]

    init(json: some Sequence<UInt8>, file: String) throws(ConfigurationError) {
        let data = Data(json)
        guard data.count <= Self.maxByteCount else {
            throw ConfigurationError(description: "\(file) has \(data.count) bytes: too large for a configuration")
        }
        do {
            values = try JSONDecoder().decode([String: JSONValue].self, from: data)
        } catch {
            throw ConfigurationError(description: "\(file) is not a JSON object: is it complete?")
        }
        self.file = file
        path = ""
    }

    private init(file: String, path: String, values: [String: JSONValue]) {
        self.file = file
        self.path = path
        self.values = values
    }

    /// The value of `key`; null counts as absent.
    private func value(_ key: String) -> JSONValue? {
        guard let value = values[key], value != .null else { return nil }
        return value
    }

    func nested(_ key: String) throws(ConfigurationError) -> ConfigurationValues? {
        guard let value = value(key) else { return nil }
        guard case .object(let nested) = value else { throw error(key, "should be an object") }
        return ConfigurationValues(file: file, path: path + key + ".", values: nested)
    }

    /// The object of the first of `keys` that has one; else an empty one, which leaves everything to the defaults.
    func firstNested(_ keys: String...) throws(ConfigurationError) -> ConfigurationValues {
        for key in keys {
            if let nested = try nested(key) { return nested }
        }
        return ConfigurationValues(file: file, path: path, values: [:])
    }

    /// A positive size.
    func count(_ key: String, _ fallback: Int) throws(ConfigurationError) -> Int {
        let count = try integer(key, fallback)
        guard (1...Self.maxCount).contains(count) else {
            throw error(key, "is \(count); it should be between 1 and \(Self.maxCount)")
        }
        return count
    }

    /// The side of a square: one size, or the same one twice.
    func side(_ key: String, _ fallback: Int) throws(ConfigurationError) -> Int {
        guard case .array = value(key) else { return try count(key, fallback) }
        let sides = try integers(key, [])
        guard sides.count == 2, sides[0] == sides[1], (1...Self.maxCount).contains(sides[0]) else {
            throw error(key, "is \(sides); only squares are supported")
        }
        return sides[0]
    }

    /// The sides of an image: one for a square, a list of height and width, or an object that names them.
    func size(_ key: String, height: Int, width: Int) throws(ConfigurationError) -> (height: Int, width: Int) {
        switch value(key) {
        case .object:
            guard let size = try nested(key) else { return (height, width) }
            // An absent side counts as 0: the reference can't resize to one of them alone either.
            return (try size.count("height", 0), try size.count("width", 0))
        case .array:
            let sides = try integers(key, [])
            guard sides.count == 2, sides.allSatisfy({ (1...Self.maxCount).contains($0) }) else {
                throw error(key, "is \(sides); a list should be a height and a width")
            }
            return (sides[0], sides[1])
        case nil: return (height, width)
        default:
            let side = try count(key, 0)
            return (side, side)
        }
    }

    func integer(_ key: String, _ fallback: Int) throws(ConfigurationError) -> Int {
        try optionalInteger(key, fallback) ?? fallback
    }

    func optionalInteger(_ key: String, _ fallback: Int?) throws(ConfigurationError) -> Int? {
        guard let value = value(key) else { return values[key] == nil ? fallback : nil }
        return try integer(value, key)
    }

    func integers(_ key: String, _ fallback: [Int]) throws(ConfigurationError) -> [Int] {
        guard let value = value(key) else { return fallback }
        guard case .array(let elements) = value else { throw error(key, "should be a list of integers") }
        return try elements.map { element throws(ConfigurationError) in try integer(element, key) }
    }

    private func integer(_ value: JSONValue, _ key: String) throws(ConfigurationError) -> Int {
        guard case .number(let number) = value, let integer = Int(exactly: number) else {
            throw error(key, "should be an integer")
        }
        return integer
    }

    func number(_ key: String, _ fallback: Float) throws(ConfigurationError) -> Float {
        guard let value = value(key) else { return fallback }
        guard case .number(let number) = value, Float(number).isFinite else {
            throw error(key, "should be a number that fits 32 bits")
        }
        return Float(number)
    }

    /// What is added to a variance before its root is taken.
    func epsilon(_ key: String, _ fallback: Float) throws(ConfigurationError) -> Float {
        let epsilon = try number(key, fallback)
        guard epsilon >= 0 else { throw error(key, "is \(epsilon); it should not be negative") }
        return epsilon
    }

    func numbers(_ key: String, count: Int, _ fallback: [Float]) throws(ConfigurationError) -> [Float] {
        guard let value = value(key) else { return fallback }
        guard case .array(let elements) = value, elements.count == count else {
            throw error(key, "should be a list of \(count) numbers")
        }
        return try elements.map { element throws(ConfigurationError) in
            guard case .number(let number) = element, Float(number).isFinite else {
                throw error(key, "should be a list of numbers that fit 32 bits")
            }
            return Float(number)
        }
    }

    func flag(_ key: String, _ fallback: Bool) throws(ConfigurationError) -> Bool {
        guard let value = value(key) else { return fallback }
        guard case .bool(let flag) = value else { throw error(key, "should be true or false") }
        return flag
    }

    func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let string) = value else { throw error(key, "should be a string") }
        return string
    }

    func activation(_ key: String, _ fallback: HiddenActivation) throws(ConfigurationError) -> HiddenActivation {
        guard let name = try string(key) else { return fallback }
        guard let activation = HiddenActivation(rawValue: name) else {
            let known = HiddenActivation.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(key, "is “\(name)”; supported are \(known)")
        }
        return activation
    }

    func requireDivisor(
        _ divisor: Int, _ key: String, of number: Int, _ numberKey: String
    ) throws(ConfigurationError) {
        guard number % divisor == 0 else {
            throw error(key, "is \(divisor), which does not divide the \(numberKey) of \(number)")
        }
    }

    func error(_ key: String, _ problem: String) -> ConfigurationError {
        ConfigurationError(description: "\(file): \(path)\(key) \(problem)")
    }
}
