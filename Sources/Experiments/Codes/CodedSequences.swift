import Codes
import Datasets
import Formats
import Models
import Runs
import Stochastics
import Tensors

/// A run of sequences whose generator writes text without loss.
struct CodedSequences {
  let checkpoint: String
  /// The digest of the checkpoint and of the texts of its tokens.
  let digest: String
  let texts: SequenceTexts
  private let generator: SequenceGenerator

  /// - Throws: `Failure` for a run whose tokens stand for nothing, and for weights that are not
  ///   finite; `FormatError` for files that are missing or damaged.
  init(run path: String, checkpoint choice: CheckpointChoice) throws {
    _ = try CodedKind.model(of: path, expecting: .text)
    guard choice == .last else {
      throw Failure(.usage, "\(path): a run of sequences keeps its last checkpoint alone")
    }
    let trained = try TrainedSequences(run: path)
    guard let texts = trained.texts else {
      throw Failure(
        .usage,
        "\(path): its tokens are an oracle's and stand for no text; a run with --data has those of a text"
      )
    }
    self.texts = texts
    generator = trained.generator
    checkpoint = trained.folder.lastCheckpoint
    digest = Digest.sha256(
      ofTexts: [Digest.sha256(of: try storedBytes(checkpoint))] + texts.vocabulary.texts)
  }

  var length: Int { generator.length }
  var parameterCount: Int { generator.parameterCount }

  func coder(block: Int = 64) -> SequenceCoder<SequenceGenerator> {
    SequenceCoder(generator, block: block)
  }

  private func coder(ofLength length: Int) -> SequenceCoder<SequenceGenerator> {
    SequenceCoder(generator.ofLength(length), block: 1)
  }

  /// Puts a text on top: its sequences are read first, its omitted bytes last.
  func push(_ pieces: TextPieces, onto message: inout ANS) throws(CodeError) {
    for byte in pieces.omitted.reversed() {
      message.push(Interval(start: UInt32(byte), frequency: 1), precision: 8)
    }
    if !pieces.rest.isEmpty {
      try coder(ofLength: pieces.rest.count).push(pieces.rest, onto: &message)
    }
    try coder().push(pieces.sequences, onto: &message)
  }

  /// Takes a text off.
  func pop(
    sequences: Int, rest: Int, bytes: Int, by coder: SequenceCoder<SequenceGenerator>,
    from message: inout ANS
  ) throws(CodeError) -> TextPieces {
    let whole = try coder.pop(sequences, from: &message)
    let last = rest > 0 ? try self.coder(ofLength: rest).pop(1, from: &message) : []
    var omitted: [UInt8] = []
    for _ in 0..<bytes {
      let byte = message.peek(precision: 8)
      try message.pop(Interval(start: byte, frequency: 1), precision: 8)
      omitted.append(UInt8(byte))
    }
    return TextPieces(sequences: whole, rest: last, omitted: omitted)
  }

  /// Nats of the tokens of a text.
  func nats(of pieces: TextPieces) -> Double {
    func nats(_ tokens: [Int32], by law: SequenceGenerator) -> Double {
      guard !tokens.isEmpty else { return 0 }
      let sequences = law.sample(tokens.count / law.length, of: tokens)
      return law.logProbabilities(ofEach: sequences, pause: {}).reduce(0) { $0 - $1 }
    }
    return nats(pieces.sequences, by: generator)
      + nats(pieces.rest, by: generator.ofLength(max(1, pieces.rest.count)))
  }
}
