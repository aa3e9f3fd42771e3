import Datasets
import Experiments
import Testing

struct AblationStudyTests {
  private func rows(seed: UInt64) throws -> [AblationStudy.Row] {
    let glyphs = Glyphs.data(seed: 1)
    let few = ImageData(
      training: glyphs.training[0..<250], validation: glyphs.validation[0..<100],
      test: glyphs.test[0..<10])
    var study = AblationStudy(images: few, latents: 5, seed: seed)
    return try study.run(steps: 20, pilot: 10, draws: 30)
  }

  @Test("a study of one seed finds the same again, and less noise with every part")
  func study() throws {
    let rows = try rows(seed: 1)
    #expect(rows.count == 6 && rows[0].name == "REINFORCE")
    #expect(rows.allSatisfy { $0.variance > 0 && $0.variance.isFinite })
    let again = try self.rows(seed: 1)
    #expect(rows.map(\.variance) == again.map(\.variance))
    #expect(try self.rows(seed: 2)[0].variance != rows[0].variance)
    // Ratios of one batch, of which a cost of some 500 nats without a center has by far the
    // largest.
    #expect(rows[0].variance > 10 * rows[3].variance)
  }
}
