internal import ClearingStore
internal import KeyDelivery
internal import Logging
internal import PrivacyPass
internal import ServiceLifecycle

/// Hands the final counts of ended keys to the authority, signed, until it has answered to each.
struct CountReporter: Service {
    let source: AuthoritySource
    let database: ClearingDatabase
    let signer: CountSigner
    let verifier: VerifierID
    let interval: Duration
    let logger: Logger

    /// The longest pause between two attempts that fail.
    private static let longestPause: Duration = .seconds(3_600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = interval
            while !Task.isCancelled {
                // Sleeping ends early only when the task is cancelled.
                try? await Task.sleep(for: pause)
                pause = await reportAll() ? interval : min(pause * 2, max(Self.longestPause, interval))
            }
        }
    }

    /// Whether nothing is left to be tried again.
    private func reportAll() async -> Bool {
        guard let issuer = database.issuer, !Task.isCancelled else { return true }
        var refusal: String?
        do {
            for final in try await database.countsToReport() {
                let statement = signer.sign(
                    RedeemedCount(issuer: issuer.text, verifier: verifier, keyID: final.keyID, count: final.count))
                do {
                    try await report(statement, of: final)
                } catch AuthoritySource.SourceError.status(let status) where (400..<500).contains(status) {
                    // What is wrong with this one says nothing about the others.
                    refusal = "\(AuthoritySource.SourceError.status(status))"
                }
            }
        } catch {
            refusal = "\(error)"
        }
        guard let refusal else { return true }
        if !Task.isCancelled { logger.notice("a redeemed count stays here", metadata: ["reason": "\(refusal)"]) }
        return false
    }

    private func report(_ statement: String, of final: ClearingDatabase.FinalCount) async throws {
        let key: Logger.MetadataValue = "\(final.keyID.hexadecimal.prefix(8))"
        do {
            try await source.report(statement, by: verifier)
            try await database.note(.taken, toCountOf: final.keyID)
            logger.info("the authority has a redeemed count", metadata: ["key": key])
        } catch AuthoritySource.SourceError.status(409) {
            try await database.note(.refused, toCountOf: final.keyID)
            logger.error(
                "the authority has another redeemed count of this server, which stands", metadata: ["key": key])
        }
    }
}
