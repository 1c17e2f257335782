import CLIPSeg
import Glibc
public import ModelHub

/// Where a model comes from.
public enum ModelSource: Sendable, Equatable {
    /// What the program brings along.
    case demo
    /// A folder as `save_pretrained` writes it.
    case folder(path: String)
    /// What has been fetched from a hub.
    case repository(RepositoryReference, folder: String)

    /// What `--model` means: the path of a folder or, where there is none, the name of a repository, with or without a
    /// revision.
    ///
    /// - Parameters:
    ///   - name: The demo model if nil.
    ///   - environment: Tells where the cache is, as for huggingface_hub.
    /// - Throws: `HubError.notFetched` for a repository that is not in the cache; a path that leads nowhere is left to
    ///   whoever opens it.
    public init(_ name: String?, environment: [String: String]) throws(HubError) {
        guard let name else {
            self = .demo
            return
        }
        guard access(name, F_OK) != 0, let reference = RepositoryReference(name) else {
            self = .folder(path: name)
            return
        }
        let cache = HubCache(try HubConfiguration(environment: environment))
        guard let folder = cache.snapshot(of: reference.repository, reference.revision ?? .main) else {
            throw .notFetched(reference)
        }
        self = .repository(reference, folder: folder)
    }

    /// What to call the model: the demo's name, the last part of the folder's path, or the repository, at its
    /// revision if one was named.
    var name: String {
        switch self {
        case .demo: DemoModel.name
        case .folder(let path): path.split(separator: "/").last.map(String.init) ?? path
        case .repository(let reference, _): reference.description
        }
    }

    /// - Throws: `CheckpointError` if there is no folder.
    func checkpointFolder() throws(CheckpointError) -> CheckpointFolder {
        switch self {
        case .demo: DemoModel.folder
        case .folder(let path), .repository(_, folder: let path): try CheckpointFolder(path: path)
        }
    }
}
