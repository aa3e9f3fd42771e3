import Formats
import Tensors
import TestSupport
import Testing

struct FileNameTests {
  @Test("every name comes back byte for byte, and one of UTF-8 is itself")
  func roundTrip() {
    var generator = Philox(seed: 1)
    var names: [[UInt8]] = (0...255).map { [$0] }
    names += (0..<2000).map { _ in
      (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        // Bytes that begin or go on with a scalar of several are likely.
        [0x41, 0x80, 0x8F, 0x9E, 0x9F, 0xC3, 0xE2, 0xED, 0xF4, .random(in: 0...255)]
          .randomElement(using: &generator) ?? 0
      }
    }
    for name in names {
      let text = FileName.text(of: name)
      #expect(FileName.bytes(of: text) == name, "\(name)")
      if let plain = String(validating: name, as: UTF8.self),
        !plain.unicodeScalars.contains(where: { FileName.byte(of: $0) != nil })
      {
        #expect(text.utf8.elementsEqual(name))
      }
    }
    // A name that has one of the scalars that stand for bytes.
    let taken = Array("\u{10F7E9}".utf8)
    #expect(FileName.text(of: taken) != "\u{10F7E9}")
    #expect(FileName.bytes(of: FileName.text(of: taken)) == taken)
  }

  @Test("the folder of a path is what stands before its last slash")
  func folders() {
    for (path, folder) in [
      ("a", "."), ("/a", "/"), ("b/a", "b"), ("/c/b/a", "/c/b"), ("b/\u{301}a", "b"),
    ] {
      #expect(FileName.folder(of: path) == folder)
    }
  }

  @Test("a path is made to begin at the root once")
  func absolute() throws {
    let path = FileName.absolute("a/b")
    #expect(path.hasPrefix("/") && path.hasSuffix("/a/b"))
    #expect(FileName.absolute(path) == path)
    #expect(try fileExists(FileName.absolute(".")) && !fileExists(path))
  }
}
