import Formats

/// The facts that a reader needs before it reads a message.
package struct CodeHeader: Equatable {
  /// The writer of the message: the context coder, or a model.
  package enum Coder: Equatable {
    case context(neighbors: Int)
    /// The digest of the model's file, and of frequencies for stored inputs.
    case model(digest: String, probe: String)
  }

  package let coder: Coder
  package let images: Int
  package let width: Int
  package let height: Int
  package let precision: Int
  /// Images that are evaluated at once.
  package let block: Int
  package let seed: UInt64
  package let seedWords: Int
  package let lanes: Int
  package let words: Int

  package init(
    coder: Coder, images: Int, width: Int, height: Int, precision: Int, block: Int, seed: UInt64,
    seedWords: Int, lanes: Int, words: Int
  ) {
    self.coder = coder
    self.images = images
    self.width = width
    self.height = height
    self.precision = precision
    self.block = block
    self.seed = seed
    self.seedWords = seedWords
    self.lanes = lanes
    self.words = words
  }

  var json: JSON {
    let own: [JSON.Member] =
      switch coder {
      case .context(let neighbors): [.init("template", JSON(neighbors))]
      case .model(let digest, let probe):
        [.init("model", JSON(digest)), .init("probe", JSON(probe))]
      }
    return .object(
      own + [
        .init("images", JSON(images)), .init("width", JSON(width)), .init("height", JSON(height)),
        .init("precision", JSON(precision)), .init("block", JSON(block)),
        .init("seed", JSON("\(seed)")), .init("seed_words", JSON(seedWords)),
        .init("lanes", JSON(lanes)), .init("words", JSON(words)),
      ])
  }

  init(_ json: JSON, path: String) throws(FormatError) {
    func whole(_ key: String, _ range: ClosedRange<Int>) throws(FormatError) -> Int {
      guard let value = json[key]?.whole(in: range) else {
        throw .malformed(
          path,
          "\(key) is \(json[key] ?? .null), expected a whole number from \(range.lowerBound) to \(range.upperBound)"
        )
      }
      return value
    }
    images = try whole("images", 0...(1 << 30))
    width = try whole("width", 1...(1 << 16))
    height = try whole("height", 1...(1 << 16))
    precision = try whole("precision", 2...ANS.mostPrecision)
    block = try whole("block", 1...(1 << 16))
    seedWords = try whole("seed_words", 0...(1 << 30))
    lanes = try whole("lanes", 1...1024)
    words = try whole("words", 0...(1 << 30))
    guard let seed = json["seed"]?.string.flatMap({ UInt64($0) }) else {
      throw .malformed(path, "seed is \(json["seed"] ?? .null), expected a whole number as text")
    }
    self.seed = seed
    if let digest = json["model"]?.string, let probe = json["probe"]?.string {
      coder = .model(digest: digest, probe: probe)
    } else {
      coder = .context(neighbors: try whole("template", 1...64))
    }
    if let excess = MemoryBudget.excess(
      "\(images) images of \(width) x \(height)", [[images, width, height]], width: 1)
    {
      throw .malformed(path, excess)
    }
  }
}
