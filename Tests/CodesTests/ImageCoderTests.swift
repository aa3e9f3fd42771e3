import Models
import Stochastics
import Tensors
import Testing

@testable import Codes

struct ImageCoderTests {
  static let pixels = 30

  static func mean() -> Tensor { .full(0.3, [pixels]) }

  static func models() -> [(name: String, model: any CodedModel & LatentVariableModel)] {
    var noise = Philox(seed: 21)
    return [
      (
        "one layer",
        BeliefNetwork(.init(visible: pixels, layers: [12]), mean: mean(), using: &noise)
      ),
      (
        "three layers",
        BeliefNetwork(
          .init(visible: pixels, layers: [12, 9, 6], hidden: [7]), mean: mean(), using: &noise)
      ),
      (
        "bits",
        DiscreteVAE(
          latents: Bernoulli(logits: .zeros([10])), hidden: [8], mean: mean(), using: &noise)
      ),
      (
        "classes",
        DiscreteVAE(latents: Categorical(logits: .zeros([4, 5])), mean: mean(), using: &noise)
      ),
      (
        "labels and bits",
        SemiSupervisedVAE(
          latents: Bernoulli(logits: .zeros([10])), labels: 3, hidden: [8], mean: mean(),
          using: &noise)
      ),
      (
        "labels and classes",
        SemiSupervisedVAE(
          latents: Categorical(logits: .zeros([4, 5])), labels: 3, mean: mean(), using: &noise)
      ),
      (
        "bits that depend on each other",
        AutoregressiveVAE(
          bits: 10, hidden: [8], posteriorHidden: [12], priorHidden: [9], mean: mean(),
          using: &noise)
      ),
    ]
  }

  static func images(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var noise = Philox(seed: seed)
    return (0..<count * pixels).map { _ in noise.uniform() < 0.3 ? 1 : 0 }
  }

  @Test(arguments: [1, 4]) func everyModelReadsWhatItWrites(block: Int) throws {
    for (name, model) in Self.models() {
      let coder = ImageCoder(model, pixelCount: Self.pixels, block: block)
      let white = [UInt8](repeating: 1, count: Self.pixels)
      for images in [
        [], Self.images(1), Self.images(2), Self.images(101), white + white,
        white.map { _ in 0 },
      ] {
        let message = try coder.message(of: images, lanes: 2)
        let read = try coder.images(
          images.count / Self.pixels, of: message, seedWords: message.seedWords.count)
        #expect(read == images, "\(name)")
      }
    }
  }

  /// The mean length is the bound of one sample: 2,000 images, both sides with their own noise, and
  /// 4.5 standard errors of each, a false-alarm rate below 1e-4.
  @Test func theRateIsTheBound() throws {
    for (name, model) in Self.models() {
      let images = Self.images(2000)
      let message = try ImageCoder(model, pixelCount: Self.pixels).message(of: images)
      let bits = Double(message.bitCount - message.seedBitCount - 64)
      var noise = Philox(seed: 22)
      let x = Bits(Tensor(images.map { Scalar($0) }, shape: [2000, Self.pixels]))
      let weights = model.logWeights(of: x, samples: 20, using: &noise)
      let all = weights.scalars.map { -Double($0) / 0.6931471805599453 }
      let mean = all.reduce(0, +) / Double(all.count)
      let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
      #expect(abs(bits / 2000 - mean) < 4.5 * (variance / 2000).squareRoot() * 1.05, "\(name)")
      #expect(abs(bits / 2000 / mean - 1) < 0.005, "\(name)")
    }
  }

  @Test func firstBitsOfLayersAreThoseOfOne() throws {
    var noise = Philox(seed: 23)
    let network = BeliefNetwork(
      .init(visible: Self.pixels, layers: [24, 24, 24]), mean: Self.mean(), using: &noise)
    let message = try ImageCoder(network, pixelCount: Self.pixels).message(of: Self.images(1))
    // 24 bits at most fit into a word; before the next layer is popped the image is pushed. All
    // three layers at once would take three words.
    #expect(message.seedBitCount == 32)
  }

  @Test func whatIsDamagedOrOfAnotherModelIsRefused() throws {
    let models = Self.models()
    let coder = ImageCoder(models[0].model, pixelCount: Self.pixels)
    let images = Self.images(20)
    let message = try coder.message(of: images)
    let another = ImageCoder(models[0].model, pixelCount: Self.pixels, seed: 2)
    #expect(throws: CodeError.self) {
      try another.images(20, of: message, seedWords: message.seedWords.count)
    }
    #expect(throws: CodeError.self) {
      try coder.images(20, of: message, seedWords: message.seedWords.count + 1)
    }
    let count = message.seedWords.count
    for place in message.words.indices {
      for bit in 0..<32 {
        var words = message.words
        words[place] ^= 1 << UInt32(bit)
        let damaged = try ANS(states: message.states, words: words)
        #expect(throws: CodeError.self) { try coder.images(20, of: damaged, seedWords: count) }
      }
    }
    let short = try ANS(states: message.states, words: Array(message.words.dropFirst(9)))
    #expect(throws: CodeError.self) { try coder.images(20, of: short, seedWords: count) }
    for other in models[1...] {
      let coder = ImageCoder(other.model, pixelCount: Self.pixels)
      #expect(throws: CodeError.self) { try coder.images(20, of: message, seedWords: count) }
    }
    #expect(throws: CodeError.underflow) {
      var empty = ANS()
      let x = Bits(Tensor.zeros([1, Self.pixels]))
      try models[0].model.push(x, rows: 1, precision: 16, onto: &empty)
    }
  }

  @Test func theProbeTellsModelsApart() throws {
    let probes = try Self.models().map { try ImageCoder($0.model, pixelCount: Self.pixels).probe() }
    #expect(Set(probes).count == probes.count)
    let again = try Self.models().map { try ImageCoder($0.model, pixelCount: Self.pixels).probe() }
    #expect(probes == again)
  }

  /// Bits of one half each, which no model has learned: dear, and exact.
  @Test func tenThousandImagesOfRandomBits() throws {
    var noise = Philox(seed: 24)
    let images = (0..<10_000 * Self.pixels).map { _ in UInt8(noise.next() & 1) }
    let models = [Self.models()[0].model, try #require(Self.models()[0].model.portable)]
    for model in models {
      let coder = ImageCoder(model, pixelCount: Self.pixels, block: 100)
      let message = try coder.message(of: images, lanes: 4)
      let read = try coder.images(10_000, of: message, seedWords: message.seedWords.count)
      #expect(read == images)
      #expect(message.bitCount > images.count)
    }
  }
}
