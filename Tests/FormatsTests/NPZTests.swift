import Formats
import Foundation
import Tensors
import TestSupport
import Testing

struct NPZTests {
  private static let small = storedArchive([
    ("a.npy", NPY.encode([1, 2, 3] as Tensor)),
    ("b.npy", NPY.encode(Tensor([4, 5, 6, 7], shape: [2, 2]))),
  ])

  /// What numpy.savez_compressed(x=float32 [[0.5, -1], [2, 3]]) writes.
  private static let compressed = Data(
    base64Encoded: [
      "UEsDBC0AAAAIAAAAIQDEzLud//////////8FABQAeC5ucHkBABAAkAAAAAAAAABTAAAAAAAAAJvsF+obEMnIUMZQrZ",
      "6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkaaOgq1CmQDLgYGBnsGhob9QNoB",
      "iBwAUEsBAi0DLQAAAAgAAAAhAMTMu51TAAAAkAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsFBgAAAAABAAEAMw",
      "AAAIoAAAAAAA==",
    ].joined())

  private func failure(_ bytes: [UInt8]) -> String {
    do {
      _ = try NPZ.parse(bytes, path: "f.npz")
      return ""
    } catch {
      #expect(error.kind == .malformed)
      return error.message
    }
  }

  @Test("stored arrays, in order")
  func stored() throws {
    let arrays = try NPZ.parse(Self.small, path: "f.npz")
    #expect(arrays.map(\.name) == ["a", "b"])
    #expect(arrays[1].tensor.shape == [2, 2] && arrays[1].tensor.scalars == [4, 5, 6, 7])
  }

  @Test("an array that NumPy has compressed")
  func deflated() throws {
    let bytes = try #require(Self.compressed)
    let arrays = try NPZ.parse(Array(bytes), path: "f.npz")
    #expect(arrays.map(\.name) == ["x"] && arrays[0].tensor.scalars == [0.5, -1, 2, 3])
  }

  @Test("a changed byte anywhere, and a file cut anywhere, is found out or harmless, never a trap")
  func damage() {
    for place in Self.small.indices {
      var bytes = Self.small
      bytes[place] ^= 0xFF
      _ = try? NPZ.parse(bytes, path: "f.npz")
      _ = try? NPZ.parse(Array(Self.small[..<place]), path: "f.npz")
    }
    for bytes in [Self.compressed.map(Array.init) ?? []] {
      for place in bytes.indices {
        var damaged = bytes
        damaged[place] ^= 0xFF
        _ = try? NPZ.parse(damaged, path: "f.npz")
      }
    }
  }

  @Test("a ZIP64 directory, encryption and other methods are told apart")
  func kinds() {
    // The only entry of the directory begins after the local one and its bytes.
    let bytes = storedArchive([("a.npy", NPY.encode([1] as Tensor))])
    let entry = bytes.count - 22 - 46 - 5
    func changed(_ place: Int, _ new: [UInt8]) -> [UInt8] {
      var bytes = bytes
      bytes.replaceSubrange(entry + place..<entry + place + new.count, with: new)
      return bytes
    }
    let most = [UInt8](repeating: 0xFF, count: 4)
    for place in [20, 24, 42] { #expect(failure(changed(place, most)).contains("a ZIP64 archive")) }
    #expect(failure(Array(bytes.dropLast(12)) + [0xFF, 0xFF] + bytes.suffix(10)).contains("ZIP64"))
    #expect(failure(changed(8, [1])).hasSuffix("array a.npy: encrypted"))
    #expect(failure(changed(10, [12])).contains("compressed by method 12, expected 0 or 8"))
  }

  @Test("members that share their bytes do not add up to more than the budget")
  func overlapping() {
    let content = NPY.encode(Tensor.zeros([1 << 18]))
    let whole = storedArchive([("000.npy", content)])
    let start = whole.count - 22 - 46 - 7
    let entry = Array(whole[start..<start + 46])
    var bytes = Array(whole[..<start])
    let count = 200
    for index in 0..<count {
      let number = "\(1000 + index)".suffix(3)
      bytes += entry + Array("\(number).npy".utf8)
    }
    var end = Array(whole.suffix(22))
    for place in [8, 10] { end[place...place + 1] = [UInt8(count & 0xFF), UInt8(count >> 8)] }
    let found = failure(bytes + end)
    #expect(found.contains("bytes of archive become more than"), "\(found)")
  }

  @Test("what is wrong is told")
  func messages() {
    #expect(failure([1, 2, 3]).contains("no end of a ZIP archive"))
    var changed = Self.small
    changed[40 + 128] ^= 1
    #expect(failure(changed).contains("damaged"))
    #expect(
      failure(
        storedArchive([
          ("a.npy", NPY.encode([1] as Tensor)), ("a.npy", NPY.encode([2] as Tensor)),
        ])
      ).contains("two arrays are named a"))
    #expect(failure(storedArchive([("a.npy", [1, 2])])).contains("a.npy"))
  }
}
