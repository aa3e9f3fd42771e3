import Codes
package import Formats
public import Runs
import Tensors

/// Images or a text that were read out of a compressed file.
public struct DecompressedFile: Sendable {
  /// Images or characters.
  public let count: Int
  public let isText: Bool
  /// Images as IDX, of 0 and 255, or a text in UTF-8.
  public let content: [UInt8]

  /// Reads a file, and the model of a run where one has written it.
  ///
  /// - Throws: `FormatError` for a file that is missing, damaged or none; `Failure` for one that
  ///   another model has written, or a machine whose arithmetic differs.
  public init(_ path: String, run: String?, checkpoint: CheckpointChoice = .last) throws {
    let file = try CodeFile(path)
    do {
      switch file.header.content {
      case .images(let count, let width, let height):
        let pixels = try DecompressedFile.pixels(
          file, path, count: count, width: width, height: height, run: run, checkpoint)
        (self.count, isText) = (count, false)
        content = IDX.encode(pixels.map { $0 * 255 }, shape: [count, height, width])
      case .text(let sequences, let rest, let bytes):
        content = try DecompressedFile.text(
          file, path, sequences: sequences, rest: rest, bytes: bytes, run: run, checkpoint)
        (count, isText) = (String(decoding: content, as: UTF8.self).count, true)
      }
    } catch let error as CodeError {
      throw Failure(.badData, "\(path): \(error)")
    }
  }

  private static func pixels(
    _ file: CodeFile, _ path: String, count: Int, width: Int, height: Int, run: String?,
    _ checkpoint: CheckpointChoice
  ) throws -> [UInt8] {
    let header = file.header
    switch header.coder {
    case .context(let neighbors):
      guard let template = ContextCoder.Template(rawValue: neighbors) else {
        throw FormatError(.malformed, "\(path): a template of \(neighbors) pixels is not known")
      }
      guard run == nil else {
        throw Failure(.usage, "\(path): was written by the context coder, and needs no --model")
      }
      var message = file.message
      let pixels = try ContextCoder(
        template: template, width: width, height: height, precision: header.precision
      ).pop(count, from: &message)
      try message.checkRead(leaving: 0, of: Philox(seed: header.seed))
      return pixels
    case .model(let digest, let probe, let arithmetic):
      let trained = try CodedRun(
        run: named(run, path), checkpoint: checkpoint, arithmetic: arithmetic)
      try check(
        trained.digest == digest && trained.width == width && trained.height == height,
        trained.checkpoint, path)
      let coder = trained.coder(block: header.block, seed: header.seed)
      try check(header.precision, coder.precision, path)
      try check(coder.probe() == probe, path)
      return try coder.images(count, of: file.message, seedWords: header.seedWords)
    }
  }

  private static func text(
    _ file: CodeFile, _ path: String, sequences: Int, rest: Int, bytes: Int, run: String?,
    _ checkpoint: CheckpointChoice
  ) throws -> [UInt8] {
    guard case .model(let digest, let probe, _) = file.header.coder else {
      throw FormatError(.malformed, "\(path): a text by the context coder, which has images alone")
    }
    let trained = try CodedSequences(run: named(run, path), checkpoint: checkpoint)
    try check(trained.digest == digest, trained.checkpoint, path)
    if let excess = MemoryBudget.excess(
      "\(sequences) sequences of \(trained.length)", [[4, sequences, trained.length]], width: 1)
    {
      throw FormatError(.malformed, "\(path): \(excess)")
    }
    let coder = trained.coder(block: file.header.block)
    try check(file.header.precision, coder.precision, path)
    try check(coder.probe() == probe, path)
    var message = file.message
    let pieces = try trained.pop(
      sequences: sequences, rest: rest, bytes: bytes, by: coder, from: &message)
    try message.checkRead(leaving: 0, of: Philox(seed: 0))
    guard let text = pieces.text(by: trained.texts, length: trained.length) else {
      throw CodeError.damaged("bytes that the model has no tokens for lie outside of the text")
    }
    return text
  }

  private static func named(_ run: String?, _ path: String) throws -> String {
    guard let run else {
      throw Failure(.usage, "\(path): was written by a model; say which run by --model")
    }
    return run
  }

  private static func check(_ isSame: Bool, _ checkpoint: String, _ path: String) throws {
    guard isSame else {
      throw Failure(.badData, "\(path): was not written by the model at \(checkpoint)")
    }
  }

  private static func check(_ precision: Int, _ expected: Int, _ path: String) throws {
    guard precision == expected else {
      throw FormatError(
        .malformed, "\(path): frequencies of \(precision) bits, expected \(expected)")
    }
  }

  private static func check(_ hasSameProbe: Bool, _ path: String) throws {
    guard hasSameProbe else {
      throw Failure(
        .badData,
        "\(path): the arithmetic of this machine or build gives other frequencies than that which wrote the file"
      )
    }
  }

  /// The size, for programs.
  package var member: JSON.Member { .init(isText ? "characters" : "images", JSON(count)) }

  /// The size, for people.
  package var line: String { "\(count) \(isText ? "characters" : "images")" }

  /// Writes the content.
  ///
  /// - Throws: as `CompressedFile.write(to:)`.
  public func write(to path: String) throws {
    try refuseExistingFile(path)
    try atomicWrite(content, to: path)
  }
}
