import Formats
import Tensors
import Testing

struct NPYTests {
  @Test("What is written is read back", arguments: [[], [0], [1], [5], [2, 3], [4, 1, 0]])
  func roundTrip(_ shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let tensor = Tensor((0..<count).map { Scalar($0) / 3 }, shape: shape)
    let file = NPY.encode(tensor)
    #expect((file.count - count * MemoryLayout<Scalar>.size) % 64 == 0)
    let read = try NPY.parse(file, path: "file")
    #expect(read.shape == shape && read.scalars == tensor.scalars)
    let bits = Bits((0..<count).map { $0 % 3 == 0 }, shape: shape)
    #expect(try NPY.parse(NPY.encode(bits), path: "file").scalars == bits.tensor.scalars)
    let indices = Indices((0..<count).map { $0 - 2 }, shape: shape)
    let integers = try NPY.parse(NPY.encode(indices), path: "file")
    #expect(integers.scalars == indices.values.map { Scalar($0) })
  }

  static let damaged: [(bytes: [UInt8], word: String)] = [
    ([], "magic"),
    (Array("PK and more bytes".utf8), "magic"),
    (file("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", 4), "column-major"),
    (file("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 4), "|O"),
    (file("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4), ">f4"),
    (file("{'descr': '<f4', 'fortran_order': False, }", 4), "alone"),
    (file("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4), "repeated"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4), "unexpected"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4), "tuple"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4), "takes 8"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 5), "takes 4"),
    (
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 4),
      "overflows"
    ),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x", 4), "alone"),
    (file("{'descr': '<f4", 4), "quote"),
    (file("", 4), "expected"),
    ([0x93] + Array("NUMPY".utf8) + [9, 0, 0, 0, 0, 0, 0], "version 9.0"),
    ([0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255, 0, 0, 0], "header of 65535"),
  ]

  @Test("A damaged file is one clear error", arguments: damaged.indices)
  func damage(_ index: Int) {
    let (bytes, word) = Self.damaged[index]
    let error = #expect(throws: FormatError.self) { _ = try NPY.parse(bytes, path: "file") }
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "") lacks \(word)")
  }

  private static func file(_ header: String, _ count: Int) -> [UInt8] {
    [0x93] + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count), 0] + header.utf8
      + [UInt8](repeating: 0, count: count)
  }
}
