import Foundation

/// A copy of a data directory that is made beside it and then takes its place in one step.
///
/// Until that step the directory is as it was; the step is there or not, whatever happens to the process. Every call
/// blocks.
package final class DirectoryReplacement: Sendable {
    /// Where the copy is until it takes its place.
    package let copyPath: String
    private let directory: DataDirectory
    /// Whether the directory was made for this.
    private let isNew: Bool

    /// A copy beside `directory`, which this process has locked; `isNew` says that it was made for this. What an
    /// earlier attempt left is removed.
    package init(of directory: DataDirectory, isNew: Bool) {
        self.directory = directory
        self.isNew = isNew
        copyPath = Self.place(directory) + ".restoring"
        removeCopy()
    }

    /// Removes the copy.
    package func removeCopy() { try? FileManager.default.removeItem(atPath: copyPath) }

    /// Syncs the copy, which nobody uses any more, and puts it in the place of the directory. Gives the path at which
    /// the old directory is now, or `nil` if there was none. Throws ``StoreError`` or a `CocoaError`.
    package func putInPlace() throws -> String? {
        for name in try FileManager.default.contentsOfDirectory(atPath: copyPath) where !name.hasSuffix(".sock") {
            try DirectoryExchange.sync(copyPath + "/" + name)
        }
        try DirectoryExchange.sync(copyPath)
        let place = Self.place(directory)
        // The old directory is to be here afterwards; so nothing has to be moved after the exchange.
        let replaced = place + ".replaced-" + String(UInt32.random(in: .min ... .max), radix: 16)
        guard rename(copyPath, replaced) == 0 else { throw StoreError.notExchangeable(directory: place) }
        do {
            try DirectoryExchange.exchange(replaced, place)
        } catch {
            try? FileManager.default.removeItem(atPath: replaced)
            throw error
        }
        try DirectoryExchange.sync(Self.parent(of: place))
        guard isNew else { return replaced }
        try? FileManager.default.removeItem(atPath: replaced)
        return nil
    }

    /// Takes the copy away; everything is as it was.
    package func discard() {
        removeCopy()
        guard isNew else { return }
        unlink(directory.path + "/portes.lock")
        rmdir(directory.path)
    }

    /// The directory's path without slashes at its end.
    private static func place(_ directory: DataDirectory) -> String {
        var path = directory.path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
