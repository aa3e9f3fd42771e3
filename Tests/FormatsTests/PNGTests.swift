import CZlib
import Formats
import Testing

struct PNGTests {
  @Test("Signature, header and checksums; the rows are those given")
  func picture() {
    let gray: [UInt8] = [0, 128, 255, 1, 2, 3]
    let png = PNG.encode(width: 3, height: 2, gray: gray)
    #expect(png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var chunks: [String: [UInt8]] = [:]
    var place = 8
    while place < png.count {
      let length = number(png, at: place)
      let body = Array(png[place + 4..<place + 8 + length])
      #expect(UInt(number(png, at: place + 8 + length)) == crc32(0, body, UInt32(body.count)))
      chunks[String(decoding: body.prefix(4), as: UTF8.self)] = Array(body.dropFirst(4))
      place += 12 + length
    }
    #expect(chunks["IHDR"] == [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0])
    #expect(chunks["IEND"] == [])
    var rows = [UInt8](repeating: 9, count: 20)
    var size: UInt = 20
    let data = chunks["IDAT"] ?? []
    #expect(uncompress(&rows, &size, data, UInt(data.count)) == Z_OK)
    #expect(Array(rows.prefix(Int(size))) == [0, 0, 128, 255, 0, 1, 2, 3])
  }

  private func number(_ bytes: [UInt8], at place: Int) -> Int {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
