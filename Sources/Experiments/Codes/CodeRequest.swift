import Codes
import Datasets
import Formats
import Runs

/// What is to be compressed, and by which coder, as a command line says it.
package struct CodeRequest {
  /// A run folder, or `context`.
  package var model: String
  /// A folder of images, the name of known ones, or a file of text.
  package var data: String
  package var part: String
  package var binarize: String?
  package var template: Int?
  package var checkpoint: String
  package var isPortable: Bool

  package init(
    model: String, data: String, part: String, binarize: String?, template: Int?,
    checkpoint: String, isPortable: Bool
  ) {
    self.model = model
    self.data = data
    self.part = part
    self.binarize = binarize
    self.template = template
    self.checkpoint = checkpoint
    self.isPortable = isPortable
  }

  /// The file in memory.
  ///
  /// - Throws: `Failure` for what does not fit together, a run without a likelihood, gray images
  ///   and no images; `FormatError` for data that cannot be read.
  package func compressed() throws -> CompressedFile {
    switch try work() {
    case .context(let template): CompressedFile(try images(), template: template)
    case .images(let run): try CompressedFile(images(), by: run)
    case .text(let run): try CompressedFile(text(), by: run)
    }
  }

  /// What coders make of the data.
  ///
  /// - Throws: as `compressed()`.
  package func rates() throws -> CodeRates {
    switch try work() {
    case .context(let template): try CodeRates(images(), by: nil, template: template)
    case .images(let run): try CodeRates(images(), by: run, template: .ten)
    case .text(let run): try CodeRates(text(), by: run)
    }
  }

  private enum Work {
    case context(ContextCoder.Template)
    case images(CodedRun)
    case text(CodedSequences)
  }

  private func work() throws -> Work {
    if model == "context" {
      guard !isPortable else {
        throw Failure(.usage, "--portable is for a run; the context coder is portable anyway")
      }
      return .context(try neighbors())
    }
    try refuse(template == nil, "--template is for the context coder, not for a run")
    let choice = try CheckpointChoice(named: checkpoint)
    guard try CodedKind.ofRun(model).kind == .text else {
      let arithmetic: CodeHeader.Arithmetic = isPortable ? .portable : .native
      return .images(try CodedRun(run: model, checkpoint: choice, arithmetic: arithmetic))
    }
    try refuse(
      !isPortable && binarize == nil && part == "test",
      "--portable, --binarize and --part are for images; \(model) is a run of text")
    return .text(try CodedSequences(run: model, checkpoint: choice))
  }

  private func refuse(_ isFine: Bool, _ sentence: String) throws {
    guard isFine else { throw Failure(.usage, sentence) }
  }

  private func neighbors() throws -> ContextCoder.Template {
    let number = template ?? 10
    guard let template = ContextCoder.Template(rawValue: number) else {
      let known = ContextCoder.Template.allCases.map { "\($0.rawValue)" }
      throw Failure(.usage, unknown("template", "\(number)", among: known))
    }
    return template
  }

  private func images() throws -> BinaryImages {
    let ways: [String: Binarization] = ["threshold": .threshold, "fixed": .fixed(seed: 1)]
    if let binarize, ways[binarize] == nil {
      throw Failure(.usage, unknown("binarize", binarize, among: ways.keys.sorted()))
    }
    let parts = ["training", "validation", "test"]
    guard parts.contains(part) else { throw Failure(.usage, unknown("part", part, among: parts)) }
    let all = try loadImages(data)
    let images = part == "training" ? all.training : part == "test" ? all.test : all.validation
    return try BinaryImages(images, binarized: binarize.flatMap { ways[$0] })
  }

  private func text() throws -> String {
    let bytes = try storedBytes(data, atMost: MemoryBudget.textBytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormatError(.malformed, "\(data): is not text in UTF-8")
    }
    guard !text.isEmpty else {
      throw Failure(.badData, "\(data): is empty, and there is nothing to compress")
    }
    return text
  }
}
