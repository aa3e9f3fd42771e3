import Formats
import Foundation
import Learning
import Models
import RealModule
import Stochastics
import Tensors
import Testing

@testable import Codes

struct PortableExactnessTests {
  /// The table is the same on every machine and in every build: this is the digest of all entries.
  @Test func theTableIsTheSameEverywhere() {
    let table = LogisticTable.shared
    #expect(table.entries.count == 4096)
    #expect(
      Digest.sha256(ofTexts: table.entries.map { "\($0)" })
        == "4d1e9205be027584ad3bfd6a78cd8788612a00846e04693077b5ce2d864bac81")
    for (place, entry) in table.entries.enumerated() {
      let x = (Double(place) - 2047.5) * 3 / 512
      #expect(abs(Double(entry) - 16_777_216 / (1 + Double.exp(-x))) < 0.5001)
    }
  }

  @Test func functionsAreThoseOfTheLogisticOne() {
    let table = LogisticTable.shared
    for place in -2000...2000 {
      let x = Double(place) / 100
      let whole = Int64((x * 65_536).rounded())
      #expect(abs(Double(table.hyperbolicTangent(whole)) / 4096 - Double.tanh(x)) < 0.0035)
      let share = Double(table(whole)) / 16_777_216
      #expect(abs(share - 1 / (1 + Double.exp(-x))) < 0.0008)
      if x <= 0 {
        let exponential = Double(table.exponential(whole)) / 16_777_216
        #expect(abs(exponential - Double.exp(max(-12, x))) < 0.004)
      }
      for precision in [2, 16, 24] {
        let ones = table.onesFrequency(whole, precision: precision)
        #expect(ones > 0 && ones < 1 << UInt32(precision))
      }
    }
    for extreme in [Int64.min / 4, Int64.max / 4] {
      #expect(abs(table.hyperbolicTangent(extreme)) == 4096)
    }
  }

  /// Models and what they are in whole numbers.
  static func models() throws -> [(name: String, native: any CodedModel, whole: any CodedModel)] {
    try
      (ImageCoderTests.models().filter { !$0.name.hasPrefix("labels") }.map {
        (name: $0.name, native: $0.model as any CodedModel)
      } + masked()).map {
        (name: $0.name, native: $0.native, whole: try #require($0.native.portable))
      }
  }

  /// Models that code without latents, and those whose latents are a masked network's.
  private static func masked() -> [(name: String, native: any CodedModel)] {
    var noise = Philox(seed: 25)
    let (bits, mean) = (ImageCoderTests.pixels, ImageCoderTests.mean())
    let any = MaskedDiffusion(hidden: [20, 9], mean: mean, using: &noise)
    return [
      ("one mask", MADE(hidden: [40], mean: mean, using: &noise)),
      (
        "three masks",
        MADE(
          hidden: [24, 30], masks: 3, places: (0..<bits).map { ($0 * 7) % bits }, mean: mean,
          using: &noise)
      ),
      ("any order", any.law(order: (0..<bits).shuffled(using: &noise))),
      (
        "bits under a masked network",
        DiscreteVAE(
          latents: Bernoulli(logits: .zeros([10])), priorHidden: [12], mean: mean, using: &noise)
      ),
      (
        "layers under a masked network",
        BeliefNetwork(
          .init(visible: bits, layers: [9, 6], priorHidden: [12]), mean: mean, using: &noise)
      ),
    ]
  }

  @Test func everyModelReadsWhatItWrites() throws {
    #expect(try Self.models().count == 10)
    for (name, _, model) in try Self.models() {
      let coder = ImageCoder(model, pixelCount: ImageCoderTests.pixels)
      let white = [UInt8](repeating: 1, count: ImageCoderTests.pixels)
      for images in [[], ImageCoderTests.images(1), ImageCoderTests.images(101), white] {
        let message = try coder.message(of: images, lanes: 2)
        let read = try coder.images(
          images.count / ImageCoderTests.pixels, of: message, seedWords: message.seedWords.count)
        #expect(read == images, "\(name)")
      }
    }
  }

  @Test func aModelWithLabelsHasNone() {
    #expect(ImageCoderTests.models().filter { $0.model.portable == nil }.count == 2)
  }

  // Both codes draw latents of their own. Over 2,000 images that noise moves their lengths apart by
  // some 0.4 %, so 2 % are five standard errors; without latents whole numbers alone do.
  @Test func theRateIsThatOfTheModel() throws {
    for (name, native, whole) in try Self.models() {
      let images = ImageCoderTests.images(2000)
      let rates = try [native, whole].map { (model: any CodedModel) in
        Double(
          try ImageCoder(model, pixelCount: ImageCoderTests.pixels).message(of: images).bitCount)
      }
      let share = native is MADE || native is OrderedBits ? 0.001 : 0.02
      #expect(abs(rates[1] / rates[0] - 1) < share, "\(name): \(rates)")
    }
  }

  /// What is settled step by step in whole numbers is what the network says in one pass.
  @Test func probabilitiesAreThoseOfTheNetwork() {
    var noise = Philox(seed: 26)
    for masks in [1, 3] {
      let network = MADE(
        hidden: [30, 20], masks: masks, places: (0..<9).map { ($0 * 4) % 9 }, mean: .full(0.3, [9]),
        using: &noise)
      let states = network.states()
      let logs = network.logProbabilities(states).scalars
      for (row, choices) in (0..<512).map({ ($0, states.tensor.scalars[$0 * 9..<$0 * 9 + 9]) }) {
        var walk = WholeMADE(network).walk(shifts: [])
        let bits = Array(choices)
        for bit in network.order {
          let one = Double(walk.share()) / 16_777_216
          let expected = Double.exp(Double(logs[row * 9 + bit]))
          #expect(abs((bits[bit] == 1 ? one : 1 - one) - expected) < 0.001)
          walk.take(Int32(bits[bit]))
        }
      }
    }
  }

  /// Networks of stored weights give these messages on every machine, in every precision and with
  /// every kernel.
  @Test func messagesAreTheSameEverywhere() throws {
    let digests = try Self.fixtures().map { model in
      let coder = ImageCoder(try #require(model.portable), pixelCount: ImageCoderTests.pixels)
      return try coder.message(of: Self.stored(10)).digest
    }
    #expect(
      digests == [
        "c2f1ed6537d91e519de13f278384427c38f1207846acf023e8042e66162bf8c9",
        "fb4a1a5943403c277eff6673c7cdc63dfdedbfa8e39bcb84eb01a916d1965024",
        "82b0aa489fe655adab559719918f7dcf45d66cd4bee30a73724f54b54d0e0588",
        "37d6ebc87c090d65db8150b4cd2208e17ce75ce093febccbeab970b5f086057a",
        "e22ab3822b41094adb9403ee98e3dc8b2b4dae5f9feee2cd7af2f5e41cd794bd",
        "f292513fceceb1cdfb91d90f7cba66e42c10c8496b32e38b1afd684e80436bab",
      ])
  }

  /// A file of six images by the second of these networks, as one machine has written it once.
  private static let file = """
    iURTQw0KGgoBAAAA3AAAAHsibW9kZWwiOiJzdG9yZWQiLCJwcm9iZSI6ImFlOGM2YmEwYzA5MWQ2NjY0OGU5MmMxNDNh
    NWQwY2VhNzA4OTdiZmZhMmRkZDIyMzYxMzdkY2FkNjI3ZWJkMmMiLCJhcml0aG1ldGljIjoicG9ydGFibGUiLCJpbWFn
    ZXMiOjYsIndpZHRoIjo2LCJoZWlnaHQiOjUsInByZWNpc2lvbiI6MTYsImJsb2NrIjoxLCJzZWVkIjoiMSIsInNlZWRf
    d29yZHMiOjEsImxhbmVzIjoxLCJ3b3JkcyI6N33dYEYoTw/zZ2MX8giF+Dq9gSwDAsjfYp6wFUg6Ios6dtf7f4MDr5dW
    Ufr00Q==
    """

  @Test func aStoredFileIsReadInEveryBuild() throws {
    let bytes = try #require(Data(base64Encoded: Self.file.filter { !$0.isWhitespace }))
    let file = try CodeFile(parsing: Array(bytes), path: "stored")
    let coder = ImageCoder(
      try #require(Self.fixtures()[1].portable), pixelCount: ImageCoderTests.pixels,
      block: file.header.block, seed: file.header.seed)
    guard case .model(_, let probe, .portable) = file.header.coder else {
      Issue.record("\(file.header.coder)")
      return
    }
    #expect(try coder.probe() == probe)
    let read = try coder.images(6, of: file.message, seedWords: file.header.seedWords)
    #expect(read == Self.stored(6))
    #expect(try Self.written(6).bytes == Array(bytes))
  }

  private static func written(_ count: Int) throws -> CodeFile {
    let coder = ImageCoder(
      try #require(fixtures()[1].portable), pixelCount: ImageCoderTests.pixels)
    let message = try coder.message(of: stored(count))
    return CodeFile(
      CodeHeader(
        coder: .model(digest: "stored", probe: try coder.probe(), .portable),
        content: .images(count, width: 6, height: 5), precision: coder.precision,
        block: coder.block, seed: coder.seed, message), message)
  }

  /// Images by whole numbers alone.
  static func stored(_ count: Int) -> [UInt8] {
    (0..<count * ImageCoderTests.pixels).map { $0 * $0 % 7 < 2 ? 1 : 0 }
  }

  /// Models whose weights are quotients of small numbers and a power of two.
  static func fixtures() -> [any CodedModel] {
    func stored(_ model: any CodedModel & Parameterized) -> any CodedModel {
      var model = model
      var visitor = StoredWeights()
      model.visitParameters(&visitor)
      return model
    }
    var noise = Philox(seed: 27)
    let (bits, mean) = (ImageCoderTests.pixels, ImageCoderTests.mean())
    let natural = ImageCoderTests.models()[1...3].map { stored($0.model) }
    var any = MaskedDiffusion(hidden: [12], mean: mean, using: &noise)
    var visitor = StoredWeights()
    any.visitParameters(&visitor)
    return natural + [
      stored(MADE(hidden: [20], masks: 2, mean: mean, using: &noise)),
      stored(
        AutoregressiveVAE(
          bits: 10, posteriorHidden: [12], priorHidden: [9], mean: mean, using: &noise)),
      any.law(order: (0..<bits).reversed()),
    ]
  }
}

private struct StoredWeights: ParameterVisitor {
  var place = 0

  mutating func enter(_ name: String) {}

  mutating func leave() {}

  mutating func visit(_ name: String, _ tensor: inout Tensor, _ role: Role) {
    let values = (0..<tensor.count).map { index in
      Scalar((index * 37 + place * 11) % 101 - 50) / 64
    }
    place += 1
    tensor = Tensor(name == "mean" ? values.map { $0 * $0 } : values, shape: tensor.shape)
  }
}
