import Formats
import Foundation
import Learning
import Tensors
import TestSupport
import Testing

@testable import Runs

struct EventFileTests {
  @Test("the checksum of the digits is the one that is known, also of nothing")
  func checksum() {
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.of([]) == 0)
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
  }

  /// Bytes of hexadecimal digits and of texts between apostrophes.
  private func decoded(_ text: String) -> [UInt8] {
    text.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap {
      place, part in
      place % 2 == 1
        ? Array(part.utf8) : part.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
  }

  @Test(
    "a record is the one that TensorBoard's own tests expect",
    arguments: [
      (
        "09 00 00 80 38 99 D6 D7 41 1A 0D 'brain.Event:2'", UInt32(0x224B_7FA3),
        UInt32(0xAB36_4B12)
      ),
      (
        "09 C4 05 B7 3D 99 D6 D7 41 10 4D 2A 25 0A 23 0A 08 'accuracy' 42 0A 08 01 12 00 22 04 A4 70 7D 3F 4A 0B 0A 09 0A 07 'scalars'",
        0xEC56_1924, 0x3364_5BA5
      ),
    ])
  func record(content: String, length: UInt32, data: UInt32) {
    let content = decoded(content)
    let record = EventFile.record(content)
    #expect(record.prefix(8) == littleEndian(UInt64(content.count))[...])
    #expect(record.dropFirst(8).prefix(4) == littleEndian(length)[...])
    #expect(record.dropFirst(12).dropLast(4) == content[...])
    #expect(record.suffix(4) == littleEndian(data)[...])
  }

  @Test("a message of the fields of that record has its bytes")
  func message() {
    let own = ProtobufMessage { event in
      event.add(1, Double(bitPattern: 0x41D7_D699_3DB7_05C4))
      event.add(2, 77)
      event.add(
        5,
        ProtobufMessage { summary in
          summary.add(
            1,
            ProtobufMessage { value in
              value.add(1, "accuracy")
              value.add(
                8,
                ProtobufMessage { tensor in
                  tensor.add(1, 1)
                  tensor.add(2, ProtobufMessage())
                  tensor.add(4, littleEndian(Float(0.99).bitPattern))
                })
              value.add(9, ProtobufMessage { $0.add(1, ProtobufMessage { $0.add(1, "scalars") }) })
            })
        })
    }
    #expect(
      own.bytes
        == decoded(
          "09 C4 05 B7 3D 99 D6 D7 41 10 4D 2A 25 0A 23 0A 08 'accuracy' 42 0A 08 01 12 00 22 04 A4 70 7D 3F 4A 0B 0A 09 0A 07 'scalars'"
        ))
  }

  @Test("numbers take as many bytes as they need, negative ones ten")
  func varint() {
    for (value, expected) in [
      (0, [0x08, 0x00]), (127, [0x08, 0x7F]), (300, [0x08, 0xAC, 0x02]),
      (-1, [0x08] + [Int](repeating: 0xFF, count: 9) + [0x01]),
    ] {
      #expect(ProtobufMessage { $0.add(1, value) }.bytes.map(Int.init) == expected)
    }
  }

  @Test("a histogram counts every finite value once, the largest in the last bucket")
  func histogram() throws {
    let values = Tensor([-1, 0, 0.5, 2, .nan, .infinity, 2])
    let made = try #require(SummaryValue.histogram("w", values))
    let message = try EventReader.Message(made.message.bytes)
    let histogram = try #require(message.messages(5).first)
    #expect((1...5).map { histogram.double($0) } == [-1, 2, 5, 3.5, 9.25])
    func numbers(_ field: Int) -> [Double] {
      let all = histogram.bytes(field) ?? []
      return stride(from: 0, to: all.count, by: 8).map { start in
        Double(bitPattern: all[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
      }
    }
    let (limits, buckets) = (numbers(6), numbers(7))
    #expect(limits.count == 30 && limits.last == 2)
    #expect(buckets.reduce(0, +) == 5 && buckets.first == 1 && buckets.last == 2)
    #expect(SummaryValue.histogram("w", Tensor([Scalar.nan])) == nil)
    #expect(SummaryValue.histogram("w", Tensor([3, 3])) != nil)
  }

  private func files(of folder: RunFolder) -> [String] {
    names(in: folder.path).filter { $0.hasPrefix(EventFile.prefix) }.map { folder.file($0) }
  }

  @Test("a run leaves its figures, histograms, samples, settings and end")
  func run() throws {
    try withTemporaryFolder { root in
      var run = try Walk().run(
        "\(root)/run", steps: 12, origin: Origin(settings: ["rate": 0.1, "names": ["a", "b"]]))
      _ = try run.drive()
      let files = files(of: run.folder)
      try #require(files.count == 1)
      let reader = try EventReader(bytes(of: files[0]))
      #expect(!reader.isTorn && reader.events[0].text(3) == "brain.Event:2")
      #expect(try reader.events[1].messages(7).first?.whole(1) == 1)
      let values = try reader.values()
      let lines = try Metrics(run.folder).lines()
      for key in ["loss", "distance", "batch_loss", "learning_rate", "diagnosis"] {
        let logged = lines.compactMap { line in
          line[key]?.number.map { (line["step"]?.number, Float($0)) }
        }
        let found = values.filter { $0.tag == key }
        #expect(!found.isEmpty, "\(key)")
        for (step, _, value) in found {
          let number = value.double(2).map { Float($0) }
          #expect(logged.contains { $0 == Double(step) && $1 == number }, "\(key) at \(step)")
        }
      }
      #expect(values.filter { $0.tag == "weights/position" }.map(\.step) == [6, 12])
      #expect(values.filter { $0.tag == "gradients/position" }.map(\.step) == [6, 12])
      // Only what is trained has a gradient.
      #expect(!values.contains { $0.tag == "weights/mean" })
      #expect(values.filter { $0.tag == "samples" }.map(\.step) == [4, 8, 12])
      #expect(values.contains { $0.tag == "final/best_step" && $0.step == 12 })
      let start = try #require(values.first { $0.tag == "_hparams_/session_start_info" }).value
      let plugin = try #require(start.messages(9).first?.messages(1).first)
      #expect(plugin.text(1) == "hparams")
      let parameters = try #require(plugin.messages(2).first?.messages(3).first).messages(1)
      #expect(parameters.map { $0.text(1) } == ["rate", "names"])
      #expect(try parameters.map { try $0.messages(2).first?.double(2) } == [0.1, nil])
      #expect(try parameters[1].messages(2).first?.text(3) == "a,b")
      #expect(values.last?.tag == "_hparams_/session_end_info")
    }
  }

  @Test("a session that goes on has a file of its own that begins after the checkpoint's step")
  func sessions() throws {
    try withTemporaryFolder { root in
      let left = Countdown(17)
      var run = try Walk().run("\(root)/run", stop: StopCheck { left.isOver })
      #expect(throws: Failure.self) { try run.drive() }
      let first = try #require(files(of: run.folder).first)
      // A crash has torn the last record.
      let torn = try Array(bytes(of: first).dropLast(7))
      try write(torn, to: first)
      var again = try Walk().run("\(root)/run")
      let step = try #require(
        Checkpoint.metadata(of: again.folder.lastCheckpoint)["step"].flatMap { Int($0) })
      _ = try again.drive()
      #expect(try bytes(of: first) == torn)
      #expect(try EventReader(torn).isTorn)
      let files = files(of: again.folder)
      try #require(files.count == 2)
      let second = try EventReader(bytes(of: files.first { $0 != first } ?? ""))
      #expect(!second.isTorn && second.events[1].whole(2) == step + 1)
      #expect(try second.values().allSatisfy { $0.step > step || $0.tag.hasPrefix("_hparams_") })
    }
  }
}
