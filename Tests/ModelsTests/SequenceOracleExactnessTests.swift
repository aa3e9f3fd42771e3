import Formats
import Models
import Stochastics
import Tensors
import TestSupport
import Testing

struct SequenceOracleExactnessTests {
  @Test(
    "the published oracle gives a sequence its known likelihood, read from either file",
    .enabled(
      if: try fileExists("\(realDataFolder)/seqgan-oracle"),
      "the real data are not beside the package"),
    arguments: ["npz", "safetensors"])
  func published(ending: String) throws {
    let oracle = try SequenceGenerator(
      oracle: "\(realDataFolder)/seqgan-oracle/seqgan_oracle.\(ending)", length: 20)
    #expect(oracle.vocabulary == 5000)
    let sequence = Classes(
      Indices((0..<20).map { (37 * $0 + 1) % 5000 }, shape: [1, 20]), classCount: 5000)
    let total = oracle.negativeLogLikelihood(of: sequence) * 20
    #expect(abs(total - 214.44933959) < (MemoryLayout<Scalar>.size == 8 ? 1e-6 : 1e-3))
  }
}
