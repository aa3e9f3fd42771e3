/// An array of unsigned bytes in the IDX format of the MNIST files.
public struct IDX: Sendable {
  /// Sizes, outermost axis first.
  public let shape: [Int]
  /// The content of the file; the array itself begins at `start`.
  public let bytes: [UInt8]
  /// Where the array begins in `bytes`, which it fills to the end.
  public let start: Int

  /// Reads a file, plain or gzip, of `rank` axes.
  ///
  /// Throws `FormatError` when it is missing, of another rank or type, shorter or longer than its
  /// header tells.
  public init(_ path: String, rank: Int) throws(FormatError) {
    try self.init(parsing: fileBytes(path), rank: rank, path: path)
  }

  /// As `init(_:rank:)`, of bytes at hand.
  package init(parsing bytes: [UInt8], rank: Int, path: String) throws(FormatError) {
    guard bytes.count >= 4 else {
      let found = bytes.isEmpty ? "is empty" : "has only \(bytes.count) bytes"
      throw .malformed(path, "\(found), an IDX file was expected")
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      let found = bytes[..<4].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      throw .malformed(path, "magic number \(found), expected 0000080\(rank)")
    }
    guard bytes[2] == 0x08 else {
      throw .malformed(path, "element type \(bytes[2]), unsigned bytes (8) were expected")
    }
    guard bytes[3] == rank else {
      throw .malformed(
        path,
        "holds \(IDX.content(ofRank: Int(bytes[3]))), \(IDX.content(ofRank: rank)) were expected")
    }
    start = 4 + 4 * rank
    guard bytes.count >= start else { throw .malformed(path, "ends inside the header") }
    shape = (0..<rank).map { axis in
      bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let size = byteCount(of: shape, width: 1) else {
      throw .malformed(path, "sizes \(shape) overflow")
    }
    guard size == bytes.count - start else {
      throw .malformed(path, "\(bytes.count - start) bytes of data, sizes \(shape) take \(size)")
    }
    self.bytes = bytes
  }

  private static func content(ofRank rank: Int) -> String {
    switch rank {
    case 1: "labels (1 axis)"
    case 3: "images (3 axes)"
    default: "\(rank) axes"
    }
  }
}
