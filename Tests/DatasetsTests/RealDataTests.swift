import Datasets
import Formats
import Tensors
import TestSupport
import Testing

@Suite("Real data")
struct RealDataTests {
  @Test(
    "Real data are what their authors publish, and read as such",
    .enabled(
      if: try fileExists("\(realDataFolder)/mnist"), "the real data are not beside the package"),
    arguments: [
      ("mnist", [60_000, 10_000, 10_000], 33.3184 / 255),
      ("fashion-mnist", [60_000, 10_000, 10_000], 72.9404 / 255),
      ("binarized-mnist", [50_000, 10_000, 10_000], 0.1306),
    ])
  func published(_ name: String, _ counts: [Int], _ mean: Double) throws {
    let known = try #require(KnownData.named(name))
    for (file, finding) in try known.verify(in: "\(realDataFolder)/\(name)") {
      #expect(finding == .intact, "\(file.name)")
    }
    let data = try ImageData(folder: "\(realDataFolder)/\(name)")
    #expect([data.training.count, data.validation.count, data.test.count] == counts)
    #expect(data.training.isBinary == (name == "binarized-mnist"))
    let found = data.training.mean.scalars.reduce(0) { $0 + Double($1) } / 784
    #expect(abs(found - mean) < 1e-4)
  }
}

@Suite("Known data")
struct KnownDataTests {
  @Test("Every data set has its own name and digests of 64 digits")
  func catalogue() {
    #expect(Set(KnownData.all.map(\.name)).count == KnownData.all.count)
    for known in KnownData.all {
      #expect(KnownData.named(known.name)?.summary == known.summary)
      #expect(known.folder.hasSuffix("/" + known.name))
      #expect(known.files.allSatisfy { $0.digest.count == 64 && $0.size > 0 })
    }
    #expect(KnownData.named("emnist") == nil)
  }

  @Test("Missing and different files are told apart")
  func findings() throws {
    let mnist = try #require(KnownData.named("mnist"))
    let findings = try withTemporaryFolder { folder in
      try atomicWrite([1], to: "\(folder)/t10k-labels-idx1-ubyte.gz")
      let zeros = [UInt8](repeating: 0, count: 28_881)
      try atomicWrite(zeros, to: "\(folder)/train-labels-idx1-ubyte.gz")
      return try mnist.verify(in: folder).map(\.finding)
    }
    #expect(findings[0] == .missing && findings[2] == .missing)
    #expect(findings[3] == .different("1 bytes, expected 4542"))
    guard case .different(let found) = findings[1] else {
      Issue.record("\(findings[1])")
      return
    }
    #expect(found.hasPrefix("SHA-256"))
  }
}
