import Codes
import Datasets
package import Formats
import Runs
import Tensors

/// A model's bound, what its file takes, and what others take for the same.
package struct CodeRates {
  /// A coder, and the bits of what it makes.
  struct Row {
    let name: String
    let bits: Double
  }

  /// The file of the model or of the context coder.
  private let file: CompressedFile
  /// Nats of everything by the model, the mean over some samples of latents; `nil` without a model.
  private let nats: Double?
  private let modelBytes: Int
  /// Coders that know no model; the model is to break even with the first.
  private let peers: [Row]

  /// Samples of latents by which the bound is measured.
  private static let samples = 10

  /// - Parameters:
  ///   - trained: `nil` for the context coder itself.
  ///   - template: of the context coder that is compared with.
  init(_ images: BinaryImages, by trained: CodedRun?, template: ContextCoder.Template) throws {
    let context = CompressedFile(images, template: template)
    file = try trained.map { try CompressedFile(images, by: $0) } ?? context
    nats = trained.map { CodeRates.nats(of: images, by: $0) }
    modelBytes = 4 * (trained?.parameterCount ?? 0)
    let others = ContextCoder.Template.allCases.filter { $0 != template }
    let files = [context] + others.map { CompressedFile(images, template: $0) }
    let names = ([template] + others).map(\.name)
    peers =
      zip(names, files).map { Row(name: $0, bits: Double($1.bits)) }
      + CodeRates.general(images.packed, unit: ", 8 pixels a byte")
  }

  init(_ text: String, by trained: CodedSequences) throws {
    file = try CompressedFile(text, by: trained)
    let pieces = TextPieces(text, of: trained.texts, length: trained.length)
    nats = trained.nats(of: pieces) + Double(8 * pieces.omitted.count) * nat
    modelBytes =
      4 * trained.parameterCount
      + trained.texts.vocabulary.texts.reduce(0) { $0 + $1.utf8.count + 1 }
    peers = CodeRates.general(Array(text.utf8), unit: "").sorted { $0.bits < $1.bits }
  }

  private static func general(_ bytes: [UInt8], unit: String) -> [Row] {
    GeneralCoder.allCases.map {
      Row(name: $0.command + unit, bits: Double(8 * $0.size(of: bytes)))
    }
  }

  private static func nats(of images: BinaryImages, by trained: CodedRun) -> Double {
    var noise = Philox(seed: 1, stream: .evaluation)
    let (width, block) = (images.width * images.height, 50)
    return stride(from: 0, to: images.count, by: block).reduce(0.0) { sum, start in
      let rows = min(block, images.count - start)
      let pixels = images.pixels[start * width..<(start + rows) * width].map { Scalar($0) }
      let bounds = trained.model.bounds(
        of: Bits(Tensor(pixels, shape: [rows, width])), samples: samples, using: &noise)
      return sum - bounds.scalars.reduce(0.0) { $0 + Double($1) } / Double(samples)
    }
  }

  /// What the coder adds to the bound, first bits not counted, as a share of it.
  var overhead: Double? {
    nats.map { Double(file.bits - file.seedBits) / ($0 / nat) - 1 }
  }

  /// The number of images or characters from which on model and codes together are smaller than
  /// what the first peer makes; `nil` where they never are.
  var breakEven: Int? {
    let gain = (peers[0].bits - Double(file.bits)) / Double(file.count)
    return gain > 0 ? Int((Double(8 * modelBytes) / gain).rounded(.up)) : nil
  }

  package var json: JSON {
    let symbols = Double(file.symbols)
    func rate(_ bits: Double) -> JSON { JSON(rounded(bits / symbols, 6)) }
    var members = file.members
    if let nats, let overhead {
      members += [
        .init("bound_nats", JSON(nats / Double(file.count))),
        .init("bound_bits_per_symbol", JSON(nats / nat / symbols)),
        .init("overhead", JSON(overhead)), .init("model_bytes", JSON(modelBytes)),
        .init("break_even_with", JSON(peers[0].name)),
        .init("break_even", breakEven.map { JSON($0) } ?? .null),
      ]
    }
    let others = peers.map { peer -> JSON in
      [
        "name": JSON(peer.name), "bits": JSON(peer.bits),
        "bits_per_symbol": JSON(peer.bits / symbols),
      ]
    }
    return .object(members + [.init("peers", .array(others))])
  }

  /// The table, and what does not fit into its columns.
  package var lines: [String] {
    let (thing, symbol) = file.isText ? ("character", "character") : ("image", "pixel")
    let (count, symbols) = (Double(file.count), Double(file.symbols))
    func row(_ name: String, _ bits: Double, isPayload: Bool = true) -> [String] {
      [
        name, decimal(bits * nat / count, 2), decimal(bits / symbols, 4),
        isPayload ? "\(Int((bits / 8).rounded(.up)))" : "",
      ]
    }
    var rows = peers.map { row($0.name, $0.bits) }
    if let nats {
      rows =
        [row("bound of one sample", nats / nat, isPayload: false)]
        + [row("model, first bits included", Double(file.bits))] + rows
    }
    let table = TextTable(["coder", "nats an \(thing)", "bits a \(symbol)", "bytes"], rows)
    guard let overhead else { return table.lines }
    let even =
      breakEven.map { "from \($0) \(thing)s on, model and codes are smaller" }
      ?? "never: its codes alone are not smaller"
    return table.lines + [
      "", "overhead of the coder   \(decimal(100 * overhead, 3)) %",
      "first bits              \(file.seedBits)", "model                   \(modelBytes) bytes",
      "against \(peers[0].name)   \(even)",
    ]
  }
}

extension ContextCoder.Template {
  /// What tables and figures call the coder.
  var name: String { "context of \(rawValue)" }
}

/// Nats of a bit.
let nat = 0.693147180559945309

extension BinaryImages {
  /// Pixels 8 a byte, the first highest.
  var packed: [UInt8] {
    stride(from: 0, to: pixels.count, by: 8).map { start in
      let byte = pixels[start..<min(start + 8, pixels.count)].reduce(0) { $0 << 1 | $1 }
      return byte << UInt8(max(0, start + 8 - pixels.count))
    }
  }
}
