import Foundation

@testable import Runs

/// An event file as a reader sees it, for tests: a second implementation of the format.
struct EventReader {
  /// A field of a message of protocol buffers.
  enum Field {
    case varint(UInt64)
    case fixed([UInt8])
    case bytes([UInt8])
  }

  struct Message {
    let fields: [(number: Int, value: Field)]

    init(_ bytes: [UInt8]) throws {
      var rest = bytes[...]
      func varint() throws -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while let byte = rest.popFirst() {
          value |= UInt64(byte & 0x7F) << shift
          if byte < 0x80 { return value }
          shift += 7
        }
        throw Torn()
      }
      func take(_ count: Int) throws -> [UInt8] {
        guard rest.count >= count else { throw Torn() }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      var fields: [(number: Int, value: Field)] = []
      while !rest.isEmpty {
        let key = try varint()
        let value: Field =
          switch key & 7 {
          case 0: .varint(try varint())
          case 1: .fixed(try take(8))
          case 2: .bytes(try take(Int(varint())))
          case 5: .fixed(try take(4))
          default: throw Torn()
          }
        fields.append((Int(key >> 3), value))
      }
      self.fields = fields
    }

    func all(_ number: Int) -> [Field] { fields.filter { $0.number == number }.map(\.value) }

    func messages(_ number: Int) throws -> [Message] {
      try all(number).compactMap {
        if case .bytes(let bytes) = $0 { try Message(bytes) } else { nil }
      }
    }

    func bytes(_ number: Int) -> [UInt8]? {
      all(number).compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }.first
    }

    func text(_ number: Int) -> String? {
      bytes(number).map { String(decoding: $0, as: UTF8.self) }
    }

    func whole(_ number: Int) -> Int? {
      all(number).compactMap { if case .varint(let value) = $0 { Int(value) } else { nil } }.first
    }

    func double(_ number: Int) -> Double? {
      all(number).compactMap { (field) -> Double? in
        guard case .fixed(let bytes) = field else { return nil }
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return bytes.count == 4
          ? Double(Float(bitPattern: UInt32(bits))) : Double(bitPattern: bits)
      }.first
    }
  }

  struct Torn: Error {}

  /// The whole records up to the end or to one that is torn.
  let events: [Message]
  /// Whether the file ends within a record.
  let isTorn: Bool

  init(_ file: [UInt8]) throws {
    var (rest, events) = (file[...], [Message]())
    func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
      Array(bytes).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    while rest.count >= 12 {
      let length = rest.prefix(8)
      guard number(rest.dropFirst(8).prefix(4)) == UInt64(CRC32C.masked(length)) else {
        throw Torn()
      }
      let size = Int(number(length))
      guard rest.count >= 16 + size else { break }
      let content = Array(rest.dropFirst(12).prefix(size))
      guard number(rest.dropFirst(12 + size).prefix(4)) == UInt64(CRC32C.masked(content)) else {
        throw Torn()
      }
      events.append(try Message(content))
      rest = rest.dropFirst(16 + size)
    }
    self.events = events
    isTorn = !rest.isEmpty
  }

  /// The values of all summaries with the steps of their events.
  func values() throws -> [(step: Int, tag: String, value: Message)] {
    try events.flatMap { event in
      try event.messages(5).flatMap { try $0.messages(1) }.map {
        (event.whole(2) ?? 0, $0.text(1) ?? "", $0)
      }
    }
  }
}
