import Codes
package import Datasets
import Formats
public import Runs
import Tensors

/// Binary images in a file that a model or the context coder has written.
public struct CompressedImages: Sendable {
  public let images: Int
  /// Pixels of all images.
  public let symbols: Int
  /// Bits of the payload, seed words included.
  public let bits: Int
  /// Bits of the payload that are seed words.
  public let seedBits: Int
  private let file: CodeFile

  /// Images by the untrained adaptive coder.
  package init(_ images: ImageSet, binarized: Binarization?, template: Int) throws {
    guard let neighbors = ContextCoder.Template(rawValue: template) else {
      let known = ContextCoder.Template.allCases.map { "\($0.rawValue)" }
      throw Failure(.usage, unknown("template", "\(template)", among: known))
    }
    let pixels = try CompressedImages.pixels(of: images, binarized)
    var message = ANS()
    ContextCoder(template: neighbors, width: images.width, height: images.height)
      .push(pixels, onto: &message)
    self.init(
      message, images, .context(neighbors: template), precision: Self.precision, block: 1, seed: 0)
  }

  /// Images by a trained model, without loss.
  ///
  /// - Throws: `Failure` for a model without a likelihood, gray images, images of another size, and
  ///   images of probability zero.
  package init(_ images: ImageSet, binarized: Binarization?, by trained: CodedRun) throws {
    guard images.width == trained.width && images.height == trained.height else {
      throw Failure(
        .badData,
        "images of \(images.width) x \(images.height), the model has \(trained.width) x \(trained.height)"
      )
    }
    let coder = trained.coder()
    let pixels = try CompressedImages.pixels(of: images, binarized)
    let (message, probe): (ANS, String)
    do {
      (message, probe) = (try coder.message(of: pixels), try coder.probe())
    } catch {
      throw Failure(.badData, "\(trained.checkpoint): \(error)")
    }
    self.init(
      message, images, .model(digest: trained.digest, probe: probe), precision: coder.precision,
      block: coder.block, seed: coder.seed)
  }

  private static let precision = 16

  private init(
    _ message: ANS, _ images: ImageSet, _ coder: CodeHeader.Coder, precision: Int, block: Int,
    seed: UInt64
  ) {
    self.images = images.count
    symbols = images.count * images.pixelCount
    bits = message.bitCount
    seedBits = message.seedBitCount
    file = CodeFile(
      CodeHeader(
        coder: coder, images: images.count, width: images.width, height: images.height,
        precision: precision, block: block, seed: seed, seedWords: message.seedWords.count,
        lanes: message.lanes, words: message.words.count), message)
  }

  /// Bits 0 and 1 of all images, one after another.
  private static func pixels(of images: ImageSet, _ binarized: Binarization?) throws -> [UInt8] {
    guard let binarization = binarized ?? (images.isBinary ? .threshold : nil) else {
      throw Failure(
        .badData,
        "the images are gray, and what writes them is binary; say --binarize threshold or fixed")
    }
    let batches = Batches(evaluating: images, size: 1000, binarization: binarization, seed: 1)
    return (0..<batches.count).flatMap { batches[$0].tensor.scalars.map { UInt8($0) } }
  }

  /// Writes the file.
  ///
  /// - Throws: `Failure` where something stands there already; `FormatError` where it cannot be
  ///   written.
  public func write(to path: String) throws {
    try refuseExistingFile(path)
    try atomicWrite(file.bytes, to: path)
  }
}

/// Throws where something stands at a path that is to be written anew.
package func refuseExistingFile(_ path: String) throws {
  if try fileExists(path) { throw Failure(.cannotCreate, "\(path): exists already") }
}

/// Images that were read out of a compressed file.
public struct DecompressedImages: Sendable {
  public let images: Int
  private let width: Int
  private let height: Int
  private let pixels: [UInt8]

  /// Reads a file, and the model of a run where one has written it.
  ///
  /// - Throws: `FormatError` for a file that is missing, damaged or none; `Failure` for one that
  ///   another model has written, or a machine whose arithmetic differs.
  public init(_ path: String, run: String?, checkpoint: CheckpointChoice = .last) throws {
    let file = try CodeFile(path)
    let header = file.header
    (images, width, height) = (header.images, header.width, header.height)
    do {
      switch header.coder {
      case .context(let neighbors):
        guard let template = ContextCoder.Template(rawValue: neighbors) else {
          throw FormatError(.malformed, "\(path): a template of \(neighbors) pixels is not known")
        }
        guard run == nil else {
          throw Failure(.usage, "\(path): was written by the context coder, and needs no --model")
        }
        var message = file.message
        pixels = try ContextCoder(
          template: template, width: width, height: height, precision: header.precision
        ).pop(images, from: &message)
        try message.checkRead(leaving: 0, of: Philox(seed: header.seed))
      case .model(let digest, let probe):
        guard let run else {
          throw Failure(.usage, "\(path): was written by a model; say which run by --model")
        }
        let trained = try CodedRun(run: run, checkpoint: checkpoint)
        guard trained.digest == digest, trained.width == width, trained.height == height else {
          throw Failure(
            .badData, "\(path): was not written by the model at \(trained.checkpoint)")
        }
        let coder = trained.coder(
          block: header.block, precision: header.precision, seed: header.seed)
        guard try coder.probe() == probe else {
          throw Failure(
            .badData,
            "\(path): the arithmetic of this machine or build gives other frequencies than that which wrote the file"
          )
        }
        pixels = try coder.images(images, of: file.message, seedWords: header.seedWords)
      }
    } catch let error as CodeError {
      throw Failure(.badData, "\(path): \(error)")
    }
  }

  /// Writes the images as IDX, of 0 and 255.
  public func write(to path: String) throws {
    try refuseExistingFile(path)
    try atomicWrite(
      IDX.encode(pixels.map { $0 * 255 }, shape: [images, height, width]), to: path)
  }
}
