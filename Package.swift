// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

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
                "SegmentationService", "Segmentation", "CLIPSeg", "Compute", "HTTPServer", "Imaging", "ModelHub",
                "HealthCheck", "Tracing", "CMemory", argumentParser, logging,
            ],
            swiftSettings: strict),

        .testTarget(
            name: "CommandTests", dependencies: ["Command", "Imaging", "Segmentation", "TestCollector"],
            swiftSettings: strict),

        // Floor 5: the HTTP API
        .target(
            name: "SegmentationService",
            dependencies: [
                "Segmentation", "Compute", "HTTPServer", "Tracing", "COpenAPI", "CWebPages", logging, metrics,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SegmentationServiceTests",
            dependencies: [
                "SegmentationService", "Segmentation", "HTTPServer", "Imaging", "Tracing", "TestCollector", logging,
                metrics,
            ],
            swiftSettings: strict),

        // Floor 4: what program and service share
        .target(
            name: "Segmentation",
            dependencies: [
                "CLIPSeg", "ModelHub", "Imaging", "Compute", "HTTPServer", "CDemoModel", "CTLS", "CZlib", logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SegmentationTests", dependencies: ["Segmentation", "CLIPSeg", "Compute", "Imaging", logging],
            exclude: ["Fixtures"], swiftSettings: strict),

        // Floor 3: the model
        .target(name: "CLIPSeg", dependencies: ["Compute", "Imaging", logging], swiftSettings: strict),
        .testTarget(
            name: "CLIPSegTests", dependencies: ["CLIPSeg", "Compute", "Imaging", logging],
            resources: [.copy("Fixtures")], swiftSettings: strict),

        .target(name: "ModelHub", dependencies: ["CCurl", "CTLS"], swiftSettings: strict),
        .testTarget(
            name: "ModelHubTests", dependencies: ["ModelHub", "HTTPServer", "TestAuthority"], swiftSettings: strict),
        .target(
            name: "TestAuthority", dependencies: ["HTTPServer", "CTLS"], path: "Tests/TestAuthority",
            swiftSettings: strict),

        // Floor 2: arithmetic, pictures, the web
        .target(
            name: "Compute",
            dependencies: ["CKernels", .target(name: "CDNNL", condition: .when(traits: ["OneDNN"]))],
            swiftSettings: strict),
        .testTarget(name: "ComputeTests", dependencies: ["Compute"], swiftSettings: strict),
        .target(name: "Imaging", dependencies: ["CPNG", "CJPEG", "CKernels"], swiftSettings: strict),
        .testTarget(
            name: "ImagingTests", dependencies: ["Imaging"], resources: [.copy("Fixtures")], swiftSettings: strict),
        .target(name: "Tracing", dependencies: ["CCurl", logging], swiftSettings: strict),
        .target(
            name: "TestCollector", dependencies: ["HTTPServer"], path: "Tests/TestCollector", swiftSettings: strict),
        .testTarget(
            name: "TracingTests", dependencies: ["Tracing", "HTTPServer", "TestCollector", logging],
            swiftSettings: strict),
        .target(name: "HTTPServer", dependencies: ["CSockets", "CTLS", logging], swiftSettings: strict),
        .testTarget(
            name: "HTTPServerTests", dependencies: ["HTTPServer", "TestAuthority", "CTLS", logging],
            swiftSettings: strict),

        .target(name: "HealthCheck", dependencies: ["CCurl"], swiftSettings: strict),
        .testTarget(name: "HealthCheckTests", dependencies: ["HealthCheck"], swiftSettings: strict),

        // Floor 1: thin C shims
        .target(
            name: "CDNNL", cSettings: strictC + [.define("CLIPSEG_ONEDNN", .when(traits: ["OneDNN"]))],
            linkerSettings: [
                .linkedLibrary("dnnl", .when(traits: ["OneDNN"])), .linkedLibrary("gomp", .when(traits: ["OneDNN"])),
            ]),
        .target(name: "CPNG", cSettings: strictC, linkerSettings: [.linkedLibrary("png16"), .linkedLibrary("z")]),
        .target(name: "CJPEG", cSettings: strictC, linkerSettings: [.linkedLibrary("jpeg")]),
        .target(
            name: "CTLS", cSettings: strictC, linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CSockets", cSettings: strictC),
        .target(name: "CCurl", cSettings: strictC, linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CKernels", cSettings: strictC),
        .target(name: "CMemory", cSettings: strictC),
        .target(name: "CDemoModel", cSettings: strictC),
        .target(name: "COpenAPI", cSettings: strictC),
        .target(name: "CZlib", cSettings: strictC, linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CWebPages", exclude: ["pages"], cSettings: strictC),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x
)

// Only for `make fuzz`: Fuzz/README.md says how it is built.
if Context.environment["CLIPSEG_FUZZ"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer", "SegmentationService", "Segmentation", "CLIPSeg", "Compute", "HTTPServer", "Imaging",
                "ModelHub", "Tracing",
            ],
            path: "Fuzz", exclude: ["CFuzzer", "Seeds", "README.md", "build", "run", "smoke", "make_seeds.py"],
            swiftSettings: strict),
    ]
}

// Only for `make docs`: nobody else needs to fetch the plugin.
if Context.environment["CLIPSEG_DOCC"] != nil {
    package.dependencies += [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0")]
}
