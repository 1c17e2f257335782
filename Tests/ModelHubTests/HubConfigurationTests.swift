import Foundation
import Testing

@testable import ModelHub

@Suite struct HubConfigurationTests {
    @Test("Where the cache is, by the variables that huggingface_hub reads")
    func cacheFolder() throws {
        let cases: [([String: String], String)] = [
            (["HOME": "/h"], "/h/.cache/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x", "HF_HOME": "/f"], "/f/hub"),
            (["HOME": "/h", "HF_HOME": "~/f"], "/h/f/hub"),
            (["HOME": "/h", "HF_HOME": "/f", "HF_HUB_CACHE": "/c"], "/c"),
            (["HOME": "/h", "HF_HOME": "", "HF_HUB_CACHE": ""], "/h/.cache/huggingface/hub"),
        ]
        for (environment, folder) in cases {
            #expect(try HubConfiguration(environment: environment).cacheFolder == folder)
        }
    }

    @Test(
        "Endpoints that would send weights and tokens in the clear, or are none",
        arguments: [
            "http://hub.example", "ftp://a", "https://", "hub.example", "http://localhost.example", "https://a b",
        ])
    func badEndpoint(text: String) {
        #expect(throws: HubError.self) { try HubConfiguration(environment: ["HF_ENDPOINT": text]) }
    }

    @Test(
        "Endpoints",
        arguments: ["https://hub.example/", "http://localhost:8000", "http://127.0.0.1", "http://[::1]:1/"])
    func endpoint(text: String) throws {
        let endpoint = try HubConfiguration(environment: ["HF_ENDPOINT": text]).endpoint
        #expect(!endpoint.hasSuffix("/"))
        #expect(text.hasPrefix(endpoint))
    }

    @Test("The token comes from the environment or from its file, and can't break a header") func token() throws {
        let file = NSTemporaryDirectory() + "clipseg-token-" + UUID().uuidString
        try "hf_file\nsecond line".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(try HubConfiguration(environment: ["HF_TOKEN_PATH": file]).token == "hf_file")
        #expect(try HubConfiguration(environment: ["HF_TOKEN_PATH": file, "HF_TOKEN": "hf_one"]).token == "hf_one")
        #expect(try HubConfiguration(environment: ["HF_TOKEN": " hf_one\n"]).token == "hf_one")
        #expect(try HubConfiguration(environment: ["HF_TOKEN": "hf_one\r\nX: y"]).token == nil)
        #expect(try HubConfiguration(environment: ["HF_TOKEN": "hf_ü"]).token == nil)
        #expect(try HubConfiguration(environment: ["HF_HOME": "/nowhere"]).token == nil)
    }

    @Test("Offline, by the words that huggingface_hub takes for yes", arguments: ["1", "true", "YES", "On"])
    func offline(word: String) throws {
        #expect(try HubConfiguration(environment: ["HF_HUB_OFFLINE": word]).isOffline)
    }
}
