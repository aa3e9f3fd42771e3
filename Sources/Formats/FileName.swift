#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Names of files as text, without loss.
///
/// A name is bytes, mostly of UTF-8. Every byte that is none stands in the text as a scalar of its
/// own, from U+10F780 to U+10F7FF, and becomes that byte again on the way to the system. Where a
/// name has such a scalar itself, its bytes stand so too.
package enum FileName {
  private static let base: UInt32 = 0x10F700

  /// The text of a name, or of an argument that may be one.
  package static func text(of bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    var text = String.UnicodeScalarView()
    var parser = UTF8.ForwardParser()
    var input = bytes.makeIterator()
    var place = 0
    while true {
      let length: Int
      switch parser.parseScalar(from: &input) {
      case .emptyInput: return String(text)
      case .error(let count): length = count
      case .valid(let encoded):
        let scalar = UTF8.decode(encoded)
        if byte(of: scalar) == nil {
          text.append(scalar)
          place += encoded.count
          continue
        }
        length = encoded.count
      }
      for byte in bytes[place..<place + length] {
        if let scalar = Unicode.Scalar(base + UInt32(byte)) { text.append(scalar) }
      }
      place += length
    }
  }

  /// The bytes of a text that `text(of:)` made.
  package static func bytes(of text: String) -> [UInt8] {
    // Only scalars of the last plane begin with this byte.
    guard text.utf8.contains(0xF4) else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if let byte = byte(of: scalar) {
        bytes.append(byte)
      } else {
        bytes += String(scalar).utf8
      }
    }
    return bytes
  }

  /// The byte for which a scalar stands, if it is one of these.
  package static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    (base + 0x80...base + 0xFF).contains(scalar.value)
      ? UInt8(truncatingIfNeeded: scalar.value) : nil
  }

  /// The folder that a path is in.
  package static func folder(of path: String) -> String {
    // A slash and a combining character after it are one `Character`.
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  package static func last(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// The path of the same file from the root, where the working folder is known; an empty one stays
  /// empty.
  package static func absolute(_ path: String) -> String {
    guard !path.isEmpty, path.utf8.first != UInt8(ascii: "/"),
      let folder = System.workingFolder
    else {
      return path
    }
    return "\(folder == "/" ? "" : folder)/\(path)"
  }

  /// Calls `body` with a path as the system takes it.
  package static func withCString<R>(_ path: String, _ body: (UnsafePointer<CChar>) -> R) -> R {
    body(bytes(of: path).map { CChar(bitPattern: $0) } + [0])
  }
}
