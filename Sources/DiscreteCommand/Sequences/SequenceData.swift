import Datasets
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// What a sequence model learns from and is measured by: samples of an oracle, or sequences of a text.
struct SequenceData {
  let training: Classes
  /// Fresh samples, a text of its own, or the last tenth of the text.
  let test: Classes
  let oracle: (any SequenceLaw)?
  /// What the tokens of a text are.
  let texts: SequenceTexts?

  var vocabulary: Int { training.classCount }

  /// Streams of the run's seed that only the data use.
  private enum Stream: UInt64 { case oracle = 100, training, test, molecules }

  init(_ configuration: SequenceConfiguration) throws {
    let seed = Philox(seed: configuration.seed)
    if let path = configuration.data {
      if path == SequenceConfiguration.molecules {
        self.init(moleculesFrom: seed.folding(Stream.molecules.rawValue), configuration)
      } else {
        try self.init(text: path, configuration)
      }
      return
    }
    var generator = seed.folding(Stream.oracle.rawValue)
    let oracle = try configuration.oracle.law(configuration, using: &generator)
    try configuration.checkMemory(vocabulary: oracle.vocabulary)
    var training = seed.folding(Stream.training.rawValue)
    var test = seed.folding(Stream.test.rawValue)
    self.init(
      training: oracle.sample(configuration.sequences, using: &training),
      test: oracle.sample(configuration.evaluationSequences, using: &test), oracle: oracle)
  }

  private init(training: Classes, test: Classes, oracle: any SequenceLaw) {
    self.training = training
    self.test = test
    self.oracle = oracle
    texts = nil
  }

  private init(moleculesFrom stream: Philox, _ configuration: SequenceConfiguration) {
    var generator = stream
    let count = configuration.sequences
    let molecules = MoleculeGrammar.strings(
      count + configuration.evaluationSequences, length: configuration.length, using: &generator
    ).map { $0.map { String($0) } }
    let texts = SequenceTexts(
      unit: .lines, vocabulary: Vocabulary([Vocabulary.endText] + MoleculeGrammar.alphabet),
      isGrammar: true)
    func sequences(_ some: ArraySlice<[String]>) -> Classes {
      texts.sequences(some.map { $0.compactMap(texts.vocabulary.token(of:)) }, of: configuration)
    }
    training = sequences(molecules[..<count])
    test = sequences(molecules[count...])
    oracle = nil
    self.texts = texts
  }

  /// Sequences of a text, the first nine tenths to learn from unless another text is there for the test.
  private init(text path: String, _ configuration: SequenceConfiguration) throws {
    let unit = configuration.unit
    let (all, note) = try SequenceData.read(path, configuration)
    guard all.count >= 2 else {
      throw FormatError(
        .malformed,
        "\(path): \(all.count) \(unit.hasEnd ? "lines with text" : "pieces of length \(configuration.length)"), expected 2 or more\(note.map { "; \($0)" } ?? "")"
      )
    }
    if let note { tell("\(path): \(note)") }
    let held = configuration.testData == nil ? max(1, all.count / 10) : 0
    let training = all.prefix(min(all.count - held, configuration.sequences))
    // The vocabulary of running text is that of all of it; words are those that could be learned.
    let vocabulary =
      try configuration.vocabularyFile.map { try SequenceTexts.vocabulary($0, unit: unit) }
      ?? Vocabulary(
        of: unit.hasUnknown ? Array(training) : all, minimumCount: configuration.minimumCount,
        hasEnd: unit.hasEnd, hasUnknown: unit.hasUnknown)
    guard vocabulary.count > 1 else {
      throw FormatError(.malformed, "\(path): a vocabulary of 1 token, expected 2 or more")
    }
    try configuration.checkMemory(vocabulary: vocabulary.count)
    let texts = SequenceTexts(unit: unit, vocabulary: vocabulary, isGrammar: false)
    func sequences(_ some: some Sequence<[String]>, of path: String) throws -> Classes {
      let tokens = try some.map { texts in
        try texts.map { text in
          guard let token = vocabulary.token(of: text) else {
            throw FormatError(
              .malformed,
              "\(path): \(text.debugDescription) is not in the vocabulary of \(configuration.vocabularyFile ?? configuration.data ?? "")"
            )
          }
          return token
        }
      }
      return texts.sequences(tokens, of: configuration)
    }
    self.training = try sequences(training, of: path)
    if let other = configuration.testData {
      let (fresh, note) = try SequenceData.read(other, configuration)
      guard !fresh.isEmpty else {
        throw FormatError(
          .malformed, "\(other): no sequences to test on\(note.map { "; \($0)" } ?? "")")
      }
      if let note { tell("\(other): \(note)") }
      test = try sequences(fresh.prefix(configuration.evaluationSequences), of: other)
    } else {
      test = try sequences(
        all.suffix(held).prefix(configuration.evaluationSequences), of: path)
    }
    oracle = nil
    self.texts = texts
  }

  /// The sequences of a file, and what has to be said about records that are too short for one.
  private static func read(
    _ path: String, _ configuration: SequenceConfiguration
  ) throws -> (sequences: [[String]], note: String?) {
    let found = try configuration.unit.reading(path, length: configuration.length)
    let note =
      found.short == 0
      ? nil
      : "\(found.short) of \(found.records) records have fewer than \(configuration.length) letters and are left out"
    return (found.sequences, note)
  }

  /// Throws unless the tokens of the run in a folder are those of the data as they are now.
  func check(_ vocabulary: Vocabulary?, of path: String) throws {
    guard vocabulary == texts?.vocabulary else {
      throw Failure(.badData, "\(path): the data have other tokens than the model")
    }
  }
}
