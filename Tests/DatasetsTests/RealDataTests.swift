import Datasets
import Formats
import Tensors
import TestSupport
import Testing

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
