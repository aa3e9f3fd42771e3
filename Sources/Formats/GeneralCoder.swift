import CBzip2
import CXz
import CZlib

/// A compressor of any bytes, by the library of its authors and at its strongest setting.
package enum GeneralCoder: String, CaseIterable, Sendable {
  case gzip
  case bzip2
  case xz

  /// As one types it.
  package var command: String {
    switch self {
    case .gzip: "gzip -9"
    case .bzip2: "bzip2 -9"
    case .xz: "xz -9e"
    }
  }

  /// How many bytes some bytes become; traps where there is no memory.
  package func size(of bytes: [UInt8]) -> Int {
    let size =
      switch self {
      case .gzip: gzipSize(of: bytes)
      case .bzip2: bzip2Size(of: bytes)
      case .xz: xzSize(of: bytes)
      }
    guard let size else { fatalError("\(rawValue) of \(bytes.count) bytes failed") }
    return size
  }
}

private func gzipSize(of bytes: [UInt8]) -> Int? {
  var stream = z_stream()
  // A window of 2^15 and the memory level that the program has; 16 asks for the frame of gzip.
  guard
    deflateInit2_(
      &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { return nil }
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))))
  let status = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      return deflate(&stream, Z_FINISH)
    }
  }
  return status == Z_STREAM_END ? Int(stream.total_out) : nil
}

private func bzip2Size(of bytes: [UInt8]) -> Int? {
  var input = bytes.map { CChar(bitPattern: $0) }
  // The bound of its manual.
  var size = UInt32(bytes.count + bytes.count / 100 + 601)
  var output = [CChar](repeating: 0, count: Int(size))
  let status = BZ2_bzBuffToBuffCompress(
    &output, &size, &input, UInt32(input.count), 9, 0, 0)
  return status == BZ_OK ? Int(size) : nil
}

private func xzSize(of bytes: [UInt8]) -> Int? {
  var stream = lzma_stream()
  // The highest bit is that of "extreme".
  guard lzma_easy_encoder(&stream, 9 | 1 << 31, LZMA_CHECK_CRC64) == LZMA_OK else { return nil }
  defer { lzma_end(&stream) }
  var output = [UInt8](repeating: 0, count: lzma_stream_buffer_bound(bytes.count))
  let status = bytes.withUnsafeBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = input.count
      stream.next_out = output.baseAddress
      stream.avail_out = output.count
      return lzma_code(&stream, LZMA_FINISH)
    }
  }
  return status == LZMA_STREAM_END ? Int(stream.total_out) : nil
}
