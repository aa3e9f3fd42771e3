import Formats
import Foundation
import Learning
import Tensors
import TestSupport
import Testing

struct CheckpointTests {
  private let metadata = ["step": "17", "model": #"{"layers":"2,1"}"#, "note": "é \"\n"]

  @Test("tensors and texts come back bit for bit")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      var saved = Toy(sizes: [3, 2, 1], seed: 1)
      saved.scale = Tensor([-0.0])
      saved.mean = Tensor(.leastNonzeroMagnitude)
      try Checkpoint.save(saved, metadata: metadata, to: path)
      #expect(try Checkpoint.metadata(of: path) == metadata)
      var restored = Toy(sizes: [3, 2, 1], seed: 2)
      #expect(try Checkpoint.restore(&restored, from: path) == metadata)
      #expect(restored.bits == saved.bits)

      try Checkpoint.save(restored, metadata: metadata, to: folder + "/b.safetensors")
      let files = try ["a", "b"].map {
        try Data(contentsOf: URL(filePath: "\(folder)/\($0).safetensors"))
      }
      #expect(files[0] == files[1], "the same state is the same file")
    }
  }

  @Test("a checkpoint is read once: what was read needs the file no more")
  func content() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      let saved = Toy(sizes: [3, 2, 1], seed: 1)
      try Checkpoint.save(saved, metadata: metadata, to: path)
      let content = try Checkpoint.content(of: path)
      try FileManager.default.removeItem(atPath: path)
      var restored = Toy(sizes: [3, 2, 1], seed: 2)
      try content.restore(&restored)
      #expect(restored.bits == saved.bits && content.metadata == metadata)
    }
  }

  @Test("a running tensor that is not finite is kept as it is")
  func nonFinite() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      try Checkpoint.save(Vector(x: [.infinity, .nan, 1]), metadata: [:], to: path)
      var restored = Vector(x: [0, 0, 0])
      #expect(try Checkpoint.restore(&restored, from: path).isEmpty)
      #expect(restored.x.scalars[0] == .infinity && restored.x.scalars[1].isNaN)
    }
  }

  /// What restoring a checkpoint of `saved` into `value` says, which must change nothing.
  private func failure<Value: Parameterized>(
    of saved: some Parameterized, into value: Value, ignoring ignored: Set<String> = []
  ) throws -> String {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      try Checkpoint.save(saved, metadata: [:], to: path)
      var restored = value
      let error = try #require(throws: FormatError.self) {
        _ = try Checkpoint.restore(&restored, from: path, ignoring: ignored)
      }
      #expect(restored.bits == value.bits)
      #expect(error.kind == .malformed && error.message.hasPrefix(path + ": "))
      return String(error.message.dropFirst(path.count + 2))
    }
  }

  @Test("missing, misshapen and unexpected tensors are named, with their shapes")
  func mismatches() throws {
    let small = Toy(sizes: [3, 1], seed: 1)
    #expect(
      try failure(of: small, into: Toy(sizes: [3, 1, 1], seed: 1))
        == "no tensor 'layers.1.weight', expected of shape [1, 1]")
    #expect(
      try failure(of: small, into: Toy(sizes: [4, 1], seed: 1))
        == "'layers.0.weight' has shape [3, 1], expected [4, 1]")
    #expect(
      try failure(of: Toy(sizes: [3, 1, 1], seed: 1), into: small)
        == "a tensor 'layers.1.bias' of shape [1], expected none")
    let trainer = Trainer(small, optimizer: SGD(momentum: 0.5), learningRate: 1)
    #expect(
      try failure(of: trainer, into: small, ignoring: ["estimator", "opt"])
        == "a tensor 'optimizer.velocity.layers.0.bias' of shape [1], expected none")
  }

  @Test("a model alone is restored from the checkpoint of its training")
  func part() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      let saved = Toy(sizes: [3, 1], seed: 1)
      let trainer = Trainer(saved, optimizer: Adam(), learningRate: 1)
      try Checkpoint.save(trainer, metadata: [:], to: path)
      var restored = Toy(sizes: [3, 1], seed: 2)
      _ = try Checkpoint.restore(&restored, from: path, ignoring: ["optimizer"])
      #expect(restored.bits == saved.bits)
    }
  }

  /// Two models and the optimizer of one.
  private struct Pair: Parameterized, Sendable {
    var first: Trainer<Toy, Adam>
    var second: Toy

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("first", &first)
      visitor.visit("second", &second)
    }
  }

  @Test("one part of a checkpoint is restored by what its names begin with, and strictly")
  func named() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      let saved = Pair(
        first: Trainer(Toy(sizes: [3, 1], seed: 1), optimizer: Adam(), learningRate: 1),
        second: Toy(sizes: [2, 1], seed: 2))
      try Checkpoint.save(saved, metadata: metadata, to: path)
      var first = Toy(sizes: [3, 1], seed: 3)
      let texts = try Checkpoint.restore(
        &first, from: path, under: "first", ignoring: ["optimizer"])
      #expect(texts == metadata && first.bits == saved.first.model.bits)
      var second = Toy(sizes: [2, 1], seed: 3)
      _ = try Checkpoint.restore(&second, from: path, under: "second")
      #expect(second.bits == saved.second.bits)
      for (part, words) in [
        ("first", "a tensor 'first.optimizer."), ("second", "'second.layers.0.weight' has shape"),
        ("fir", "no tensor 'fir.layers.0.weight'"),
      ] {
        var value = Toy(sizes: [3, 1], seed: 3)
        let error = try #require(throws: FormatError.self) {
          try Checkpoint.restore(&value, from: path, under: part)
        }
        #expect(error.message.contains(words), "\(error)")
        #expect(value.bits == Toy(sizes: [3, 1], seed: 3).bits)
      }
    }
  }

  @Test("no file, a folder, and another program's tensors are errors of their kind")
  func foreign() throws {
    try withTemporaryFolder { folder in
      var toy = Toy(sizes: [3, 1], seed: 1)
      let missing = try #require(throws: FormatError.self) {
        try Checkpoint.restore(&toy, from: folder + "/none.safetensors")
      }
      #expect(missing.kind == .missing)
      #expect(throws: FormatError.self) { try Checkpoint.restore(&toy, from: folder) }

      let path = folder + "/foreign.safetensors"
      try SafeTensors.write([(name: "x", tensor: [1, 2])], to: path)
      let foreign = try #require(throws: FormatError.self) { try Checkpoint.metadata(of: path) }
      #expect(foreign.message == "\(path): not a checkpoint: it has no checksum")
    }
  }

  @Test("every bit that flips, every length it is cut to, and every byte too much is found")
  func damage() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.safetensors"
      let saved = Vector(x: [1, -2, 3, 0.5])
      try Checkpoint.save(saved, metadata: ["step": "17"], to: path)
      let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))

      // The checksum covers doubles in single precision only; the last 29 bits of their fractions
      // are beyond it.
      let dataStart = whole.count - saved.x.count * MemoryLayout<Scalar>.size
      func isBelowSinglePrecision(_ bit: Int, _ place: Int) -> Bool {
        MemoryLayout<Scalar>.size == 8 && place >= 0 && 8 * (place % 8) + bit < 29
      }

      func finds(_ bytes: [UInt8]) throws -> Bool {
        try Data(bytes).write(to: URL(filePath: path))
        var value = Vector(x: [0, 0, 0, 0])
        do {
          _ = try Checkpoint.restore(&value, from: path)
          return false
        } catch {
          return error.kind == .malformed && value.x.scalars == [0, 0, 0, 0]
        }
      }
      #expect(try !finds(whole))
      for place in whole.indices {
        for bit in 0..<8 where !isBelowSinglePrecision(bit, place - dataStart) {
          var bytes = whole
          bytes[place] ^= 1 << bit
          #expect(try finds(bytes), "bit \(bit) of byte \(place)")
        }
        #expect(try finds(Array(whole[..<place])), "cut to \(place) bytes")
      }
      #expect(try finds(whole + [0]))
      #expect(try finds(whole + whole))
    }
  }

  @Test("an unwritable folder is an error, and the old checkpoint stays")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      let error = try #require(throws: FormatError.self) {
        try Checkpoint.save(Vector(x: [1]), metadata: [:], to: folder + "/none/a.safetensors")
      }
      #expect(error.kind == .cannotCreate)
    }
  }
}
