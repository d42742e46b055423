internal import ClearingStore
internal import Disclosure
internal import Hummingbird
internal import HummingbirdPrivacyPass
internal import KeySchedule
internal import PortesVerifier
internal import PrivacyPass
internal import Revocation
internal import ServerSupport

extension ClearingApplication {
    /// What everybody may call.
    static func publicRouter(
        _ redeemer: Redeemer, _ readiness: Readiness, _ keys: ClearingKeySet, _ filters: SpentFilters,
        _ sessions: SessionService?, _ disclosure: WhatWeHold, _ metrics: RequestMetrics
    ) -> Router<ServerContext> {
        let router = ServerRouter.make(
            metrics: metrics, crossOrigin: RedemptionRoutes.crossOrigin.union(ClearingSessions.crossOrigin),
            crossOriginFields: [.portesBinding, .dpop])
        RedemptionRoutes(redeemer: redeemer).add(to: router)
        BatchRoute(redeemer: redeemer).add(to: router)
        KeySetRoute.add(to: router, keys)
        filters.add(to: router)
        if let sessions { ClearingSessions.add(sessions, to: router) }
        router.addDisclosure(disclosure)
        router.addHealth(readiness.checks)
        return router
    }

    /// What the admin may call, through a socket in the data directory.
    static func adminRouter(
        _ readiness: Readiness, _ snapshot: SnapshotRoute, _ metrics: PrometheusMetrics
    ) -> Router<ServerContext> {
        let router = ServerRouter.make()
        snapshot.add(to: router)
        router.addMetrics(metrics)
        router.addHealth(readiness.checks)
        return router
    }
}

/// Whether the server can accept good tokens.
struct Readiness: Sendable {
    let database: ClearingDatabase
    let watch: DirectoryWatch
    let capabilities: Set<Capability>?
    let time: any TimeSource

    var checks: [ReadinessCheck] {
        [
            ReadinessCheck("verifier-trust") { !database.state.verifier.isRevoked },
            ReadinessCheck("keys") { hasKeys },
            ReadinessCheck("revocation-list") { isFresh },
            ReadinessCheck("next-key") { watch.isComplete },
        ]
    }

    /// A key whose tokens are accepted now is here for every capability.
    private var hasKeys: Bool {
        let (verifier, now) = (database.state.verifier, time.now())
        let accepted = verifier.keys.values.map(\.record).filter { verifier.acceptsTokens(of: $0, at: now.wall) }
        guard let capabilities else { return !accepted.isEmpty }
        return capabilities.isSubset(of: accepted.map(\.capability))
    }

    /// The revocation list is recent enough for every capability.
    private var isFresh: Bool {
        let (verifier, now) = (database.state.verifier, time.now())
        let present = capabilities ?? Set(verifier.keys.values.map(\.record.capability))
        let limits = present.map { verifier.limits.limit(for: $0) }
        return verifier.freshness.isFresh(at: now, limit: limits.min() ?? verifier.limits.standard)
    }
}
