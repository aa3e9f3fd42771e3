import ArgumentParser
import Datasets
import Formats
import Runs

/// The data sets that are known by name.
struct DataSets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "List, locate and verify data sets.",
    subcommands: [List.self, Path.self, Verify.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the known data sets.")

    @Flag(help: "Print one JSON object per line.") var json = false

    func run() throws {
      for set in KnownData.all {
        let isPresent = try set.files.isEmpty || fileExists(set.folder)
        if json {
          let values: JSON = [
            "name": JSON(set.name), "summary": JSON(set.summary),
            "files": JSON(set.files.count), "present": .bool(isPresent),
          ]
          print(values)
        } else {
          print(padded(set.name, 18) + padded(isPresent ? "here" : "-", 6) + set.summary)
        }
      }
    }
  }

  struct Path: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the folder in which a data set is looked for.")

    @Argument(help: "A data set's name.") var name: String

    func run() throws { print(try known(name).folder) }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare a data set's files with what is published, by size and SHA-256.")

    @Argument(help: "A data set's name.") var name: String
    @Option(
      help: ArgumentHelp(
        "Where the files are. (default: its folder in the cache)", valueName: "folder"))
    var folder: String?
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() throws {
      let set = try known(name)
      let place = folder ?? set.folder
      let findings = try set.verify(in: place)
      for (file, finding) in findings {
        let text =
          switch finding {
          case .intact: "intact"
          case .missing: "missing"
          case .different(let how): how
          }
        if json {
          print(["file": JSON(file.name), "finding": JSON(text)] as JSON)
        } else {
          print("\(file.name): \(text)")
        }
      }
      if set.files.isEmpty && !json { print("\(set.name): built in") }
      let missing = findings.count { $0.finding == .missing }
      let intact = findings.count { $0.finding == .intact }
      guard missing == 0 else {
        throw Failure(
          .missingInput,
          "\(place): \(missing) of the \(findings.count) files of \(name) are missing")
      }
      guard intact == findings.count else {
        throw Failure(
          .failedCheck,
          "\(place): \(findings.count - intact) of the \(findings.count) files of \(name) are not as published"
        )
      }
    }
  }
}

private func known(_ name: String) throws -> KnownData {
  guard let set = KnownData.named(name) else {
    throw Failure(
      .usage, unknown("data set", name, among: KnownData.all.map(\.name)))
  }
  return set
}
