import ArgumentParser
import Datasets
import Formats

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
        let isPresent = set.files.isEmpty || fileExists(set.folder)
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
    @Option(help: "Where the files are; its folder in the cache by default.") var folder: String?

    func run() throws {
      let set = try known(name)
      var isIntact = true
      for (file, finding) in try set.verify(in: folder ?? set.folder) {
        switch finding {
        case .intact: print("\(file.name): intact")
        case .missing: print("\(file.name): missing")
        case .different(let how): print("\(file.name): \(how)")
        }
        isIntact = isIntact && finding == .intact
      }
      if set.files.isEmpty { print("\(set.name): built in") }
      guard isIntact else {
        throw CommandFailure(.failedCheck, "\(set.name): not as published")
      }
    }
  }
}

private func known(_ name: String) throws -> KnownData {
  guard let set = KnownData.named(name) else {
    throw CommandFailure(
      .usage, unknown("data set", name, among: KnownData.all.map(\.name)))
  }
  return set
}
