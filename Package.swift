// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

// A target may import only targets on floors below it.
let package = Package(
    name: "clipseg",
    products: [
        .library(name: "CLIPSeg", targets: ["CLIPSeg", "Compute", "Imaging"]),
        .executable(name: "clipseg", targets: ["Command"]),
    ],
    traits: [
        .trait(name: "OneDNN", description: "Compute with oneDNN instead of portable Swift"),
        .default(enabledTraits: ["OneDNN"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        // Floor 6: the program
        .executableTarget(
            name: "Command",
            dependencies: [
                "SegmentationService", "Segmentation", "CLIPSeg", "Compute", "HTTPServer", "Imaging", argumentParser,
                logging,
            ],
            swiftSettings: strict),

        .testTarget(name: "CommandTests", dependencies: ["Command", "Imaging"], swiftSettings: strict),

        // Floor 5: the HTTP API
        .target(
            name: "SegmentationService",
            dependencies: ["Segmentation", "Compute", "HTTPServer", "COpenAPI", logging, metrics],
            swiftSettings: strict),
        .testTarget(
            name: "SegmentationServiceTests",
            dependencies: ["SegmentationService", "Segmentation", "HTTPServer", "Imaging", logging, metrics],
            swiftSettings: strict),

        // Floor 4: what program and service share
        .target(
            name: "Segmentation", dependencies: ["CLIPSeg", "Imaging", "Compute", "CDemoModel", logging],
            swiftSettings: strict),
        .testTarget(
            name: "SegmentationTests", dependencies: ["Segmentation", "CLIPSeg", "Compute", "Imaging", logging],
            swiftSettings: strict),

        // Floor 3: the model
        .target(name: "CLIPSeg", dependencies: ["Compute", "Imaging", logging], swiftSettings: strict),
        .testTarget(
            name: "CLIPSegTests", dependencies: ["CLIPSeg", "Compute", "Imaging", logging],
            resources: [.copy("Fixtures")], swiftSettings: strict),

        // Floor 2: arithmetic, pictures, the web
        .target(
            name: "Compute",
            dependencies: ["CKernels", .target(name: "CDNNL", condition: .when(traits: ["OneDNN"]))],
            swiftSettings: strict),
        .testTarget(name: "ComputeTests", dependencies: ["Compute"], swiftSettings: strict),
        .target(name: "Imaging", dependencies: ["CPNG", "CJPEG"], swiftSettings: strict),
        .testTarget(
            name: "ImagingTests", dependencies: ["Imaging"], resources: [.copy("Fixtures")], swiftSettings: strict),
        .target(name: "HTTPServer", dependencies: ["CSockets", "CTLS", logging], swiftSettings: strict),
        .testTarget(name: "HTTPServerTests", dependencies: ["HTTPServer", "CTLS", logging], swiftSettings: strict),

        // Floor 1: thin C shims
        .target(
            name: "CDNNL", cSettings: [.define("CLIPSEG_ONEDNN", .when(traits: ["OneDNN"]))],
            linkerSettings: [
                .linkedLibrary("dnnl", .when(traits: ["OneDNN"])), .linkedLibrary("gomp", .when(traits: ["OneDNN"])),
            ]),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png16"), .linkedLibrary("z")]),
        .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CSockets"),
        .target(name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CKernels"),
        .target(name: "CDemoModel"),
        .target(name: "COpenAPI"),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x
)
