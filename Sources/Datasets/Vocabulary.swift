import Tensors

/// The texts that tokens stand for.
public struct Vocabulary: Sendable, Equatable {
  /// The text of the token that ends a sequence, and of the one for words that are not known;
  /// neither can be read from a text.
  public static let endText = "<end>"
  public static let unknownText = "<unknown>"

  /// The text of each token.
  public let texts: [String]
  private let places: [String: Int]

  /// A vocabulary of given texts; traps on one that stands there twice.
  public init(_ texts: [String]) {
    self.texts = texts
    places = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ($1, $0) })
  }

  /// The texts that occur in sequences at least so often, sorted, behind tokens for the end and for
  /// unknown texts.
  ///
  /// Traps on a minimum below one, and on one above it without a token for unknown texts.
  public init(
    of sequences: [[String]], minimumCount: Int = 1, hasEnd: Bool, hasUnknown: Bool
  ) {
    self.init(
      of: sequences, minimumCount: minimumCount, hasEnd: hasEnd, hasUnknown: hasUnknown, pause: {})
  }

  /// As `init(of:minimumCount:hasEnd:hasUnknown:)`; `pause` is called every thousand sequences, and
  /// what it throws ends the counting.
  package init(
    of sequences: [[String]], minimumCount: Int, hasEnd: Bool, hasUnknown: Bool,
    pause: () throws -> Void
  ) rethrows {
    require(
      minimumCount == 1 || minimumCount > 0 && hasUnknown,
      "texts that occur less than \(minimumCount) times need a token for the unknown")
    var counts: [String: Int] = [:]
    for (place, texts) in sequences.enumerated() {
      if place.isMultiple(of: 1000) { try pause() }
      for text in texts { counts[text, default: 0] += 1 }
    }
    let known = counts.filter { $0.value >= minimumCount }.keys.filter {
      $0 != Vocabulary.endText && $0 != Vocabulary.unknownText
    }
    self.init(
      (hasEnd ? [Vocabulary.endText] : []) + (hasUnknown ? [Vocabulary.unknownText] : [])
        + known.sorted())
  }

  /// Number of tokens.
  public var count: Int { texts.count }

  /// The token that ends sequences, if there is one.
  public var end: Int? { places[Vocabulary.endText] }

  /// The token that stands for unknown texts, if there is one.
  public var unknown: Int? { places[Vocabulary.unknownText] }

  /// The text's token, else the unknown token, else `nil`.
  public func token(of text: String) -> Int? {
    text == Vocabulary.endText ? unknown : places[text] ?? unknown
  }
}
