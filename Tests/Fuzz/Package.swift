// swift-tools-version: 6.2
import PackageDescription

/// Fuzzing of every decoder that reads what strangers send; see `run`. A package of its own, because everything in it
/// is built with libFuzzer's instrumentation.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "portes", path: "../..")],
    targets: [
        .target(
            name: "FuzzedDecoders",
            dependencies: [
                .product(name: "Fuzzed", package: "portes"), .product(name: "PrivacyPass", package: "portes"),
                .product(name: "PortesVerifier", package: "portes"),
            ],
            swiftSettings: settings),
        .executableTarget(name: "Fuzz", dependencies: ["FuzzedDecoders"], swiftSettings: settings),
        .executableTarget(name: "Seeds", dependencies: ["FuzzedDecoders"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
