/// The memory that a file, a table, a model or a batch may take, each by itself.
///
/// Whoever makes one asks first, so that neither a small file nor a mistyped number takes a whole
/// machine.
package enum MemoryBudget {
  /// A gibibyte.
  package static let bytes = 1 << 30

  /// Bytes of text of which a reader makes values: one byte can become thirty.
  package static let textBytes = bytes / 32

  /// Numbers in single precision.
  package static let numbers = bytes / 4

  /// Numbers that training holds for each weight, as measured: its value, gradient, moments, and
  /// copies for checkpoints.
  package static let numbersPerWeight = 20

  /// Bytes that a compressed stream may become: real data do not shrink to less than a hundredth.
  package static func inflated(from stored: Int, atMost limit: Int = bytes) -> Int {
    min(limit, max(1 << 26, 128 * min(stored, bytes)))
  }

  /// The sentence that refuses something; `nil` where it fits.
  ///
  /// Sums and products are those of doubles, which do not overflow.
  ///
  /// - Parameters:
  ///   - what: names it, in the plural or the singular.
  ///   - parts: the sizes of its arrays, whose products are added.
  ///   - width: bytes of a number.
  package static func excess(_ what: String, _ parts: [[Int]], width: Int = 4) -> String? {
    let needed = parts.reduce(0.0) { sum, sizes in
      sum + sizes.reduce(Double(width)) { $0 * Double($1) }
    }
    guard needed > Double(bytes) else { return nil }
    return
      "\(what) would take \(text(ofBytes: needed)) of memory, at most \(text(ofBytes: bytes)) is allowed"
  }

  /// A size for people, such as `1.5 GiB`.
  package static func text(ofBytes count: Int) -> String { text(ofBytes: Double(count)) }

  private static func text(ofBytes count: Double) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (size, unit) = (count, 0)
    while size >= 1024, unit + 1 < units.count { (size, unit) = (size / 1024, unit + 1) }
    guard size < 1e6 else { return "over a million \(units[unit])" }
    let tenths = Int((size * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}

extension FormatError {
  /// A file of more bytes than are read.
  static func tooLarge(_ path: String, limit: Int) -> FormatError {
    .malformed(
      path, "is larger than \(MemoryBudget.text(ofBytes: limit)), the most that is read of it")
  }
}
