import Formats
import Testing

struct IDXTests {
  private static let images: [UInt8] =
    [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3] + [1, 2, 3, 4, 5, 255]

  @Test("Shape and bytes")
  func content() throws {
    let idx = try IDX(parsing: Self.images, rank: 3, path: "file")
    #expect(idx.shape == [2, 1, 3])
    #expect(Array(idx.bytes[idx.start...]) == [1, 2, 3, 4, 5, 255])
    let labels = try IDX(parsing: [0, 0, 8, 1, 0, 0, 0, 2, 7, 9], rank: 1, path: "file")
    #expect(labels.shape == [2])
  }

  static let damaged: [(bytes: [UInt8], word: String)] = [
    ([], "empty"),
    ([0, 0], "2 bytes"),
    ([0x50, 0x4B, 3, 4, 0, 0], "magic"),
    ([0, 0, 0x0D, 3] + images.dropFirst(4), "element type 13"),
    ([0, 0, 8, 1, 0, 0, 0, 2, 7, 9], "labels"),
    ([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0], "2 axes"),
    (Array(images.prefix(10)), "header"),
    (Array(images.dropLast()), "5 bytes"),
    (images + [0], "7 bytes"),
    ([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12), "overflow"),
    ([0, 0, 8, 3] + [UInt8](repeating: 255, count: 8) + [0, 0, 0, 0], "overflow"),
    ([0, 0, 8, 3] + [255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1], "0 bytes"),
  ]

  @Test("A damaged file is one clear error", arguments: damaged.indices)
  func damage(_ index: Int) {
    let (bytes, word) = Self.damaged[index]
    let error = #expect(throws: FormatError.self) {
      _ = try IDX(parsing: bytes, rank: 3, path: "file")
    }
    #expect(error?.kind == .malformed)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "") lacks \(word)")
  }
}
