import Codes
import Datasets
package import Formats
import Runs
import Tensors

/// Binary images or a text in a file that a model or the context coder has written.
public struct CompressedFile: Sendable {
  /// Images or characters.
  public let count: Int
  /// Pixels of all images, or characters.
  public let symbols: Int
  /// Bits of the payload, seed words included.
  public let bits: Int
  /// Bits of the payload that are seed words.
  public let seedBits: Int
  let file: CodeFile

  /// Images by the untrained adaptive coder.
  init(_ images: BinaryImages, template: ContextCoder.Template) {
    var message = ANS()
    ContextCoder(template: template, width: images.width, height: images.height)
      .push(images.pixels, onto: &message)
    self.init(
      images,
      CodeHeader(
        coder: .context(neighbors: template.rawValue), content: images.content, precision: 16,
        block: 1, seed: 0, message), message)
  }

  /// Images by a trained model, without loss.
  ///
  /// - Throws: `Failure` for images of another size, and images of probability zero.
  init(_ images: BinaryImages, by trained: CodedRun) throws {
    guard images.width == trained.width && images.height == trained.height else {
      throw Failure(
        .badData,
        "images of \(images.width) x \(images.height), the model has \(trained.width) x \(trained.height)"
      )
    }
    let coder = trained.coder()
    let (message, probe): (ANS, String)
    do {
      (message, probe) = (try coder.message(of: images.pixels), try coder.probe())
    } catch {
      throw Failure(.badData, "\(trained.checkpoint): \(error)")
    }
    self.init(
      images,
      CodeHeader(
        coder: .model(digest: trained.digest, probe: probe, trained.arithmetic),
        content: images.content, precision: coder.precision, block: coder.block, seed: coder.seed,
        message), message)
  }

  private init(_ images: BinaryImages, _ header: CodeHeader, _ message: ANS) {
    self.init(
      count: images.count, symbols: images.pixels.count, CodeFile(header, message), message)
  }

  private init(count: Int, symbols: Int, _ file: CodeFile, _ message: ANS) {
    (self.count, self.symbols, self.file) = (count, symbols, file)
    (bits, seedBits) = (message.bitCount, message.seedBitCount)
  }

  /// A text by a generator of sequences, byte for byte.
  ///
  /// - Throws: `Failure` for a text that is empty.
  init(_ text: String, by trained: CodedSequences) throws {
    let pieces = TextPieces(text, of: trained.texts, length: trained.length)
    var message = ANS()
    let coder = trained.coder()
    let probe: String
    do {
      try trained.push(pieces, onto: &message)
      probe = try coder.probe()
    } catch {
      throw Failure(.badData, "\(trained.checkpoint): \(error)")
    }
    let header = CodeHeader(
      coder: .model(digest: trained.digest, probe: probe, .native),
      content: .text(
        sequences: pieces.sequences.count / trained.length, rest: pieces.rest.count,
        bytes: pieces.omitted.count), precision: coder.precision, block: coder.block, seed: 0,
      message)
    self.init(count: text.count, symbols: text.count, CodeFile(header, message), message)
  }

  var isText: Bool { if case .text = file.header.content { true } else { false } }

  /// Bits of a pixel or a character.
  public var rate: Double { Double(bits) / Double(symbols) }

  /// The sizes, for programs.
  package var members: [JSON.Member] {
    [
      .init(isText ? "characters" : "images", JSON(count)), .init("symbols", JSON(symbols)),
      .init("bits", JSON(bits)), .init("bits_per_symbol", JSON(rate)),
      .init("seed_bits", JSON(seedBits)),
    ]
  }

  /// The sizes, for people.
  package var line: String {
    let (things, symbol) = isText ? ("characters", "character") : ("images", "pixel")
    return
      "\(count) \(things), \(bits) bits, \(decimal(rate, 4)) bits a \(symbol), \(seedBits) of the bits are seed"
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

/// Images of bits, one after another.
struct BinaryImages: Sendable {
  let count: Int
  let width: Int
  let height: Int
  /// 0 and 1, [count · height · width].
  let pixels: [UInt8]

  /// - Parameter binarized: `nil` for images that are binary already.
  /// - Throws: `Failure` for gray images, and where there is none.
  init(_ images: ImageSet, binarized: Binarization?) throws {
    guard images.count > 0 else {
      throw Failure(.badData, "there are zero images, and nothing to compress")
    }
    guard let binarization = binarized ?? (images.isBinary ? .threshold : nil) else {
      throw Failure(
        .badData,
        "the images are gray, and what writes them is binary; say --binarize threshold or fixed")
    }
    self.init(
      images,
      in: Batches(evaluating: images, size: 1000, binarization: binarization, seed: 1))
  }

  /// The bits that batches make of images.
  init(_ images: ImageSet, in batches: Batches) {
    pixels = (0..<batches.count).flatMap { batches[$0].tensor.scalars.map { UInt8($0) } }
    (count, width, height) = (images.count, images.width, images.height)
  }

  var content: CodeHeader.Content { .images(count, width: width, height: height) }
}
