import Formats

/// The facts that a reader needs before it reads a message.
package struct CodeHeader: Equatable {
  /// The writer of the message: the context coder, or a model.
  package enum Coder: Equatable {
    case context(neighbors: Int)
    /// The digests of the model's file and of frequencies for stored inputs.
    case model(digest: String, probe: String, Arithmetic)
  }

  /// How a model is evaluated.
  package enum Arithmetic: String {
    /// As in training, which other machines and builds need not repeat.
    case native
    /// In whole numbers, the same everywhere.
    case portable
  }

  /// The values that the message holds.
  package enum Content: Equatable {
    case images(Int, width: Int, height: Int)
    /// So many sequences of the model's length, a shorter one if `rest` is not zero, and bytes of
    /// what the model has no tokens for.
    case text(sequences: Int, rest: Int, bytes: Int)
  }

  package let coder: Coder
  package let content: Content
  package let precision: Int
  /// Images or sequences that are evaluated at once.
  package let block: Int
  package let seed: UInt64
  package let seedWords: Int
  package let lanes: Int
  package let words: Int

  package init(
    coder: Coder, content: Content, precision: Int, block: Int, seed: UInt64, _ message: ANS
  ) {
    self.coder = coder
    self.content = content
    self.precision = precision
    self.block = block
    self.seed = seed
    seedWords = message.seedWords.count
    lanes = message.lanes
    words = message.words.count
  }

  var json: JSON {
    let own: [JSON.Member] =
      switch coder {
      case .context(let neighbors): [.init("template", JSON(neighbors))]
      case .model(let digest, let probe, let arithmetic):
        [
          .init("model", JSON(digest)), .init("probe", JSON(probe)),
          .init("arithmetic", JSON(arithmetic.rawValue)),
        ]
      }
    let sizes: [JSON.Member] =
      switch content {
      case .images(let count, let width, let height):
        [.init("images", JSON(count)), .init("width", JSON(width)), .init("height", JSON(height))]
      case .text(let sequences, let rest, let bytes):
        [
          .init("sequences", JSON(sequences)), .init("rest", JSON(rest)),
          .init("bytes", JSON(bytes)),
        ]
      }
    return .object(
      own + sizes + [
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
    let most = 1 << 30
    content =
      json["sequences"] == nil
      ? .images(
        try whole("images", 1...most), width: try whole("width", 1...(1 << 16)),
        height: try whole("height", 1...(1 << 16)))
      : .text(
        sequences: try whole("sequences", 0...most), rest: try whole("rest", 0...most),
        bytes: try whole("bytes", 0...most))
    precision = try whole("precision", 2...ANS.mostPrecision)
    block = try whole("block", 1...(1 << 16))
    seedWords = try whole("seed_words", 0...most)
    lanes = try whole("lanes", 1...1024)
    words = try whole("words", 0...most)
    guard let seed = json["seed"]?.string.flatMap({ UInt64($0) }) else {
      throw .malformed(path, "seed is \(json["seed"] ?? .null), expected a whole number as text")
    }
    self.seed = seed
    if let digest = json["model"]?.string, let probe = json["probe"]?.string,
      let arithmetic = json["arithmetic"]?.string.flatMap({ Arithmetic(rawValue: $0) })
    {
      coder = .model(digest: digest, probe: probe, arithmetic)
    } else {
      coder = .context(neighbors: try whole("template", 1...64))
    }
    let (what, size) =
      switch content {
      case .images(let count, let width, let height):
        ("\(count) images of \(width) x \(height)", [[count, width, height]])
      case .text(let sequences, let rest, let bytes):
        ("\(sequences) sequences", [[4, sequences], [4, rest], [bytes]])
      }
    if let excess = MemoryBudget.excess(what, size, width: 1) {
      throw .malformed(path, excess)
    }
  }
}
