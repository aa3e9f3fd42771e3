import Formats
import Tensors
import TestSupport
import Testing

/// A reader, and a small file that it takes.
struct MutatedReader: Sendable, CustomTestStringConvertible {
  let name: String
  let file: [UInt8]
  let read: @Sendable ([UInt8]) throws -> Void

  var testDescription: String { name }

  private static let tensors =
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1,3],"data_offsets":[8,11]},"__metadata__":{"step":"1"}}"#

  static let all: [MutatedReader] = [
    MutatedReader(
      name: "JSON",
      file: Array(#"{"step":12,"a":[1,-2.5e3,"x\u0041\ud83d\ude42\n",true,null],"b":{"c":0}}"#.utf8)
    ) { bytes in
      let value = try JSON(parsing: bytes)
      _ = value["step"]?.whole(in: 0...Int.max)
      _ = value.description
    },
    MutatedReader(
      name: "safetensors",
      file: [UInt8(tensors.utf8.count), 0, 0, 0, 0, 0, 0, 0] + tensors.utf8
        + [UInt8](repeating: 7, count: 11)
    ) { bytes in
      let metadata = try SafeTensors.parse(bytes, path: "f").metadata
      _ = try metadata.wholeIfPresent("step", in: 0...9, of: "f")
    },
    MutatedReader(name: "NPY", file: NPY.encode(Tensor([1, 2, 3, 4], shape: [2, 2]))) {
      _ = try NPY.parse($0, path: "f")
    },
    MutatedReader(
      name: "NPZ",
      file: storedArchive([
        ("a.npy", NPY.encode([1, 2] as Tensor)), ("b.npy", NPY.encode([3] as Tensor)),
      ])
    ) { _ = try NPZ.parse($0, path: "f") },
    MutatedReader(name: "IDX", file: [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]) {
      _ = try IDX(parsing: $0, rank: 3, path: "f")
    },
    MutatedReader(
      name: "PrefLib",
      file: Array(
        """
        # DATA TYPE: toi
        # NUMBER ALTERNATIVES: 3
        # NUMBER VOTERS: 5
        # NUMBER UNIQUE ORDERS: 2
        # ALTERNATIVE NAME 1: Ann
        # ALTERNATIVE NAME 2: Bo
        # ALTERNATIVE NAME 3: Cy
        2: 1,{2,3}
        3: {3,1},2
        """.utf8)
    ) { _ = try PrefLib.text(of: PrefLib.rankings(parsing: $0, path: "f")) },
    MutatedReader(name: "CSV", file: Array("a,b,\"c, \"\"d\"\"\"\nb,a\n".utf8)) {
      _ = try RankingCSV.rankings(parsing: $0, path: "f")
    },
    MutatedReader(name: "FASTA", file: Array(">one\nACGT\nAC\n>two\nTT-*\n".utf8)) {
      _ = try FASTA.records(parsing: $0, path: "f")
    },
    MutatedReader(
      name: "graded documents",
      file: Array("2 qid:a 1:0.5 3:-1e-3 # x\n0 qid:a 2:4\n1 qid:b 1:1\n".utf8)
    ) { try reading($0) { _ = try JudgedDocuments(svmlight: $0) } },
    MutatedReader(name: "QAPLIB", file: Array("2\n0 3\n5 0\n\n0 1\n10 0\n".utf8)) {
      try reading($0) { _ = try QAPLIB($0) }
    },
    MutatedReader(
      name: "TSPLIB",
      file: Array(
        "NAME: a\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: GEO\nNODE_COORD_SECTION\n1 0 1.5\n2 3 4\nEOF\n"
          .utf8)
    ) { try reading($0) { _ = try TSPLIB($0) } },
    MutatedReader(name: "numbers", file: Array("a,b\n1,2.5\n-3e1,4\n".utf8)) {
      try reading($0) { _ = try NumberTable($0) }
    },
    MutatedReader(name: "Gset", file: Array("3 2\n1 2 1\n2 3 -1\n".utf8)) {
      try reading($0) { _ = try Gset($0) }
    },
    MutatedReader(name: "DIMACS", file: Array("c a\np wcnf 2 2 9\n9 1 0\n4 -1 2 0\n".utf8)) {
      try reading($0) { _ = try DIMACS($0) }
    },
  ]

  /// Calls a reader of files with one that has some bytes.
  private static func reading(_ bytes: [UInt8], _ read: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/d")
      try read("\(folder)/d")
    }
  }
}

struct MutationTests {
  /// What numbers and texts are made wrong with.
  private static let pieces =
    [
      "-", "-0", "1e19", "1e300", "0", "4294967295", "9223372036854775807", "99999999999999999999",
      ":", ",", "\"", "{", "}", "[", "\n", " ", "\u{0}", "é",
    ].map { Array($0.utf8) } + [[0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0x1F, 0x8B]]

  private static func mutated(_ file: [UInt8], using generator: inout Philox) -> [UInt8] {
    var bytes = file
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      let end = Int.random(in: place...min(bytes.count, place + 8), using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: if place < bytes.count { bytes[place] = .random(in: 0...255, using: &generator) }
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3: bytes.removeSubrange(end...)
      default:
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        bytes.replaceSubrange(place..<end, with: piece)
      }
    }
    return bytes
  }

  @Test(
    "a changed file is read or refused as malformed, and never a trap", arguments: MutatedReader.all
  )
  func change(_ reader: MutatedReader) throws {
    try reader.read(reader.file)
    var generator = Philox(seed: 83)
    var (refused, messages) = (0, Set<String>())
    for _ in 0..<2000 {
      do {
        try reader.read(Self.mutated(reader.file, using: &generator))
      } catch let error as FormatError {
        #expect(error.kind == .malformed)
        refused += 1
        messages.insert(error.message)
      } catch let error as JSON.ParsingError {
        refused += 1
        messages.insert(error.message)
      }
    }
    #expect(refused > 400 && messages.count > 5, "\(refused), \(messages.count)")
  }
}
