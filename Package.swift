// swift-tools-version: 6.2
import PackageDescription

// The trait DoublePrecision turns `Scalar` into `Double`; every Swift target sees the same define.
let swift: [SwiftSetting] = [
  .define("DOUBLE_PRECISION", .when(traits: ["DoublePrecision"])),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let optimized: [CSetting] = [
  .define("NDEBUG")
]

let real = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swift)
}
func example(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: all + ["SwiftDiscrete", real], path: "Examples/" + name,
    swiftSettings: swift)
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: swift)
}

// An incremental build looks at direct dependencies only: what a target imports has to stand in its
// list, or a changed layout in a module below goes unnoticed.
let experiments: [Target.Dependency] = [
  "Tensors", "Formats", "Learning", "Stochastics", "Models", "Codes", "Datasets", "Runs",
]
let all = experiments + ["Experiments", "Optimization"]

// `Quickstart` is the README's; the tests run them all.
let examples = [
  "Quickstart", "CartPole", "Jigsaw", "Sorting", "SequenceGAN", "OneShotGAN", "NearestNeighbors",
  "MedianRegression", "OwnCode", "OwnRun", "LoadRun", "WordSegmentation", "Seating",
  "ListOps", "GraphLayout",
]

let package = Package(
  name: "swift-discrete",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "SwiftDiscrete", targets: ["SwiftDiscrete"]),
    .library(name: "Models", targets: ["Models"]),
    .library(name: "Codes", targets: ["Codes"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .library(name: "Optimization", targets: ["Optimization"]),
    .library(name: "DiscreteTesting", targets: ["DiscreteTesting"]),
    .executable(name: "discrete", targets: ["DiscreteCommand"]),
  ],
  traits: [
    .trait(
      name: "DoublePrecision",
      description:
        "Makes Scalar a Double, for gradient and exactness checks; build in a scratch path of its own."
    ),
    .trait(
      name: "MPI",
      description:
        "Lets processes that mpirun or srun has started work together; needs the flags of mpicc, which `make mpi` passes."
    ),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // MARK: C
    .target(name: "CKernels", cSettings: optimized),
    .target(
      name: "CBLAS",
      dependencies: ["CKernels"],
      cSettings: optimized,
      linkerSettings: [
        .linkedLibrary("dl", .when(platforms: [.linux])),
        .linkedFramework("Accelerate", .when(platforms: [.macOS, .iOS])),
      ]
    ),
    .target(
      name: "CMPI",
      cSettings: optimized + [.define("DISCRETE_MPI", .when(traits: ["MPI"]))]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(
      name: "CXz", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"]), .brew(["xz"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // MARK: Library, imports point upwards
    library("Tensors", ["CKernels", "CBLAS", real]),
    library(
      "Formats",
      [
        "Tensors", "CZlib", "CBzip2", "CXz",
        .target(name: "CCrypto", condition: .when(platforms: [.linux])),
      ]),
    library("Learning", ["Tensors", "Formats", "CKernels", real]),
    library("Stochastics", ["Tensors", "Learning", "CKernels", real]),
    library("Models", ["Tensors", "Formats", "Learning", "Stochastics", "CKernels", real]),
    library("Codes", ["Tensors", "Formats", "Stochastics", "Models", "CKernels", real]),
    library("Datasets", ["Tensors", "Formats", "CKernels"]),
    library(
      "Runs",
      [
        "Tensors", "Formats", "Learning", "CKernels", "CBLAS", "CMPI", real,
        .product(name: "Yams", package: "Yams"),
      ]),
    library("Experiments", experiments + ["CKernels", real]),
    library(
      "Optimization",
      ["Tensors", "Formats", "Learning", "Stochastics", "Runs", "Experiments", real]),
    library("SwiftDiscrete", all),
    library("DiscreteTesting", ["Tensors", "Learning", "Stochastics", "Codes", real]),

    // MARK: Command
    .executableTarget(
      name: "DiscreteCommand",
      dependencies: all + [
        "DiscreteTesting", "CKernels", "CBLAS", real,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swift
    ),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: ["Formats", "Learning"], path: "Tests/TestSupport",
      swiftSettings: swift),
    .target(
      name: "PageEnds", dependencies: ["CKernels", "CBLAS"], path: "Tests/PageEnds",
      cSettings: optimized),
    tests("Tensors", ["Tensors", "CKernels", "CBLAS", "DiscreteTesting", "PageEnds"]),
    tests("Formats", ["Formats", "Tensors"]),
    tests("Learning", ["Learning", "Tensors", "Formats", "DiscreteTesting"]),
    tests("Stochastics", ["Stochastics", "Learning", "Tensors", "DiscreteTesting", real]),
    tests(
      "Models",
      ["Models", "Datasets", "Formats", "Stochastics", "Learning", "Tensors", "DiscreteTesting"]),
    tests(
      "Codes",
      ["Codes", "Models", "Formats", "Stochastics", "Learning", "Tensors", "DiscreteTesting"]),
    tests("Datasets", ["Datasets", "Formats", "Tensors"]),
    tests("Runs", ["Runs", "Tensors", "Formats", "Learning"]),
    tests("Experiments", experiments + ["Experiments"]),
    tests("Optimization", all),
    tests(
      "DiscreteCommand",
      ["DiscreteCommand", "Experiments", "Formats", "Learning", "Tensors"]
        + examples.map { .target(name: $0) }),
  ] + examples.map(example),
  swiftLanguageModes: [.v6]
)
