import Foundation
import TestSupport
import Testing

/// One way to spoil a folder of data, and what the command has to say.
struct Trouble: Sendable, CustomTestStringConvertible {
  let name: String
  let file: String
  /// The new bytes of the file from the old; `nil` removes it.
  let spoil: @Sendable ([UInt8]) -> [UInt8]?
  let code: Int32
  let words: [String]

  var testDescription: String { name }

  static let all: [Trouble] = [
    Trouble(
      name: "no file of images", file: "train-images-idx3-ubyte", spoil: { _ in nil }, code: 66,
      words: ["train-images-idx3-ubyte.gz"]),
    Trouble(
      name: "an empty file", file: "train-images-idx3-ubyte", spoil: { _ in [] }, code: 65,
      words: ["train-images-idx3-ubyte", "empty"]),
    Trouble(
      name: "a wrong magic number", file: "train-images-idx3-ubyte",
      spoil: { [0x50, 0x4B] + $0.dropFirst(2) }, code: 65,
      words: ["magic number 504b0803", "expected 00000803"]),
    Trouble(
      name: "a file of labels given as images", file: "train-images-idx3-ubyte",
      spoil: { _ in labels(64) }, code: 65, words: ["labels (1 axis)", "images (3 axes)"]),
    Trouble(
      name: "images and labels that disagree", file: "train-labels-idx1-ubyte",
      spoil: { _ in labels(63) }, code: 65, words: ["63 labels", "64 images"]),
    Trouble(
      name: "sizes that overflow", file: "t10k-images-idx3-ubyte",
      spoil: { idxHeader([.max, .max, .max]) + $0.dropFirst(16) }, code: 65,
      words: ["4294967295", "overflow"]),
    Trouble(
      name: "fewer pixels than told", file: "t10k-images-idx3-ubyte", spoil: { $0.dropLast() },
      code: 65, words: ["191 bytes", "192"]),
    Trouble(
      name: "a gzip stream that ends early", file: "train-images-idx3-ubyte",
      // The header of a gzip stream and the beginning of its first block.
      spoil: { _ in [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x63, 0x60, 0xE0] }, code: 65,
      words: ["train-images-idx3-ubyte", "gzip"]),
  ]
}

struct BadDataTests {
  @Test(
    "data that are not what they should be: one sentence, and no run folder", arguments: Trouble.all
  )
  func refuse(_ trouble: Trouble) throws {
    try withTemporaryFolder { root in
      let data = "\(root)/data"
      try makeBars(at: data)
      let path = "\(data)/\(trouble.file)"
      if let spoilt = trouble.spoil(try bytes(of: path)) {
        try write(spoilt, to: path)
      } else {
        try FileManager.default.removeItem(atPath: path)
      }
      let before = try contents(of: root)
      let run = try discrete(training(data, "--out", "\(root)/run"), in: root)
      expectFailure(run, trouble.code, trouble.words)
      #expect(try contents(of: root) == before)
    }
  }

  @Test("a folder of data that is not there")
  func missingFolder() throws {
    try withTemporaryFolder { root in
      let run = try discrete(training("\(root)/nowhere", "--out", "\(root)/run"), in: root)
      expectFailure(run, 66, ["\(root)/nowhere", "no such folder"])
      #expect(try contents(of: root).isEmpty)
    }
  }

  @Test("data that are neither a folder nor known: the nearest name, or what stands there instead")
  func noFolder() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/data")
      let near = try discrete(training("mnits", "--out", "\(root)/run"), in: root)
      expectFailure(near, 66, ["mnits", "did you mean 'mnist'?"])
      let file = "\(root)/data/train-images-idx3-ubyte"
      let run = try discrete(training(file, "--out", "\(root)/run"), in: root)
      expectFailure(run, 65, [file, "is a file", "a folder"])
      let ablation = try discrete(["ablate", "--data", "\(root)/data"], in: root)
      expectFailure(ablation, 65, ["\(root)/data", "54 training images", "100"])
    }
  }

  @Test("data verify counts what is missing, 66, and what is not as published, 1")
  func verify() throws {
    try withTemporaryFolder { root in
      let verify = ["data", "verify", "mnist", "--folder", root]
      let none = try discrete(verify, in: root)
      #expect(none.code == 66 && none.errors.contains("\(root): 4 of the 4 files of mnist"))
      for name in [
        "train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1",
      ] {
        try write([1], to: "\(root)/\(name)-ubyte.gz")
      }
      let other = try discrete(verify + ["--json"], in: root)
      #expect(other.code == 1 && other.errors.contains("not as published"))
      #expect(try other.json()["finding"] as? String == "1 bytes, expected 4542")
    }
  }
}

/// Expects an exit code and one sentence on standard error, with certain words in it.
func expectFailure(
  _ run: CommandRun, _ code: Int32, _ words: [String],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(run.code == code, "\(run.errors)", sourceLocation: sourceLocation)
  #expect(run.output.isEmpty, sourceLocation: sourceLocation)
  let lines = run.errors.split(separator: "\n", omittingEmptySubsequences: false)
  #expect(
    lines.count == 2 && lines[0].hasPrefix("discrete: ") && lines[1].isEmpty, "\(run.errors)",
    sourceLocation: sourceLocation)
  for word in words {
    #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: sourceLocation)
  }
}
