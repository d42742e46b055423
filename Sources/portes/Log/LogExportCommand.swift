import ArgumentParser
import AuthorityServer
import Foundation

/// `portes log export`: the key log as static files.
struct LogExportCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the published key log as static files, for any web server and for a restore.",
        discussion: """
            The directory then has checkpoint, key and tile/…, as the authority serves them under /log, and the \
            revocation list under revocations/. Files of an earlier export that are still right stay as they are, and \
            the checkpoint is replaced last. Keep it on another machine: with it an authority that is restored from a \
            backup goes on where it had published (portes authority restore --log DIR).

            EXAMPLE: portes log export /srv/www/log
            """)

    @Argument(help: "The directory; made if it is absent.") var directory: String
    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .exportLog }

    func show(_ reply: AdminReply) throws {
        guard case .logExport(let export) = reply else { throw reply.unexpected }
        let root = URL(filePath: directory)
        // The checkpoint last: whoever reads meanwhile finds every tile that it covers.
        for file in export.files.sorted(by: { !$0.path.hasPrefix("checkpoint") && $1.path.hasPrefix("checkpoint") }) {
            let place = root.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            if (try? Data(contentsOf: place)) != file.bytes { try file.bytes.write(to: place, options: .atomic) }
        }
        if options.json { return try Output.json(["size": export.size, "files": UInt64(export.files.count)]) }
        try Output.data("\(export.size) entries in \(export.files.count) files under \(directory)")
    }
}
