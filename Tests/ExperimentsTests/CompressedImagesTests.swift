import Datasets
import Experiments
import Formats
import Runs
import TestSupport
import Testing

struct CompressedImagesTests {
  /// Bars have pixels of 0 and 1, the files that are read have 0 and 255.
  private static func isSame(_ path: String, _ images: ImageSet) throws -> Bool {
    let read = try IDX(path, rank: 3)
    let expected = (0..<images.count).flatMap { images.pixels(of: $0) }
      .map { $0 >= (images.isBinary ? 1 : 128) ? UInt8(255) : 0 }
    return read.shape == [images.count, images.height, images.width]
      && Array(read.bytes[read.start...]) == expected
  }

  @Test("runs of every kind of model write what is read again, others do not read it")
  func roundTrip() throws {
    try BarRuns.with { root, runs in
      try runs.train(BeliefNetworkExperiment.self, in: "\(root)/0", "layers=8,5", "steps=30")
      try runs.train(
        BeliefNetworkExperiment.self, in: "\(root)/3", "layers=8,5", "prior=made", "steps=31")
      for (place, latent) in ["bernoulli:5", "categorical:3x4"].enumerated() {
        let prior = place == 0 ? "made" : "learned"
        _ = try runs.launch(VAEExperiment.self).begin(
          runs.settings(VAEExperiment.self, ["latent=\(latent)", "prior=\(prior)", "steps=7"]),
          in: "\(root)/\(place + 1)")
      }
      _ = try runs.launch(MADEExperiment.self).begin(
        runs.settings(MADEExperiment.self, ["hidden=20", "steps=7"]), in: "\(root)/4")
      let test = try TrainedImageModel(run: "\(root)/0").data().test
      for place in 0..<5 {
        let (file, read) = ("\(root)/\(place).dsc", "\(root)/\(place).idx")
        let run = try CodedRun(run: "\(root)/\(place)", checkpoint: .last)
        let written = try CompressedImages(test, binarized: .threshold, by: run)
        #expect(written.images == test.count && written.symbols == test.count * 16)
        #expect((written.seedBits == 0) == (place == 4))
        try written.write(to: file)
        #expect(throws: Failure.self) { try written.write(to: file) }
        try DecompressedImages(file, run: "\(root)/\(place)").write(to: read)
        #expect(try Self.isSame(read, test))
        #expect(throws: Failure.self) { try DecompressedImages(file, run: nil) }
        #expect(throws: Failure.self) {
          try DecompressedImages(file, run: "\(root)/\((place + 1) % 5)")
        }
      }
    }
  }

  @Test("the context coder needs no run")
  func context() throws {
    try withTemporaryFolder { root in
      let test = Glyphs.data(seed: 1).test[0..<50]
      for template in [10, 12, 16] {
        let written = try CompressedImages(test, binarized: .threshold, template: template)
        #expect(Double(written.bits) < 0.5 * Double(written.symbols))
        try written.write(to: "\(root)/\(template).dsc")
        try DecompressedImages("\(root)/\(template).dsc", run: nil)
          .write(to: "\(root)/\(template).idx")
        #expect(try Self.isSame("\(root)/\(template).idx", test))
      }
      #expect(throws: Failure.self) { try CompressedImages(test, binarized: nil, template: 10) }
      #expect(throws: Failure.self) {
        try CompressedImages(test, binarized: .threshold, template: 11)
      }
    }
  }
}
