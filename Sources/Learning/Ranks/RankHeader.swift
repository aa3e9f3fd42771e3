/// What ranks tell each other before anything else: what each is about to do, and where it stands.
///
/// Headers are merged up a tree; the first difference is kept, with both ranks and both values.
struct RankHeader: Equatable {
  enum Purpose: UInt64 {
    case pause = 1
    case sum, gather, end

    var words: String {
      switch self {
      case .pause: "is between two pieces of work"
      case .sum: "adds gradients"
      case .gather: "gathers results"
      case .end: "is at its end"
      }
    }
  }

  /// The first difference between two ranks.
  struct Difference: Equatable {
    /// The place of the value that differs, of those in `names`.
    var field: UInt64
    var lower: (rank: UInt64, value: UInt64)
    var higher: (rank: UInt64, value: UInt64)

    static func == (a: Difference, b: Difference) -> Bool { a.words == b.words }

    var words: [UInt64] { [field, lower.rank, lower.value, higher.rank, higher.value] }
  }

  var rank: UInt64
  /// Purpose, number of the meeting, step, size of what follows, digest of the configuration.
  var values: [UInt64]
  /// Whether any rank was asked to stop.
  var isStopRequested: Bool
  /// Seconds of work as the lowest rank counts them.
  var seconds: Double
  /// A rank that has failed, its exit code and its sentence.
  var failure: (rank: UInt64, code: UInt64, sentence: String)?
  var difference: Difference?

  private static let names = ["", "meeting", "step", "size", "configuration"]
  private static let wordCount = 18
  private static let sentenceSize = 368
  static let size = wordCount * 8 + sentenceSize

  static func == (a: RankHeader, b: RankHeader) -> Bool { a.bytes == b.bytes }

  /// Takes up what a higher rank says for itself and for those above it.
  mutating func merge(_ other: RankHeader) {
    isStopRequested = isStopRequested || other.isStopRequested
    failure = failure ?? other.failure
    if difference == nil,
      let place = values.indices.first(where: { values[$0] != other.values[$0] })
    {
      difference = Difference(
        field: UInt64(place), lower: (rank, values[place]),
        higher: (other.rank, other.values[place]))
    }
    difference = difference ?? other.difference
  }

  /// Why the ranks cannot go on together; `nil` where they can.
  var error: RankError? {
    if let failure {
      return RankError(
        .failed(code: Int(failure.code)), "rank \(failure.rank): \(failure.sentence)")
    }
    guard let difference else { return nil }
    let (lower, higher) = (difference.lower, difference.higher)
    if difference.field == 0 {
      func words(_ value: UInt64) -> String { Purpose(rawValue: value)?.words ?? "is lost" }
      return RankError(
        .mismatch,
        "rank \(lower.rank) \(words(lower.value)), rank \(higher.rank) \(words(higher.value))")
    }
    let name = RankHeader.names[Int(min(difference.field, 4))]
    func text(_ value: UInt64) -> String {
      difference.field == 4 ? String(value, radix: 16) : String(value)
    }
    return RankError(
      .mismatch,
      "rank \(lower.rank) is at \(name) \(text(lower.value)), rank \(higher.rank) at \(name) \(text(higher.value))"
    )
  }
}

// MARK: Bytes

extension RankHeader {
  var bytes: [UInt8] {
    var words = [rank] + values
    words += [isStopRequested ? 1 : 0, seconds.bitPattern]
    words += failure.map { [1, $0.rank, $0.code] } ?? [0, 0, 0]
    words += difference.map { [1] + $0.words } ?? [UInt64](repeating: 0, count: 6)
    var sentence = Array((failure?.sentence ?? "").utf8.prefix(RankHeader.sentenceSize))
    sentence += [UInt8](repeating: 0, count: RankHeader.sentenceSize - sentence.count)
    return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
      + [UInt8](repeating: 0, count: 8 * (RankHeader.wordCount - words.count)) + sentence
  }

  init(_ bytes: [UInt8]) {
    func word(_ place: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[8 * place + $1]) << (8 * $1) }
    }
    rank = word(0)
    values = (1...5).map(word)
    isStopRequested = word(6) == 1
    seconds = Double(bitPattern: word(7))
    if word(8) == 1 {
      let sentence = bytes.dropFirst(8 * RankHeader.wordCount).prefix { $0 != 0 }
      failure = (word(9), word(10), String(decoding: sentence, as: UTF8.self))
    }
    if word(11) == 1 {
      difference = Difference(
        field: word(12), lower: (word(13), word(14)), higher: (word(15), word(16)))
    }
  }
}
