import Foundation
import Testing

/// What an estimator requires stands in its type: what does not fit does not compile, and what does
/// fit beside it compiles.
@Suite(.enabled(if: TypeChecker.shared != nil, "no compiler beside the modules"))
struct RequirementTests {
  /// A body that compiles, and the same with one requirement not met.
  struct Misfit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fits: String
    let misfits: String
    /// Words of the compiler's first error.
    var reason = ""
  }

  static let hard = "(z: Bits, _: inout Philox) -> Tensor in z.tensor.sum(along: -1)"
  static let soft = "(z: Tensor, _: inout Philox) -> Tensor in z.sum(along: -1)"
  static let rows = "(z: Tensor, _: inout Philox) -> Tensor in z.sum(along: -1).sum(along: -1)"

  static func blackBox(_ name: String) -> Misfit {
    Misfit(
      testDescription: "\(name) takes no black box",
      fits:
        "var e = \(name)<Bernoulli>(); _ = e.expectation(over: bits, using: &g, of: { \(soft) })",
      misfits:
        "var e = \(name)<Bernoulli>(); _ = e.expectation(over: bits, using: &g, ofBlackBox: { \(hard) })",
      reason: "this estimator differentiates the cost"
    )
  }

  static func plain(_ name: String) -> Misfit {
    Misfit(
      testDescription: "\(name) takes no function of plain bits",
      fits: "var e = DisARM(); _ = e.expectation(over: bits, using: &g, ofEach: { $0[0] ? 1 : 0 })",
      misfits:
        "var e = \(name)<Bernoulli>(); _ = e.expectation(over: bits, using: &g, ofEach: { $0[0] ? 1 : 0 })",
      reason: "this estimator differentiates the cost")
  }

  static func ofEach(_ name: String, over q: String, other: String, cost: String) -> Misfit {
    Misfit(
      testDescription: "\(name) takes no function of events of other variables",
      fits: "var e = \(other)(); _ = e.expectation(over: \(q), using: &g, ofEach: \(cost))",
      misfits: "var e = \(name)(); _ = e.expectation(over: \(q), using: &g, ofEach: \(cost))",
      reason: "this estimator is for another distribution")
  }

  static func onClasses(_ name: String) -> Misfit {
    Misfit(
      testDescription: "\(name) takes no classes",
      fits: "var e = \(name)(); _ = e.expectation(over: bits, using: &g, of: { \(soft) })",
      misfits: "var e = \(name)(); _ = e.expectation(over: classes, using: &g, of: { \(rows) })",
      reason: "this estimator is for another distribution")
  }

  static let all: [Misfit] =
    [
      "GumbelSoftmax", "StraightThrough", "ReinMax", "MuProp", "REBAR", "DoubleControlVariate",
    ].map(blackBox) + ["ARM", "DisARM", "BitFlip", "UGC"].map(onClasses)
    + ["REBAR", "MuProp"].map(plain) + [
      ofEach("DisARM", over: "classes", other: "CARMS", cost: "{ Scalar($0[0]) }"),
      ofEach(
        "DisARM", over: "classes", other: "ARSM",
        cost: "{ (z: [Int]) -> Scalar in let sum = z.reduce(0, +); return Scalar(sum) }"),
      ofEach("CARMS", over: "bits", other: "ARMS", cost: "{ $0[0] ? 1 : 0 }"),
      ofEach(
        "UnorderedSet<Bernoulli>", over: "classes",
        other: "UnorderedSet<Categorical>", cost: "{ Scalar($0[0]) }"),
      Misfit(
        testDescription: "DisARM takes no black box of classes",
        fits:
          "var e = ARSM(); _ = e.expectation(over: classes, using: &g, ofBlackBox: { (z: Classes, _: inout Philox) -> Tensor in z.oneHot })",
        misfits:
          "var e = DisARM(); _ = e.expectation(over: classes, using: &g, ofBlackBox: { (z: Classes, _: inout Philox) -> Tensor in z.oneHot })",
        reason: "this estimator is for another distribution"),
      Misfit(
        testDescription: "REBAR takes no law without a coupling",
        fits: "_ = REBAR<Categorical>()", misfits: "_ = REBAR<Remainder<Categorical>>()"),
      Misfit(
        testDescription: "a relaxed sample is not a sample of a black box",
        fits: "_ = bits.logProbability(Bits(.zeros([1, 2])))",
        misfits: "_ = bits.logProbability(Tensor.zeros([1, 2]))"),
      Misfit(
        testDescription: "the tokens of a sequence are not relaxed jointly by RELAX",
        fits:
          "_ = RELAX<Categorical>(critic: Critic(inputs: 3, using: &g)); _ = StepwiseRELAX(vocabulary: 3, stateSize: 2, using: &g)",
        misfits: "_ = RELAX<SequenceGenerator>(critic: Critic(inputs: 3, using: &g))"),
      Misfit(
        testDescription: "a recurrent discriminator judges tokens, one of filters does not",
        fits:
          "func f(_ gan: inout SequenceGAN<PolicyGradient<NoBaseline>, TokenDiscriminator>) throws { _ = try gan.followTokens(2, discount: 1, using: &g) }",
        misfits:
          "func f(_ gan: inout SequenceGAN<PolicyGradient<NoBaseline>, SequenceDiscriminator>) throws { _ = try gan.followTokens(2, discount: 1, using: &g) }"
      ),
      Misfit(
        testDescription: "ARSM takes no bits",
        fits: "let e: any GradientEstimator<Categorical> = ARSM(); _ = e",
        misfits: "let e: any GradientEstimator<Bernoulli> = ARSM(); _ = e"),
      Misfit(
        testDescription: "VIMCO is a bound, not an expectation",
        fits: "let e: any BoundEstimator<Bernoulli> = VIMCO(samples: 2); _ = e",
        misfits: "let e: any GradientEstimator<Bernoulli> = VIMCO(samples: 2); _ = e"),
      Misfit(
        testDescription: "a sampled divergence takes no relaxation",
        fits: "_ = BoundEstimation<Bernoulli>.analytic(GumbelSoftmax<Bernoulli>())",
        misfits: "_ = BoundEstimation<Bernoulli>.sampled(GumbelSoftmax<Bernoulli>())"),
      Misfit(
        testDescription: "a layer of a belief network takes no relaxation",
        fits: "_ = LayerEstimators<Bernoulli>([DisARM()])",
        misfits: "_ = LayerEstimators<Bernoulli>([ReinMax<Bernoulli>()])"),
    ]

  @Test("what does not fit does not compile", arguments: all)
  func misfit(misfit: Misfit) throws {
    let checker = try #require(TypeChecker.shared)
    #expect(try checker.errors(in: misfit.fits) == "")
    let errors = try checker.errors(in: misfit.misfits)
    let first = errors.split(separator: "\n").first { $0.contains("error:") }
    #expect(first?.contains(misfit.reason.isEmpty ? "error:" : misfit.reason) == true, "\(errors)")
  }

  @Test("the example of the README with a cost of one's own compiles")
  func readme() throws {
    let checker = try #require(TypeChecker.shared)
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let examples = text.split(separator: "```swift\n").dropFirst()
      .compactMap { $0.split(separator: "```").first }
    let example = try #require(examples.first { $0.contains("ofEach") })
    #expect(try checker.errors(in: "", before: String(example)) == "")
  }
}

/// The compiler, and where the modules that the tests are linked with lie.
struct TypeChecker: Sendable {
  private let modules: URL
  private let sources: URL

  static let shared = TypeChecker()

  private init?() {
    let arguments = CommandLine.arguments
    let bundle =
      arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments[0]
    sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    var folder = URL(filePath: bundle).absoluteURL
    while folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: "Modules/Stochastics.swiftmodule")
      if FileManager.default.fileExists(atPath: candidate.path) {
        modules = folder
        guard (try? run(["--version"])) != nil else { return nil }
        return
      }
    }
    return nil
  }

  /// Where the package manager keeps the sources of other packages: beside or above the modules.
  private var fetched: String? {
    var folder = modules
    while folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: "checkouts").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    return nil
  }

  /// What the compiler says of statements in a function of two laws and a generator; nothing if it
  /// is content.
  ///
  /// - Parameter script: what stands at the top of the file.
  func errors(in body: String, before script: String = "") throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).swift")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = """
      import DiscreteTesting
      import Learning
      import Models
      import Stochastics
      import Tensors
      \(script.replacing("import SwiftDiscrete", with: ""))
      func body(_ bits: Bernoulli, _ classes: Categorical, _ g: inout Philox) { \(body) }
      """
    try text.write(to: file, atomically: true, encoding: .utf8)
    var arguments = ["-typecheck", "-swift-version", "6", "-I", modules.path + "/Modules"]
    let shims = "/swift-numerics/Sources/_NumericsShims/include"
    if let fetched { arguments += ["-I", fetched + shims] }
    for name in ["CBzip2", "CCrypto", "CXz", "CZlib"] {
      arguments += ["-I", sources.appending(path: name).path]
    }
    for name in ["CKernels", "CBLAS"] {
      arguments += ["-Xcc", "-fmodule-map-file=\(modules.path)/\(name).build/module.modulemap"]
    }
    let output = try run(arguments + [file.path])
    return output.contains("error:") ? output : ""
  }

  private func run(_ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["swiftc"] + arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
