import CZlib

/// The bytes of a file or pipe; the content when it is a gzip stream, which its first bytes tell.
///
/// At most a gibibyte is read, and of a gzip stream 64 MiB or 128 times its own size.
///
/// Throws `FormatError`: `missing`, `malformed` when the file is too large or a device, or the
/// stream is damaged or ends early, `inputOutput`.
public func fileBytes(_ path: String) throws(FormatError) -> [UInt8] {
  try fileBytes(path, atMost: MemoryBudget.bytes)
}

/// As `fileBytes(_:)`, of a file whose content has at most so many bytes.
package func fileBytes(_ path: String, atMost limit: Int) throws(FormatError) -> [UInt8] {
  try inflatedIfPacked(storedBytes(path, atMost: limit), path: path, atMost: limit)
}

/// Bytes at hand, or the content where they are a gzip stream.
package func inflatedIfPacked(
  _ stored: [UInt8], path: String, atMost limit: Int = MemoryBudget.bytes
) throws(FormatError) -> [UInt8] {
  guard stored.count >= 2, stored[0] == 0x1F, stored[1] == 0x8B else { return stored }
  return try inflated(stored, path: path, atMost: limit)
}

/// The bytes of a file or pipe as they are stored, read once.
package func storedBytes(
  _ path: String, atMost limit: Int = MemoryBudget.bytes
) throws(FormatError) -> [UInt8] {
  let file = System.openToRead(path)
  guard file >= 0 else { throw .unreadable(path) }
  defer { System.closeFile(file) }
  guard let information = System.information(file) else {
    throw FormatError(.inputOutput, "\(path): \(System.reason)")
  }
  switch information.kind {
  case .folder: throw .malformed(path, "is a folder, a file was expected")
  case .device: throw .malformed(path, "is a device, a file or pipe was expected")
  case .file, .pipe: break
  }
  guard information.size <= limit else { throw .tooLarge(path, limit: limit) }
  return try read(file, size: information.size, path: path, atMost: limit)
}

/// Whether a file or folder stands at `path`, or where a link there leads.
///
/// Throws `FormatError` where the system will not say, which does not mean that nothing is there.
public func fileExists(_ path: String) throws(FormatError) -> Bool {
  if System.information(at: path) != nil { return true }
  guard System.isAbsent else { throw .unreadable(path) }
  return false
}

/// The rest of an open file; its size is a hint, which a pipe gives as zero.
private func read(
  _ file: Int32, size: Int, path: String, atMost limit: Int
) throws(FormatError) -> [UInt8] {
  var bytes: [UInt8] = []
  var room = size
  while true {
    var failure: String?
    let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      if let read = System.readAll(file, into: UnsafeMutableRawBufferPointer(buffer)) {
        count = read
      } else {
        failure = System.reason
      }
    }
    if let failure { throw FormatError(.inputOutput, "\(path): reading failed: \(failure)") }
    if bytes.isEmpty { bytes = piece } else { bytes += piece }
    guard bytes.count <= limit else { throw .tooLarge(path, limit: limit) }
    if room > 0 && piece.count < room { return bytes }
    // One byte more than the size is asked for, which a whole file has not.
    room = bytes.count == size && size > 0 ? 1 : 1 << 16
  }
}

/// Inflates one gzip stream or several in a row, straight into the result.
private func inflated(
  _ stored: [UInt8], path: String, atMost most: Int
) throws(FormatError) -> [UInt8] {
  let limit = MemoryBudget.inflated(from: stored.count, atMost: most)
  // A stream ends in its size modulo 2^32. It is only a hint, so it may not ask for more than the
  // limit.
  let hint = stored.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  var capacity = min(hint, limit) + 1
  var result: [UInt8] = []
  var stream = z_stream()
  guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { throw FormatError(.inputOutput, "\(path): no memory to inflate") }
  defer { inflateEnd(&stream) }
  var consumed = 0
  var status = Z_OK
  while consumed < stored.count || status != Z_STREAM_END {
    if status == Z_STREAM_END {
      inflateReset(&stream)
      capacity = min(stored.count - consumed, limit - result.count + 1)
    }
    let piece = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      stored.withUnsafeBufferPointer { source in
        guard let base = source.baseAddress else { return }
        let available = min(stored.count - consumed, Int(UInt32.max))
        let room = min(capacity, Int(UInt32.max))
        stream.next_in = UnsafeMutablePointer(mutating: base + consumed)
        stream.avail_in = UInt32(available)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(room)
        status = inflate(&stream, Z_NO_FLUSH)
        consumed += available - Int(stream.avail_in)
        count = room - Int(stream.avail_out)
      }
    }
    if result.isEmpty { result = piece } else { result += piece }
    guard result.count <= limit else {
      throw .malformed(
        path,
        "\(stored.count) bytes of gzip become more than \(MemoryBudget.text(ofBytes: limit)), the most that is read of them"
      )
    }
    let starved = consumed == stored.count && stream.avail_out > 0
    guard status == Z_STREAM_END || ((status == Z_OK || status == Z_BUF_ERROR) && !starved) else {
      let trouble = starved ? "ends early" : "is damaged"
      throw .malformed(path, "the gzip stream \(trouble) after \(consumed) of its bytes")
    }
    capacity = min(max(result.count, 1 << 16), limit - result.count + 1)
  }
  return result
}
