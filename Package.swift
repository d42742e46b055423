// swift-tools-version: 6.2
import PackageDescription

/// Settings that every target shares. Warnings are errors in CI only: a new compiler's new warnings must not break
/// a user's build.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSOCKS = Target.Dependency.product(name: "NIOSOCKS", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: [Target.Dependency], _ more: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + more)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "portes",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "PrivacyPass", targets: ["PrivacyPass"]),
        .library(name: "PortesClient", targets: ["Identity", "KeyTransparency", "PortesClient", "PortesClientHTTP", "Sessions", "SignIn"]),
        .library(
            name: "PortesVerifier",
            // With the modules whose types its interface speaks in.
            targets: [
                "KeySchedule", "LibSodium", "PortesVerifier", "PrivacyPass", "Receipts", "Revocation", "Sessions",
                "SignIn", "SignInStorage", "OriginStorage",
            ]),
        // For other languages: libPortesC.so, with the header Sources/CPortes/include/portes.h.
        .library(name: "PortesC", type: .dynamic, targets: ["PortesC"]),
        .library(
            name: "HummingbirdPrivacyPass",
            targets: ["HummingbirdPrivacyPass", "KeySchedule", "PortesVerifier", "PrivacyPass", "Revocation"]),
        .executable(name: "portes", targets: ["portes"]),
    ]
        + (Context.environment["PORTES_FUZZED"] == nil
            ? [] : [.library(name: "Fuzzed", targets: ["KeyDelivery", "KeyFiles", "KeyTransparency", "PortesClient"])]),
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        // Cryptography and messages: pure.
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        module("LibSodium", ["CSodium"], [.strictMemorySafety()]),
        module("VOPRF", ["LibSodium"]),
        module("P384VOPRF", ["LibSodium", crypto, cryptoExtras]),
        module("BlindRSA", ["LibSodium", crypto, cryptoExtras]),
        module("PrivacyPass", ["BlindRSA", "LibSodium", "P384VOPRF", "VOPRF"]),

        // What both sides agree on: pure.
        module("KeySchedule", ["LibSodium", "PrivacyPass"]),
        module("JOSE", ["LibSodium", "PrivacyPass"]),
        module("Revocation", ["JOSE", "KeySchedule", "LibSodium", "PrivacyPass"]),
        module("Receipts", ["JOSE", "LibSodium", "PrivacyPass"]),
        module("KeyTransparency", ["KeySchedule", "LibSodium", "PrivacyPass", "Revocation"]),
        module("KeyDelivery", ["JOSE", "KeySchedule", "LibSodium", "PrivacyPass"]),
        module("SignIn", ["LibSodium", "PrivacyPass"]),
        module("Recovery", ["LibSodium", "PrivacyPass"]),
        module("Sessions", ["JOSE", "KeySchedule", "LibSodium", "PrivacyPass", "SignIn"]),
        module("Accounts", ["LibSodium", "PrivacyPass"]),

        // What parties say that they keep: pure.
        module("Disclosure", ["LibSodium", "PrivacyPass"]),

        // The key log's witnesses: what a log asks of them.
        module("Witnessing", ["HTTPTransport", "KeySchedule", "KeyTransparency", "LibSodium"]),

        // A witness, of any log.
        module(
            "WitnessStore",
            ["Disclosure", "KeyFiles", "KeySchedule", "KeyTransparency", "LibSodium", "SQLiteSupport", grdb]),
        module(
            "WitnessServer",
            [
                "KeySchedule", "KeyTransparency", "LibSodium", "PrivacyPass", "ServerSupport", "SQLiteSupport",
                "WitnessStore", httpTypes, hummingbird, logging, metrics, nioCore, serviceLifecycle,
            ]),

        // Issuance side.
        module("Attestation", ["Accounts", "KeySchedule", "LibSodium", "PrivacyPass"]),
        // Alone with the library that checks other parties' tokens.
        module("Statements", ["Accounts", "Attestation", "JOSE", "KeySchedule", "LibSodium", "PrivacyPass", jwtKit]),
        module("Issuance", ["KeySchedule", "LibSodium", "PrivacyPass"]),
        module(
            "AuthorityStore",
            [
                "Accounts", "Attestation", "Disclosure", "JOSE", "KeyDelivery", "KeyFiles", "KeySchedule", "KeyTransparency",
                "LibSodium", "PrivacyPass", "Recovery", "Revocation", "SQLiteSupport", grdb,
            ]),
        module(
            "AuthorityKeys",
            [
                "Issuance", "JOSE", "KeyDelivery", "KeyFiles", "KeySchedule", "KeyTransparency", "LibSodium",
                "PrivacyPass", "Revocation",
            ]),
        module(
            "AuthorityServer",
            [
                "Accounts", "Attestation", "AuthorityKeys", "AuthorityStore", "Disclosure", "HTTPTransport", "Issuance",
                "JOSE", "KeyDelivery", "KeyFiles", "KeySchedule", "KeyTransparency", "PrivacyPass", "Recovery",
                "Revocation", "SQLiteSupport", "ServerSupport", "Statements", "Witnessing", httpTypes, hummingbird,
                logging, metrics, nioCore, serviceLifecycle,
            ]),

        // Redemption side.
        module(
            "PortesVerifier",
            ["JOSE", "KeySchedule", "LibSodium", "PrivacyPass", "Receipts", "Revocation", "Sessions", "SignIn"]),
        module(
            "SignInStorage",
            ["Disclosure", "KeySchedule", "LibSodium", "PortesVerifier", "SQLiteSupport", "SignIn", grdb]),
        module(
            "OriginStorage",
            [
                "Disclosure", "KeyFiles", "KeySchedule", "LibSodium", "PortesVerifier", "PrivacyPass", "Revocation",
                "SQLiteSupport", "Sessions", grdb,
            ]),
        module(
            "HummingbirdPrivacyPass",
            [
                "JOSE", "KeySchedule", "LibSodium", "PortesVerifier", "PrivacyPass", "ServerSupport", "Sessions", "SignIn",
                httpTypes, hummingbird, nioCore,
            ]),
        module(
            "ClearingStore",
            [
                "Disclosure", "JOSE", "KeyDelivery", "KeyFiles", "KeySchedule", "LibSodium", "PortesVerifier",
                "PrivacyPass", "Receipts", "Recovery", "Revocation", "SQLiteSupport", "Sessions", grdb,
            ]),
        module(
            "ClearingServer",
            [
                "ClearingStore", "Disclosure", "HTTPTransport", "HummingbirdPrivacyPass", "JOSE", "KeyDelivery", "KeyFiles", "KeySchedule",
                "PortesVerifier", "PrivacyPass", "Receipts", "Recovery", "Revocation", "SQLiteSupport", "ServerSupport",
                "Sessions", "SignIn", httpTypes, hummingbird, logging, metrics, nioCore, serviceLifecycle,
            ]),

        // The app's side.
        module("Identity", ["LibSodium", "PrivacyPass", "SignIn"]),
        module(
            "PortesClient",
            [
                "Accounts", "Identity", "KeySchedule", "KeyTransparency", "LibSodium", "PrivacyPass", "Recovery", "Sessions",
                "SignIn", "VOPRF",
            ]),
        .target(name: "CPortes"),
        module(
            "PortesC",
            ["CPortes", "KeySchedule", "LibSodium", "PortesClient", "PortesVerifier", "PrivacyPass", "Revocation"]),
        module("PortesClientHTTP", ["HTTPTransport", "PortesClient", "PrivacyPass", "SignIn"]),

        // Beside them.
        module("KeyFiles", ["LibSodium"]),
        module("SQLiteSupport", ["Disclosure", grdb, grdbSQLite]),
        module(
            "ServerSupport",
            [
                "Disclosure", httpTypes, hummingbird, hummingbirdCore, logging, metrics, nioCore, nioHTTP1, nioHTTPTypes,
                nioHTTPTypesHTTP1, nioPosix, nioSSL, serviceLifecycle, unixSignals,
            ]),
        module("HTTPTransport", [asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSOCKS, nioSSL]),

        .executableTarget(
            name: "portes",
            dependencies: [
                "Accounts", "Attestation", "AuthorityKeys", "AuthorityServer", "AuthorityStore", "BlindRSA",
                "ClearingServer", "ClearingStore", "Disclosure", "HTTPTransport", "HummingbirdPrivacyPass", "Identity",
                "Issuance", "JOSE", "KeyDelivery", "KeyFiles", "KeySchedule", "KeyTransparency", "OriginStorage", "Statements",
                "LibSodium", "P384VOPRF", "PortesClient", "PortesClientHTTP", "PortesVerifier", "PrivacyPass",
                "Receipts", "Revocation", "SQLiteSupport", "ServerSupport", "Sessions", "SignIn", "SignInStorage", "VOPRF",
                "WitnessServer", "WitnessStore", "Witnessing",
                argumentParser, crypto, cryptoExtras, hummingbird, logging, serviceLifecycle, unixSignals, yams,
            ],
            swiftSettings: strict),

        // What several of the tests need.
        .target(
            name: "TestSupport", dependencies: ["KeyTransparency", "LibSodium"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "VerifierSupport",
            dependencies: ["KeySchedule", "LibSodium", "PortesVerifier", "PrivacyPass", "Revocation", "SignIn"],
            path: "Tests/VerifierSupport", swiftSettings: strict),
        .executableTarget(
            name: "FaultProbe",
            dependencies: ["ClearingStore", "KeyFiles", "KeySchedule", "LibSodium", "SQLiteSupport", "TestSupport"],
            path: "Tests/FaultProbe", swiftSettings: strict),

        tests("LibSodium", ["LibSodium"]),
        tests("VOPRF", ["LibSodium", "VOPRF"], resources: [.copy("Vectors")]),
        tests("P384VOPRF", ["LibSodium", "P384VOPRF", "PrivacyPass", "TestSupport"], resources: [.copy("Vectors")]),
        tests(
            "BlindRSA", ["BlindRSA", "LibSodium", "PrivacyPass", "TestSupport", crypto, cryptoExtras],
            resources: [.copy("Vectors")]),
        tests("PrivacyPass", ["LibSodium", "PrivacyPass", "TestSupport", "VOPRF"], resources: [.copy("Vectors")]),
        tests("KeySchedule", ["KeySchedule", "LibSodium", "PrivacyPass"]),
        tests("Revocation", ["JOSE", "KeySchedule", "LibSodium", "PrivacyPass", "Revocation", "TestSupport"]),
        tests("Receipts", ["JOSE", "LibSodium", "PrivacyPass", "Receipts", "TestSupport"]),
        tests("KeyDelivery", ["JOSE", "KeyDelivery", "KeySchedule", "LibSodium", "PrivacyPass", "TestSupport"]),
        tests("Recovery", ["LibSodium", "PrivacyPass", "Recovery", "TestSupport"]),
        tests("SignIn", ["LibSodium", "PrivacyPass", "SignIn", "TestSupport"]),
        tests("Sessions", ["JOSE", "KeySchedule", "LibSodium", "PrivacyPass", "Sessions", "SignIn", "TestSupport"]),
        tests("Accounts", ["Accounts", "LibSodium", "PrivacyPass", "TestSupport"]),
        tests(
            "Statements",
            ["Accounts", "Attestation", "KeySchedule", "LibSodium", "PrivacyPass", "Statements", "TestSupport", crypto]),
        tests("Identity", ["Identity", "LibSodium", "SignIn", "TestSupport"]),
        tests("KeyFiles", ["FaultProbe", "KeyFiles", "LibSodium", "TestSupport"]),
        tests("SQLiteSupport", ["Disclosure", "SQLiteSupport", "TestSupport", grdb]),
        tests("Linkage", [
            "Attestation", "AuthorityStore", "ClearingStore", "Issuance", "KeyDelivery", "KeySchedule",
            "KeyTransparency", "LibSodium", "PortesClient", "PortesVerifier", "PrivacyPass", "Revocation", "SQLiteSupport",
            "TestSupport", "VOPRF", grdb,
        ]),
        tests("KeyTransparency", [
            "KeySchedule", "KeyTransparency", "LibSodium", "PrivacyPass", "Revocation", "TestSupport", "VOPRF",
        ]),
        tests("Witness", [
            "HTTPTransport", "KeyFiles", "KeySchedule", "KeyTransparency", "LibSodium", "SQLiteSupport",
            "ServerSupport", "TestSupport", "WitnessServer", "WitnessStore", "Witnessing", grdb, httpTypes,
            hummingbird, logging, nioCore, serviceLifecycle,
        ]),
        tests("ServerSupport", [
            "ServerSupport", "TestSupport", asyncHTTPClient, httpTypes, hummingbird, hummingbirdCore, logging, metrics,
            nioCore, nioHTTP1, nioPosix, nioSSL, serviceLifecycle,
        ]),
        tests("HTTPTransport", [
            "HTTPTransport", "ServerSupport", "TestSupport", hummingbird, logging, nioCore, nioHTTP1, nioPosix,
            serviceLifecycle,
        ]),
        tests("Authority", [
            "Accounts", "Attestation", "AuthorityKeys", "AuthorityServer", "AuthorityStore", "HTTPTransport", "Issuance", "JOSE",
            "KeyDelivery", "KeyFiles", "KeySchedule", "KeyTransparency", "LibSodium", "PortesClient", "PortesClientHTTP",
            "PrivacyPass", "Recovery", "Revocation", "SQLiteSupport", "ServerSupport", "Statements", "TestSupport",
            "VOPRF", grdb, httpTypes, logging, serviceLifecycle,
        ]),
        tests("PortesVerifier", [
            "JOSE", "KeySchedule", "LibSodium", "PortesVerifier", "PrivacyPass", "Receipts", "Revocation", "Sessions",
            "SignIn", "TestSupport", "VOPRF", "VerifierSupport",
        ]),
        tests("OriginStorage", [
            "KeySchedule", "LibSodium", "OriginStorage", "PortesVerifier", "PrivacyPass", "Revocation", "Sessions",
            "SignIn", "TestSupport", "VerifierSupport", grdb,
        ]),
        tests("SignInStorage", [
            "KeySchedule", "LibSodium", "PortesVerifier", "SignIn", "SignInStorage", "TestSupport", "VerifierSupport",
            grdb,
        ]),
        tests("Clearing", [
            "FaultProbe", "ClearingServer", "ClearingStore", "HTTPTransport", "JOSE", "KeyDelivery", "KeyFiles", "KeySchedule",
            "LibSodium", "PortesVerifier", "PrivacyPass", "Receipts", "Recovery", "Revocation", "SQLiteSupport",
            "ServerSupport", "Sessions", "SignIn", "TestSupport", "VOPRF", grdb, httpTypes, hummingbird, logging, nioCore,
            serviceLifecycle,
        ]),
        tests(
            "PortesC", ["KeySchedule", "LibSodium", "PortesC", "PrivacyPass", "Revocation"],
            resources: [.copy("Python")]),
        tests("HummingbirdPrivacyPass", [
            "HTTPTransport", "HummingbirdPrivacyPass", "Identity", "KeySchedule", "LibSodium", "PortesClient",
            "PortesClientHTTP", "PortesVerifier", "PrivacyPass", "Revocation", "ServerSupport", "Sessions", "SignIn",
            "SignInStorage", "TestSupport", "VerifierSupport", httpTypes, hummingbird, logging, nioCore,
            serviceLifecycle,
        ]),
        tests("PortesClient", [
            "Accounts", "Identity", "JOSE", "KeySchedule", "KeyTransparency", "LibSodium", "PortesClient",
            "PortesClientHTTP", "PrivacyPass", "Recovery", "Revocation", "Sessions", "SignIn", "TestSupport", "VOPRF",
        ]),
        tests(
            "Interoperation",
            [
                "Accounts", "Attestation", "Statements",
                "HTTPTransport", "JOSE", "KeySchedule", "KeyTransparency", "LibSodium", "PortesClient",
                "PortesVerifier", "PrivacyPass", "Receipts", "Revocation", "ServerSupport", "Sessions",
                "SignIn", "TestSupport", "VOPRF", "WitnessServer", "Witnessing", logging, serviceLifecycle,
            ],
            resources: [.copy("Python")]),
        tests("Portes", [
            "portes", "Accounts", "Attestation", "AuthorityServer", "AuthorityStore", "BlindRSA", "ClearingServer",
            "ClearingStore", "Disclosure", "HTTPTransport", "Identity", "KeyFiles", "KeySchedule", "KeyTransparency",
            "LibSodium", "P384VOPRF", "PrivacyPass", "PortesClient", "PortesVerifier", "Recovery", "Revocation",
            "OriginStorage", "SQLiteSupport", "ServerSupport", "SignIn", "SignInStorage", "Statements", "TestSupport",
            "VOPRF",
            "WitnessStore", crypto, grdb,
        ]),
    ],
    swiftLanguageModes: [.v6]
)
