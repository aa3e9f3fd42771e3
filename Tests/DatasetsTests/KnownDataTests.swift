import Datasets
import Formats
import TestSupport
import Testing

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
