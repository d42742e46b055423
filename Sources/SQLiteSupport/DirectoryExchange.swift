import Foundation

/// Puts one directory in the place of another in one step.
package enum DirectoryExchange {
    /// Exchanges the directories at two paths: at no time is there none. Throws
    /// ``StoreError/notExchangeable(directory:)`` with the second.
    package static func exchange(_ first: String, _ second: String) throws(StoreError) {
        guard swap(first, second) == 0 else { throw .notExchangeable(directory: second) }
    }

    #if os(Linux)
    private typealias Call = @convention(c) (
        Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
    ) -> Int32
    /// RENAME_EXCHANGE of renameat2(2).
    private static let exchangeFlag: UInt32 = 2

    private static func swap(_ first: String, _ second: String) -> Int32 {
        // The header of the system shows it to GNU programs only.
        guard let symbol = dlsym(nil, "renameat2") else { return -1 }
        return unsafeBitCast(symbol, to: Call.self)(AT_FDCWD, first, AT_FDCWD, second, exchangeFlag)
    }
    #else
    private static func swap(_ first: String, _ second: String) -> Int32 {
        renamex_np(first, second, UInt32(RENAME_SWAP))
    }
    #endif

    /// Waits until what is at a path is on the disk: a file, or the names in a directory.
    package static func sync(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: path]) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
    }
}
