import Codes
import Datasets
import Formats
import Runs
import TestSupport
import Testing

@testable import Experiments

/// A folder that need not be there.
private let digitsPath = "../shared/data/binarized-mnist"

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
      try runs.train(
        VAEExperiment.self, in: "\(root)/5", "latent=bernoulli:5", "posterior=made", "steps=7")
      let test = try TrainedImageModel(run: "\(root)/0").data().test
      for place in 0..<6 {
        let (file, read) = ("\(root)/\(place).dsc", "\(root)/\(place).idx")
        let run = try CodedRun(run: "\(root)/\(place)", checkpoint: .last)
        let written = try CompressedFile(BinaryImages(test, binarized: .threshold), by: run)
        #expect(written.count == test.count && written.symbols == test.count * 16)
        #expect((written.seedBits == 0) == (place == 4))
        try written.write(to: file)
        #expect(throws: Failure.self) { try written.write(to: file) }
        try DecompressedFile(file, run: "\(root)/\(place)").write(to: read)
        #expect(try Self.isSame(read, test))
        #expect(throws: Failure.self) { try DecompressedFile(file, run: nil) }
        #expect(throws: Failure.self) {
          try DecompressedFile(file, run: "\(root)/\((place + 1) % 6)")
        }
      }
    }
  }

  @Test("the context coder needs no run")
  func context() throws {
    try withTemporaryFolder { root in
      let test = Glyphs.data(seed: 1).test[0..<50]
      let images = try BinaryImages(test, binarized: .threshold)
      for template in ContextCoder.Template.allCases {
        let written = CompressedFile(images, template: template)
        #expect(Double(written.bits) < 0.5 * Double(written.symbols))
        try written.write(to: "\(root)/\(template).dsc")
        try DecompressedFile("\(root)/\(template).dsc", run: nil)
          .write(to: "\(root)/\(template).idx")
        #expect(try Self.isSame("\(root)/\(template).idx", test))
      }
      #expect(throws: Failure.self) { try BinaryImages(test, binarized: nil) }
    }
  }

  /// A belief network of a few steps, and the file of two images by it.
  private static func withFile(
    _ body: (_ root: String, _ run: String, _ written: CompressedFile) throws -> Void
  ) throws {
    try BarRuns.with { root, runs in
      let run = "\(root)/run"
      try runs.train(BeliefNetworkExperiment.self, in: run, "layers=8,5", "steps=30")
      let test = try TrainedImageModel(run: run).data().test
      let images = try BinaryImages(test[0..<2], binarized: .threshold)
      try body(
        root, run, CompressedFile(images, by: CodedRun(run: run, checkpoint: .last)))
    }
  }

  @Test("a flipped bit anywhere, and a truncation anywhere, are refused")
  func damage() throws {
    try Self.withFile { root, run, written in
      let path = "\(root)/damaged.dsc"
      try written.write(to: "\(root)/whole.dsc")
      let whole = try storedBytes("\(root)/whole.dsc")
      for place in whole.indices {
        for bit in 0..<8 {
          var bytes = whole
          bytes[place] ^= 1 << UInt8(bit)
          try write(bytes, to: path)
          #expect(throws: (any Error).self) { try DecompressedFile(path, run: run) }
        }
        try write(Array(whole[..<place]), to: path)
        #expect(throws: (any Error).self) { try DecompressedFile(path, run: run) }
      }
    }
  }

  @Test("headers that do not fit the message are refused with a reason")
  func headers() throws {
    try Self.withFile { root, run, written in
      let header = written.file.header
      guard case .model(let digest, let probe, _) = header.coder else { return }
      func refusal(
        digest: String? = nil, probe: String? = nil, images: Int = 2, precision: Int = 16,
        seed: UInt64 = 1, _ arithmetic: CodeHeader.Arithmetic = .native
      ) throws -> String {
        let path = "\(root)/\(images)-\(precision)-\(seed)-\(digest ?? "")-\(probe ?? "").dsc"
        let coder = CodeHeader.Coder.model(digest: digest ?? "", probe: probe ?? "", arithmetic)
        let other = CodeHeader(
          coder: coder, content: .images(images, width: 4, height: 4), precision: precision,
          block: header.block, seed: seed, written.file.message)
        try atomicWrite(CodeFile(other, written.file.message).bytes, to: path)
        let error = #expect(throws: (any Error).self) { try DecompressedFile(path, run: run) }
        return "\(error.map { "\($0)" } ?? "")"
      }
      let refusals = [
        (try refusal(digest: "ab", probe: probe), "was not written by the model"),
        (try refusal(digest: digest, probe: "ab"), "arithmetic of this machine"),
        (try refusal(digest: digest, probe: probe, .portable), "arithmetic of this machine"),
        (try refusal(digest: digest, probe: probe, precision: 2), "expected 16"),
        (try refusal(digest: digest, probe: probe, images: 1), "not its seed"),
        (try refusal(digest: digest, probe: probe, seed: 2), "arithmetic of this machine"),
        (try refusal(digest: digest, probe: probe, images: 0), "images is 0"),
        (try refusal(digest: digest, probe: probe, images: 3), "the message"),
      ]
      for (found, expected) in refusals { #expect(found.contains(expected)) }
    }
  }

  @Test("runs of bits and of classes write portable files")
  func portable() throws {
    try BarRuns.with { root, runs in
      try runs.train(BeliefNetworkExperiment.self, in: "\(root)/0", "layers=8,5", "steps=30")
      for (place, latent) in ["bernoulli:5", "categorical:3x4"].enumerated() {
        _ = try runs.launch(VAEExperiment.self).begin(
          runs.settings(VAEExperiment.self, ["latent=\(latent)", "hidden=6", "steps=7"]),
          in: "\(root)/\(place + 1)")
      }
      try runs.train(
        MADEExperiment.self, in: "\(root)/3", "hidden=20", "masks=2", "steps=7")
      try runs.train(MADEExperiment.self, in: "\(root)/4", "hidden=9", "order=any", "steps=7")
      try runs.train(
        VAEExperiment.self, in: "\(root)/5", "latent=bernoulli:5", "prior=made",
        "posterior=made", "steps=7")
      let test = try TrainedImageModel(run: "\(root)/0").data().test
      let images = try BinaryImages(test, binarized: .threshold)
      for place in 0..<6 {
        let path = "\(root)/\(place)"
        let run = try CodedRun(run: path, checkpoint: .last, arithmetic: .portable)
        let written = try CompressedFile(images, by: run)
        try written.write(to: "\(path).dsc")
        try DecompressedFile("\(path).dsc", run: path).write(to: "\(path).idx")
        #expect(try Self.isSame("\(path).idx", test))
      }
    }
  }

  @Test("a run with labels writes no portable file")
  func portableLabels() throws {
    try withTemporaryFolder { root in
      var settings = Settings(VAEExperiment.settings)
      for (key, text) in [("latent", "bernoulli:5"), ("labels", "20"), ("steps", "2")] {
        try settings.set(key, to: text, from: .commandLine)
      }
      let policy = RunPolicy(isQuiet: true, stop: .never)
      _ = try Launch<VAEExperiment>(policy: policy, environment: .null)
        .begin(settings, in: "\(root)/run")
      let failure = try #require(throws: Failure.self) {
        try CodedRun(run: "\(root)/run", checkpoint: .last, arithmetic: .portable)
      }
      #expect(failure.description.contains("with labels"))
    }
  }

  @Test("what has no likelihood, no images or no place is refused")
  func refusals() throws {
    try withTemporaryFolder { root in
      for model in ["sorter", "ranker"] {
        _ = try makeFolder("\(root)/\(model)")
        try atomicWrite(
          Array(#"{"model": "\#(model)"}"#.utf8), to: "\(root)/\(model)/config.json")
        #expect(throws: Failure.self) { try CodedKind.ofRun("\(root)/\(model)") }
      }
      let none = Glyphs.data(seed: 1).test[0..<0]
      #expect(throws: Failure.self) { try BinaryImages(none, binarized: .threshold) }
      func request(_ change: (inout CodeRequest) -> Void) -> CodeRequest {
        var request = CodeRequest(
          model: "context", data: "glyphs", part: "test", binarize: "threshold", template: nil,
          checkpoint: "last", isPortable: false)
        change(&request)
        return request
      }
      #expect(throws: Failure.self) { try request { $0.binarize = nil }.compressed() }
      #expect(throws: Failure.self) { try request { $0.binarize = "no" }.compressed() }
      #expect(throws: Failure.self) { try request { $0.part = "no" }.compressed() }
      #expect(throws: Failure.self) { try request { $0.template = 11 }.compressed() }
      #expect(throws: Failure.self) { try request { $0.isPortable = true }.rates() }
      #expect(throws: FormatError.self) { try request { $0.data = "\(root)/no" }.rates() }
      #expect(throws: FormatError.self) { try request { $0.model = "\(root)/no" }.rates() }
    }
  }

  /// The lengths of the published bits, by libraries and by counts alone.
  @Test(
    "rates of the fixed binarized digits",
    .enabled(if: (try? fileExists(digitsPath)) == true, "there are no binarized digits"))
  func digits() throws {
    let images = try BinaryImages(loadImages(digitsPath).test, binarized: nil)
    let rates = try CodeRates(images, by: nil, template: .ten).json
    let peers = try #require(rates["peers"]?.array)
    let found = peers.compactMap { $0["bits_per_symbol"]?.number }
    for (rate, expected) in zip(found, [0.1949, 0.1921, 0.1910, 0.3168, 0.2485, 0.2704]) {
      #expect(abs(rate - expected) < 0.00006)
    }
    #expect(found.count == 6)
  }
}
