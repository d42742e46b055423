internal import CSodium

/// The process-wide state of libsodium.
enum SodiumLibrary {
    private static let isReady = sodium_init() >= 0

    /// Initialises libsodium the first time it is called; afterwards costs one load.
    ///
    /// `sodium_init` fails only where the system has no source of randomness, and nothing that
    /// arrives from outside can make that happen. Going on without one would be worse than stopping.
    static func start() {
        precondition(isReady, "libsodium could not be initialised: no source of randomness")
    }
}
