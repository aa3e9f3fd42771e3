import Formats
import Tensors
import TestSupport
import Testing

struct SafeTensorsTests {
  #if DOUBLE_PRECISION
    private static let scalarType = "F64"
  #else
    private static let scalarType = "F32"
  #endif

  @Test("What is written is read back, to the bit")
  func roundTrip() throws {
    let tensors: [SafeTensors.Named] = [
      ("matrix", Tensor((0..<12).map { Scalar($0) / 7 }, shape: [3, 4])),
      ("number", Tensor(Scalar.pi)),
      ("empty", Tensor.zeros([2, 0, 3])),
      ("strange ÿ\"", Tensor([.infinity, -.infinity, -0.0, .leastNonzeroMagnitude])),
      ("transposed", Tensor((0..<6).map { Scalar($0) }, shape: [2, 3]).transposed()),
    ]
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      try SafeTensors.write(tensors, metadata: ["step": "12", "näme": "a\nb"], to: path)
      let read = try SafeTensors.read(path)
      #expect(read.metadata == ["step": "12", "näme": "a\nb"])
      #expect(read.tensors.count == tensors.count)
      for (name, tensor) in tensors {
        let other = try #require(read.tensors.first { $0.name == name }).tensor
        #expect(other.shape == tensor.shape)
        #expect(other.scalars.map(\.bitPattern) == tensor.scalars.map(\.bitPattern))
      }
      #expect(names(in: folder) == ["a.safetensors"])
    }
  }

  @Test("The bytes are those of the reference writer")
  func bytes() throws {
    let size = MemoryLayout<Scalar>.size
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      try SafeTensors.write([("b", Tensor([1])), ("a", Tensor([2]))], to: path)
      var header =
        #"{"a":{"dtype":"\#(Self.scalarType)","shape":[1],"data_offsets":[0,\#(size)]},"#
        + #""b":{"dtype":"\#(Self.scalarType)","shape":[1],"data_offsets":[\#(size),\#(2 * size)]}}"#
      while header.utf8.count % 8 != 0 { header += " " }
      let data = [Scalar(2), 1].withUnsafeBytes { Array($0) }
      #expect(try fileBytes(path) == file(header, data))
    }
  }

  @Test("Other number types become scalars")
  func types() throws {
    let header = """
      {"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},
       "i":{"dtype":"I64","shape":[1],"data_offsets":[8,16]},
       "j":{"dtype":"I32","shape":[1],"data_offsets":[16,20]},
       "f":{"dtype":"F32","shape":[1],"data_offsets":[20,24]},
       "u":{"dtype":"U8","shape":[2],"data_offsets":[24,26]}}
      """
    var data: [UInt8] = []
    withUnsafeBytes(of: Double(0.5).bitPattern.littleEndian) { data += $0 }
    withUnsafeBytes(of: Int64(-3).littleEndian) { data += $0 }
    withUnsafeBytes(of: Int32(-4).littleEndian) { data += $0 }
    withUnsafeBytes(of: Float(1.5).bitPattern.littleEndian) { data += $0 }
    data += [7, 255]
    let read = try parse(file(header, data))
    #expect(read.map(\.name) == ["d", "i", "j", "f", "u"])
    #expect(read.map(\.tensor.scalars) == [[0.5], [-3], [-4], [1.5], [7, 255]])
  }

  @Test("Space before the header and padding after it are read")
  func space() throws {
    let read = try parse(file(" \n" + Self.entry("a", "[1]", "0,4") + "   ", [0, 0, 128, 63]))
    #expect(read.map(\.tensor.scalars) == [[1]])
  }

  /// Damaged files, each with a word that its error must hold.
  static let damaged: [(bytes: [UInt8], word: String)] = [
    ([], "0 bytes"),
    ([1, 2, 3, 4, 5, 6, 7], "7 bytes"),
    ([0, 0, 0, 0, 0, 0, 0, 0x80], "header of 9223372036854775808"),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "header of"),
    ([0x01, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, 0x7B], "header of 100000001"),
    ([9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], "header of 9"),
    ([0, 0, 0, 0, 0, 0, 0, 0], "not JSON"),
    ([2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE], "UTF-8"),
    (file("{", []), "not JSON"),
    (file("nonsense", []), "not JSON"),
    (file("{} {}", []), "not JSON"),
    (file("{\"a\":}", []), "not JSON"),
    (file("{,}", []), "not JSON"),
    (file("[]", []), "not an object"),
    (file("12", []), "not an object"),
    (file("{}", [0]), "header tells of 0"),
    (file(entry("a", "[1]", "0,4"), []), "header tells of 4"),
    (file(entry("a", "[1]", "0,4"), [0, 0]), "header tells of 4"),
    (file(entry("a", "[1]", "0,4"), [0, 0, 0, 0, 0]), "header tells of 4"),
    (file(entry("a", "[1]", "4,8"), zeros(8)), "hole"),
    (file(entries(("a", "[1]", "0,4"), ("b", "[1]", "8,12")), zeros(12)), "hole"),
    (file(entries(("a", "[1]", "0,4"), ("b", "[1]", "0,4")), zeros(4)), "overlap"),
    (file(entries(("a", "[2]", "0,8"), ("b", "[1]", "4,8")), zeros(8)), "overlap"),
    (file(entries(("a", "[1]", "0,4"), ("a", "[1]", "4,8")), zeros(8)), "second time"),
    (file(entry("a", "[2]", "0,4"), zeros(4)), "takes 8 bytes"),
    (file(entry("a", "[]", "0,8"), zeros(8)), "takes 4 bytes"),
    (file(entry("a", "[0]", "0,4"), zeros(4)), "takes 0 bytes"),
    (file(entry("a", "[1]", "4,0"), zeros(4)), "beginning and an end"),
    (file(entry("a", "[1]", "0"), zeros(4)), "beginning and an end"),
    (file(entry("a", "[1]", "0,4,8"), zeros(8)), "beginning and an end"),
    (file(entry("a", "[1]", "-4,0"), zeros(4)), "negative"),
    (file(entry("a", "[1]", "0,4.5"), zeros(4)), "whole number"),
    (file(entry("a", "[1]", "0,1e300"), zeros(4)), "whole number"),
    (file(entry("a", "[1]", "0,18446744073709551616"), zeros(4)), "whole number"),
    (file(entry("a", "[1]", "0,\"4\""), zeros(4)), "whole number"),
    (file(entry("a", "[-1]", "0,4"), zeros(4)), "negative"),
    (file(entry("a", "[1.5]", "0,4"), zeros(4)), "whole number"),
    (file(entry("a", "[4294967296,4294967296]", "0,4"), zeros(4)), "overflows"),
    (file(entry("a", "[2147483648,2147483648,2]", "0,4"), zeros(4)), "overflows"),
    (file(entry("a", "[4503599627370496,4503599627370496,0]", "0,0"), []), "overflows"),
    (file(entry("a", "7", "0,4"), zeros(4)), "not an array"),
    (file(entry("a", "[1]", "0,4", type: "F8"), zeros(4)), "dtype F8"),
    (file(entry("a", "[1]", "0,4", type: "f32"), zeros(4)), "dtype f32"),
    (file(#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, zeros(4)), "exactly"),
    (file(#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, zeros(4)), "exactly"),
    (file(#"{"a":{"dtype":"F32","shape":[1]}}"#, zeros(4)), "exactly"),
    (file(#"{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}"#, zeros(4)), "dtype"),
    (file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, zeros(4)), "exactly"),
    (file(#"{"a":[]}"#, []), "exactly"),
    (file(#"{"__metadata__":[]}"#, []), "__metadata__"),
    (file(#"{"__metadata__":{"step":1}}"#, []), "not a string"),
    (file(String(repeating: "[", count: 100_000), []), "nested"),
    (file(String(repeating: "{\"a\":", count: 100_000), []), "nested"),
  ]

  @Test("A damaged file is one clear error", arguments: damaged.indices)
  func damage(_ index: Int) {
    let (bytes, word) = Self.damaged[index]
    let error = #expect(throws: FormatError.self) { try parse(bytes) }
    #expect(error?.kind == .malformed)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "") lacks \(word)")
  }

  @Test("Cut anywhere, a file is an error and never a crash")
  func truncation() throws {
    let whole = file(Self.entries(("a", "[2]", "0,8"), ("b", "[]", "8,12")), Self.zeros(12))
    #expect(try parse(whole).count == 2)
    for count in 0..<whole.count {
      #expect(throws: FormatError.self) { try parse(Array(whole.prefix(count))) }
    }
  }

  @Test("A failed write leaves what was there")
  func failedWrite() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: FormatError.self) {
        try SafeTensors.write([], to: "\(folder)/none/a.safetensors")
      }
      #expect(error?.kind == .cannotCreate)
      #expect(names(in: folder).isEmpty)
    }
  }

  // MARK: Files

  private func parse(_ bytes: [UInt8]) throws -> [SafeTensors.Named] {
    try SafeTensors.parse(bytes, path: "file").tensors
  }

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private static func entry(
    _ name: String, _ shape: String, _ offsets: String, type: String = "F32"
  ) -> String {
    #"{"\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(offsets)]}}"#
  }

  private static func entries(_ parts: (String, String, String)...) -> String {
    "{" + parts.map { entry($0, $1, $2).dropFirst().dropLast() }.joined(separator: ",") + "}"
  }
}

private func file(_ header: String, _ data: [UInt8]) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + header.utf8 + data
}
