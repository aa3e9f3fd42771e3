import Datasets
import Formats
import Tensors
import TestSupport
import Testing

struct ImageFolderTests {
  private static let canonical: [String: [UInt8]] = [
    "train-images-idx3-ubyte": idx(12, 2, 2), "train-labels-idx1-ubyte": idx(12),
    "t10k-images-idx3-ubyte": idx(3, 2, 2), "t10k-labels-idx1-ubyte": idx(3),
  ]

  @Test("The canonical names: the last sixth validates, and is held out on request")
  func splits() throws {
    let data = try read(Self.canonical)
    #expect([data.training.count, data.validation.count, data.test.count] == [12, 2, 3])
    #expect(data.validation.pixels(of: 0) == data.training.pixels(of: 10))
    #expect(data.validation.label(of: 1) == data.training.label(of: 11))
    #expect(data.training.label(of: 11) == 11 && data.training.isLabeled)
    #expect(!data.training.isBinary && data.training.maximum == 255)
    let held = try read(Self.canonical, holdOut: true)
    #expect([held.training.count, held.validation.count, held.test.count] == [10, 2, 3])
  }

  @Test("Labels may be absent; three parts of zeros and ones are binary")
  func parts() throws {
    let data = try read([
      "train-images-idx3-ubyte": idx(4, 2, 3, maximum: 1),
      "valid-images-idx3-ubyte": idx(2, 2, 3, maximum: 1),
      "test-images-idx3-ubyte": idx(1, 2, 3, maximum: 1),
    ])
    #expect([data.training.count, data.validation.count, data.test.count] == [4, 2, 1])
    #expect(data.training.isBinary && data.test.isBinary && data.training.maximum == 1)
    #expect(data.training.label(of: 0) == nil)
    #expect((data.training.height, data.training.width) == (2, 3))
    #expect(data.training.mean.count == 6)
  }

  @Test("The digest follows pixels, labels, size and the split, and nothing else")
  func digest() throws {
    let data = try read(Self.canonical)
    #expect(try data.digest == read(Self.canonical).digest)
    #expect(data.training[2..<5].digest == data.training[1..<6][1..<4].digest)
    #expect(data.training[2..<5].digest != data.training[1..<4].digest)
    var others: Set = [data.digest, try read(Self.canonical, holdOut: true).digest]
    for (name, bytes) in [
      ("t10k-images-idx3-ubyte", idx(3, 1, 4)), ("t10k-labels-idx1-ubyte", idx(3, maximum: 1)),
      ("train-images-idx3-ubyte", idx(12, 2, 2, maximum: 1)),
    ] {
      var files = Self.canonical
      files[name] = bytes
      if name.contains("t10k-images") { files["train-images-idx3-ubyte"] = idx(12, 1, 4) }
      others.insert(try read(files).digest)
    }
    #expect(others.count == 5)
  }

  static let trouble: [(name: String, bytes: [UInt8]?, kind: FormatError.Kind, word: String)] = [
    ("train-images-idx3-ubyte", nil, .missing, "train-images-idx3-ubyte.gz"),
    ("t10k-images-idx3-ubyte", nil, .missing, "t10k-images-idx3-ubyte"),
    ("train-labels-idx1-ubyte", idx(11), .malformed, "11 labels for the 12 images"),
    ("train-labels-idx1-ubyte", idx(12, 2, 2), .malformed, "images (3 axes)"),
    ("train-images-idx3-ubyte", idx(12), .malformed, "labels (1 axis)"),
    ("train-images-idx3-ubyte", [], .malformed, "empty"),
    ("train-images-idx3-ubyte", idx(0, 2, 2), .malformed, "at least one"),
    ("train-images-idx3-ubyte", idx(1, 2, 2), .malformed, "at least 2"),
    ("train-images-idx3-ubyte", idx(12, 0, 2), .malformed, "at least one"),
    ("train-images-idx3-ubyte", idx(12, 2, 2).dropLast(), .malformed, "47 bytes"),
    ("train-images-idx3-ubyte", [0x1F, 0x8B, 8, 0], .malformed, "ends early"),
    ("t10k-images-idx3-ubyte", idx(3, 2, 3), .malformed, "3 x 2"),
  ]

  @Test("Trouble is one clear error", arguments: trouble.indices)
  func troubled(_ index: Int) {
    let (name, bytes, kind, word) = Self.trouble[index]
    var files = Self.canonical
    files["train-labels-idx1-ubyte"] = name.contains("labels") ? [] : nil
    files[name] = bytes
    let error = #expect(throws: FormatError.self) { _ = try read(files) }
    #expect(error?.kind == kind)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "") lacks \(word)")
  }

  @Test("A folder that is not there is missing")
  func missing() {
    let error = #expect(throws: FormatError.self) { try ImageData(folder: "/nowhere/at/all") }
    #expect(error?.kind == .missing)
  }

  private func read(_ files: [String: [UInt8]], holdOut: Bool = false) throws -> ImageData {
    try withTemporaryFolder { folder in
      for (name, bytes) in files { try atomicWrite(bytes, to: "\(folder)/\(name)") }
      return try ImageData(folder: folder, holdOut: holdOut)
    }
  }
}

/// A file of counting bytes, modulo `maximum` + 1.
private func idx(_ sizes: Int..., maximum: Int = 255) -> [UInt8] {
  let header: [UInt8] = [0, 0, 8, UInt8(sizes.count)] + sizes.flatMap { [0, 0, 0, UInt8($0)] }
  return header + (0..<sizes.reduce(1, *)).map { UInt8($0 % (maximum + 1)) }
}
