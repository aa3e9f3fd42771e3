import Datasets
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// The text that a sequence model learns, cut into sequences.
struct SequenceText {
  private let configuration: SequenceConfiguration
  private let path: String
  private let training: ArraySlice<[String]>
  private let test: ArraySlice<[String]>
  private let vocabulary: Vocabulary
  /// Notices about records that are too short for a sequence.
  private let notes: [String]
  private let stop: StopCheck

  /// The text in a file, the first nine tenths to learn from unless another text is there for the
  /// test.
  init(
    _ path: String, _ configuration: SequenceConfiguration, _ stop: StopCheck = .never
  ) throws {
    self.path = path
    self.stop = stop
    self.configuration = configuration
    let unit = configuration.unit
    let (all, note) = try SequenceText.read(path, configuration, stop)
    guard all.count >= 2 else {
      let what = unit.hasEnd ? "lines with text" : "pieces of length \(configuration.length)"
      throw FormatError(
        .malformed,
        "\(path): \(all.count) \(what), expected 2 or more\(note.map { "; \($0)" } ?? "")")
    }
    let held = configuration.testData == nil ? max(1, all.count / 10) : 0
    training = all.prefix(min(all.count - held, configuration.sequences ?? all.count))
    // The vocabulary of running text covers all of it; only words that can be learned count.
    vocabulary =
      try configuration.vocabularyFile.map { try SequenceTexts.vocabulary($0, unit: unit) }
      ?? Vocabulary(
        of: unit.hasUnknown ? Array(training) : all, minimumCount: configuration.minimumCount,
        hasEnd: unit.hasEnd, hasUnknown: unit.hasUnknown, pause: { try stop() })
    guard vocabulary.count > 1 else {
      throw FormatError(.malformed, "\(path): a vocabulary of 1 token, expected 2 or more")
    }
    try configuration.checkMemory(vocabulary: vocabulary.count)
    guard let other = configuration.testData else {
      test = all.suffix(held).prefix(configuration.evaluationSequences)
      notes = note.map { ["\(path): \($0)"] } ?? []
      return
    }
    let (fresh, otherNote) = try SequenceText.read(other, configuration, stop)
    guard !fresh.isEmpty else {
      throw FormatError(
        .malformed,
        "\(other): no sequences to test on\(otherNote.map { "; \($0)" } ?? "")")
    }
    test = fresh.prefix(configuration.evaluationSequences)
    notes =
      (note.map { ["\(path): \($0)"] } ?? []) + (otherNote.map { ["\(other): \($0)"] } ?? [])
  }

  /// The sequences of a file, and what has to be told of records that are too short for one.
  private static func read(
    _ path: String, _ configuration: SequenceConfiguration, _ stop: StopCheck
  ) throws -> (sequences: [[String]], note: String?) {
    let found = try configuration.unit.reading(
      path, length: configuration.length, pause: { try stop() })
    let note =
      found.short == 0
      ? nil
      : "\(found.short) of \(found.records) records have fewer than \(configuration.length) letters and are left out"
    return (found.sequences, note)
  }

  /// The sequences as tokens.
  func data(tell: (String) -> Void) throws -> SequenceData {
    let texts = SequenceTexts(
      unit: configuration.unit, vocabulary: vocabulary, isGrammar: false)
    func sequences(_ some: ArraySlice<[String]>, of path: String) throws -> Classes {
      let tokens = try some.enumerated().map { place, texts in
        if place.isMultiple(of: 1000) { try stop() }
        return try texts.map { text in
          guard let token = vocabulary.token(of: text) else {
            throw FormatError(
              .malformed,
              "\(path): \(text.debugDescription) is not in the vocabulary of \(configuration.vocabularyFile ?? self.path)"
            )
          }
          return token
        }
      }
      return texts.sequences(tokens, of: configuration)
    }
    let data = SequenceData(
      training: try sequences(training, of: path),
      test: try sequences(test, of: configuration.testData ?? path), texts: texts)
    for note in notes { tell(note) }
    tell(
      "\(path): \(size); a vocabulary of \(vocabulary.count) tokens; \(training.count) \(pieces) to learn, \(test.count) to test"
    )
    return data
  }

  /// How much there is to learn from.
  private var size: String {
    let count = training.reduce(0) { $0 + $1.count }
    return switch configuration.unit {
    case .characters, .lines: "\(count) characters"
    case .words: "\(count) words"
    case .bases: "\(count) bases"
    }
  }

  private var pieces: String {
    configuration.unit.hasEnd ? "lines" : "pieces of \(configuration.length)"
  }
}
