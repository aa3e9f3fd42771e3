import Datasets
import Formats
public import Models
import Runs
public import Stochastics
import Tensors

/// The data of a sequence model, for training and for measuring: samples of an oracle, or sequences
/// of a text.
public struct SequenceData: Sendable {
  /// To learn from, [sequences, length].
  public let training: Classes
  /// Fresh samples, a text of its own, or the last tenth of the text.
  public let test: Classes
  /// The oracle that drew them; `nil` for a text.
  public let oracle: (any SequenceLaw)?
  /// The tokens of a text.
  let texts: SequenceTexts?

  /// Number of tokens to choose from.
  public var vocabulary: Int { training.classCount }

  /// The data of a configuration, drawn or read.
  ///
  /// - Parameters:
  ///   - tell: what is to be told the user about a text.
  ///   - stop: is called between the parts of the work.
  init(
    _ configuration: SequenceConfiguration, tell: (String) -> Void = { _ in },
    _ stop: StopCheck = .never
  ) throws {
    if configuration.isGrammar {
      try self.init(moleculesOf: configuration, stop)
    } else if let path = configuration.data {
      self = try SequenceText(path, configuration, stop).data(tell: tell)
    } else {
      try self.init(oracleOf: configuration, stop)
    }
  }

  init(
    training: Classes, test: Classes, oracle: (any SequenceLaw)? = nil, texts: SequenceTexts? = nil
  ) {
    self.training = training
    self.test = test
    self.oracle = oracle
    self.texts = texts
  }

  private init(oracleOf configuration: SequenceConfiguration, _ stop: StopCheck) throws {
    func noise(_ stream: SeedStream) -> Philox { Philox(seed: configuration.seed, stream: stream) }
    var weights = noise(.oracle)
    let oracle = try configuration.oracle.law(configuration, using: &weights)
    try configuration.checkMemory(vocabulary: oracle.vocabulary)
    var training = noise(.oracleTraining)
    var test = noise(.oracleTest)
    self.init(
      training: try oracle.sample(
        configuration.drawn, using: &training, betweenSteps: { try stop() }),
      test: try oracle.sample(
        configuration.evaluationSequences, using: &test, betweenSteps: { try stop() }),
      oracle: oracle)
  }

  private init(moleculesOf configuration: SequenceConfiguration, _ stop: StopCheck) throws {
    var noise = Philox(seed: configuration.seed, stream: .molecules)
    let count = configuration.drawn
    let molecules = try MoleculeGrammar.strings(
      count + configuration.evaluationSequences, length: configuration.length, using: &noise,
      pause: { try stop() }
    ).map { $0.map { String($0) } }
    try stop()
    let texts = SequenceTexts(
      unit: .lines, vocabulary: Vocabulary([Vocabulary.endText] + MoleculeGrammar.alphabet),
      isGrammar: true)
    func sequences(_ some: ArraySlice<[String]>) -> Classes {
      texts.sequences(some.map { $0.compactMap(texts.vocabulary.token(of:)) }, of: configuration)
    }
    self.init(
      training: sequences(molecules[..<count]), test: sequences(molecules[count...]), texts: texts)
  }

  /// The data that are learned from, for people.
  func counts(of name: String) -> String {
    "\(name), \(training.shape[0]) sequences of \(training.shape[1]), \(test.shape[0]) to test on, \(vocabulary) tokens"
  }

  /// A checksum of all sequences and of the texts of their tokens.
  var digest: String {
    var checksum = Checksum()
    for classes in [training, test] {
      checksum.update(Array("\(classes.shape)\n".utf8))
      classes.indices.values.withUnsafeBytes { checksum.update($0) }
    }
    for text in texts?.vocabulary.texts ?? [] { checksum.update(Array("\(text)\n".utf8)) }
    return String(checksum.value, radix: 16)
  }
}
