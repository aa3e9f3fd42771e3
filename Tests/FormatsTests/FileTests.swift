import CZlib
import Formats
import Foundation
import TestSupport
import Testing

struct FileTests {
  @Test("A write replaces the whole file and leaves no sibling")
  func replacement() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a"
      try atomicWrite([1, 2, 3, 4], to: path)
      try atomicWrite([5], to: path)
      #expect(try fileBytes(path) == [5])
      #expect(names(in: folder) == ["a"])
      #expect(try fileExists(path) && !fileExists(path + "b"))
    }
  }

  @Test("Missing files, folders given as files and folders that are not there are told apart")
  func kinds() throws {
    try withTemporaryFolder { folder in
      #expect(error { _ = try fileBytes("\(folder)/a") }?.kind == .missing)
      #expect(error { _ = try fileBytes(folder) }?.kind == .malformed)
      #expect(error { try atomicWrite([1], to: "\(folder)/b/a") }?.kind == .cannotCreate)
      #expect(error { try checkCreatable("\(folder)/b/a") }?.kind == .cannotCreate)
      try checkCreatable("\(folder)/a")
      #expect(names(in: folder).isEmpty)
    }
  }

  @Test("A pipe is read to its end", arguments: [0, 5, 200_000])
  func pipe(_ count: Int) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      let writer = Thread { try? write(content, toPipe: path) }
      writer.start()
      let found = try fileBytes(path)
      #expect(found == content)
    }
  }

  @Test("Gzip is inflated, one stream or several", arguments: [0, 1, 300, 1_000_000])
  func gzip(_ count: Int) throws {
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.gz"
      try atomicWrite(gzipped(content), to: path)
      #expect(try fileBytes(path) == content)
      try atomicWrite(gzipped(content) + gzipped([1, 2]), to: path)
      #expect(try fileBytes(path) == content + [1, 2])
    }
  }

  @Test("A stream that ends early or is damaged is an error")
  func damagedGzip() throws {
    let whole = gzipped((0..<20_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) })
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.gz"
      for count in [2, 3, 10, 17, whole.count / 2, whole.count - 8, whole.count - 1] {
        try atomicWrite(Array(whole.prefix(count)), to: path)
        let error = error { _ = try fileBytes(path) }
        #expect(error?.kind == .malformed && error?.message.contains("ends early") == true)
      }
      for place in [2, 3, whole.count / 2, whole.count - 6, whole.count - 2] {
        var damaged = whole
        damaged[place] ^= 0xFF
        try atomicWrite(damaged, to: path)
        #expect(error { _ = try fileBytes(path) }?.kind == .malformed)
      }
      try atomicWrite(whole + [1, 2, 3], to: path)
      #expect(error { _ = try fileBytes(path) }?.kind == .malformed)
    }
  }

  @Test("What is larger than asked for is refused: a file, a pipe and a stream")
  func limits() throws {
    try withTemporaryFolder { folder in
      let (path, pipe) = ("\(folder)/a", "\(folder)/pipe")
      try atomicWrite([UInt8](repeating: 7, count: 2000), to: path)
      #expect(try fileBytes(path, atMost: 2000).count == 2000)
      #expect(error { _ = try fileBytes(path, atMost: 1999) }?.message.contains("2 KiB") == true)
      #expect(mkfifo(pipe, 0o600) == 0)
      for limit in [200_000, 199_999] {
        let writer = Thread { try? write([UInt8](repeating: 7, count: 200_000), toPipe: pipe) }
        writer.start()
        let count = try? fileBytes(pipe, atMost: limit).count
        #expect(count == (limit == 200_000 ? 200_000 : nil))
      }
      try atomicWrite(gzipped([UInt8](repeating: 7, count: 100_000)), to: path)
      #expect(try fileBytes(path, atMost: 100_000).count == 100_000)
      let large = error { _ = try fileBytes(path, atMost: 99_999) }
      #expect(large?.kind == .malformed && large?.message.contains("of gzip become more") == true)
    }
  }

  @Test("A small stream does not become hundreds of megabytes, in one piece or in many")
  func bomb() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.gz"
      let piece = gzipped([UInt8](repeating: 0, count: 1 << 24))
      try atomicWrite([[UInt8]](repeating: piece, count: 4).flatMap { $0 }, to: path)
      #expect(try fileBytes(path).count == 1 << 26)
      try atomicWrite([[UInt8]](repeating: piece, count: 5).flatMap { $0 }, to: path)
      let many = error { _ = try fileBytes(path) }
      #expect(many?.message.contains("become more than 64 MiB") == true)
      try atomicWrite(gzipped([UInt8](repeating: 0, count: 1 << 26 + 1)), to: path)
      #expect(error { _ = try fileBytes(path) }?.kind == .malformed)
    }
  }

  @Test("A device is refused, since it may have no end", arguments: ["/dev/zero", "/dev/null"])
  func device(_ path: String) {
    let found = error { _ = try fileBytes(path) }
    #expect(
      found?.kind == .malformed
        && found?.message == "\(path): is a device, a file or pipe was expected")
  }

  private func error(_ body: () throws -> Void) -> FormatError? {
    #expect(throws: FormatError.self, performing: body)
  }

  private func gzipped(_ content: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var content = content
    return [UInt8](unsafeUninitializedCapacity: content.count + 1_000) { buffer, count in
      content.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(buffer.count)
        deflate(&stream, Z_FINISH)
      }
      count = buffer.count - Int(stream.avail_out)
    }
  }
}
