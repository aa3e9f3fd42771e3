import Foundation
import TestSupport
import Testing

/// The lines of README and pages that call the command.
enum DocumentedCommands {
  struct Page: Sendable, CustomTestStringConvertible {
    let path: String
    /// The words after `discrete` of each line, without comments and what a shell does with the
    /// output.
    let lines: [[String]]

    var testDescription: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  static func pages() throws -> [Page] {
    let root = SourceTree.root
    let sources = try FileManager.default.subpathsOfDirectory(
      atPath: root.appending(path: "Sources").path)
    let paths =
      ["README.md"] + sources.filter { $0.hasSuffix(".md") }.sorted().map { "Sources/\($0)" }
    return try paths.map { path in
      let whole = try text(of: root.appending(path: path).path)
      let lines = whole.replacing(/\\\n */, with: "").split(separator: "\n").compactMap { line in
        line.firstMatch(
          of: /^(?: {4})?(?:\.build\/release\/|swift run (?:-c release )?)?discrete ([a-z][^#|<>]*)/
        ).map { words(of: String($0.1)) }
      }
      return Page(path: path, lines: lines)
    }.filter { !$0.lines.isEmpty }
  }

  private static func words(of line: String) -> [String] {
    line.matches(of: /'([^']*)'|(\S+)/).map { String($0.1 ?? $0.2 ?? "") }
  }

  /// A line with as little work as it can be given, or `nil` where it needs the network.
  static func small(_ line: [String]) -> [String]? {
    let words = line.map { placeholders[$0] ?? $0 }
    let verb = words.prefix(2).joined(separator: " ")
    switch words[0] {
    case "train":
      let short = without(["--epochs", "--minutes"], words) + ["--quiet"]
      return switch words[1] {
      case "sequence-gan": short + sequences(of: words)
      case "sorter":
        short + ["--steps", "2", "--batch-size", "2", "--evaluation-sequences", "30"]
      default: short + ["--steps", words.contains("--resume") ? "4" : "2"]
      }
    case "compare": return words + ["--draws", "100", "--pilot", "1"]
    case "ablate":
      return words + ["--latents", "2", "--steps", "2", "--pilot", "2", "--draws", "2"]
    case "toy":
      let items = words.contains("plackett-luce") ? ["--items", "3"] : []
      return words + ["--steps", "1", "--seeds", "1"] + items
    case "gan-study":
      return words + ["--seeds", "2", "--steps", "1", "--pretrain-epochs", "1"]
    case "sweep": return words + ["--temperatures", "1", "--samples", "50"]
    case "eval": return words + (words.contains("--samples") ? ["--samples", "5"] : [])
    case "verify": return words.count > 1 ? words : words + ["disarm"]
    case "optimize":
      return without(["--budget"], words) + (words.contains("--resume") ? [] : ["--budget", "20"])
    default:
      return switch verb {
      case "rank learn": words + ["--epochs", "1", "--quiet"]
      case "runs remove": words + ["--yes"]
      case "data fetch": nil
      default: words
      }
    }
  }

  private static let placeholders = [
    "FOLDER": "images", "MNIST": "images", "mnist": "images", "ESTIMATOR": "straight-through",
    "RUN": "run", "python3 cost.py": "./cost.sh",
  ]

  private static func without(_ flags: [String], _ words: [String]) -> [String] {
    words.indices.filter { index in
      !flags.contains(words[index]) && (index == 0 || !flags.contains(words[index - 1]))
    }.map { words[$0] }
  }

  private static func sequences(of words: [String]) -> [String] {
    let common = [
      "--length", "8", "--embedding", "4", "--hidden", "6", "--filters", "1x4,2x4", "--batch-size",
      "16", "--pretrain-epochs", "1",
    ]
    if words.contains("--data") { return common }
    return common + [
      "--vocabulary", "7", "--sequences", "60", "--evaluation-sequences", "40",
      "--adversarial-steps", "1", "--discriminator-pretrain-rounds", "1",
      "--discriminator-rounds", "1", "--discriminator-epochs", "1",
    ]
  }

  /// Lines of which a page says that they fail, and how.
  static let failing: [String: Int32] = [
    "rank fit 00028-00000001.toc": 65, "rank fit cup.csv": 65,
  ]

  /// Makes what a page's lines read, in small.
  static func prepare(_ page: Page, in root: String) throws {
    let folder = "\(root)/images"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for (part, count) in [("train", 400), ("t10k", 100)] {
      try write(barImages(count), to: "\(folder)/\(part)-images-idx3-ubyte")
      let labels = idxHeader([UInt32(count)]) + (0..<count).map { UInt8($0 % 10) }
      try write(labels, to: "\(folder)/\(part)-labels-idx1-ubyte")
    }
    var files = [
      "text.txt": String(repeating: "First Citizen: before we proceed, hear me speak. ", count: 40),
      "cup.csv": "Ann,Bea,Cid,Dan\nAnn,Cid,Bea,Dan\nAnn,Dan,Bea\nAnn,Bea,Dan,Cid\n",
      "rank.train": documents, "rank.test": documents,
      "mixed.json": problem(of: "bernoulli", "5, -5, 0", "1, -2, 1"),
      "certain.json": problem(of: "bernoulli", "5, -5, 5", "1, -2, 1"),
      "orders.json": problem(of: "plackett-luce", "0.3, -0.5", "1, 2, 3, 4"),
      "metric.json": problem(of: "plackett-luce", "0.3, -0.5", "1, 3, 0.5, 1.5"),
    ]
    for name in ["election.soi", "00001-00000002.soi"] {
      files[name] = preferences("soi", ["3: 1,2,3", "2: 2,3,1", "2: 3,1", "1: 1"])
    }
    files["00028-00000001.toc"] = preferences("toc", ["3: 1,{2,3}", "2: {3,1},2", "2: 2,3,1"])
    files["cost.sh"] =
      "#!/bin/sh\nread -r header\nwhile read -r id point; do printf '%s\\t1\\n' \"$id\"; done\n"
    files["tour.sh"] = "#!/bin/sh\necho 1\n"
    for (name, content) in files { try write(Array(content.utf8), to: "\(root)/\(name)") }
    for name in files.keys where name.hasSuffix(".sh") {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(root)/\(name)")
    }
    let made = Set(
      page.lines.flatMap { line in
        zip(line, line.dropFirst()).filter { $0.0 == "--out" }.map(\.1)
      })
    let network = [
      "train", "belief-network", "--data", "glyphs", "--steps", "2", "--quiet", "--out",
    ]
    for (run, more) in [
      ("runs/first", []), ("runs/nvil", ["--seeds", "3"]),
      ("runs/disarm", ["--estimator", "disarm"]),
      ("run", []),
    ] where !made.contains(run) && page.lines.contains(where: { $0.contains { $0.hasPrefix(run) } })
    {
      try begin(network + [run] + more, in: root)
    }
    if page.lines.contains(where: { $0.contains("begin.safetensors") }) {
      try begin(network + ["begin"], in: root)
      try FileManager.default.copyItem(
        atPath: "\(root)/begin/checkpoints/last.safetensors", toPath: "\(root)/begin.safetensors")
    }
  }

  private static func begin(_ arguments: [String], in root: String) throws {
    let run = try discrete(arguments, in: root)
    guard run.code == 0 else { throw Unprepared(description: run.errors) }
  }

  private struct Unprepared: Error, CustomStringConvertible { let description: String }

  /// Documents whose grade is their second feature.
  private static let documents = (0..<60).map { row in
    "\(row * 7 % 4) qid:\(row / 6) 1:\(row % 5) 2:\(row * 7 % 4)\n"
  }.joined()

  private static func problem(of law: String, _ logits: String, _ linear: String) -> String {
    #"{"distribution": "\#(law)", "logits": [\#(logits)], "cost": {"linear": [\#(linear)]}}"#
  }

  /// A file of PrefLib about three items, of orders with the number of their voters.
  private static func preferences(_ type: String, _ orders: [String]) -> String {
    let voters = orders.reduce(0) { $0 + (Int($1.prefix { $0 != ":" }) ?? 0) }
    return """
      # FILE NAME: x.\(type)
      # DATA TYPE: \(type)
      # NUMBER ALTERNATIVES: 3
      # NUMBER VOTERS: \(voters)
      # NUMBER UNIQUE ORDERS: \(orders.count)
      # ALTERNATIVE NAME 1: Ann
      # ALTERNATIVE NAME 2: Bea
      # ALTERNATIVE NAME 3: Cid
      \(orders.joined(separator: "\n"))

      """
  }
}
