import ArgumentParser
import Datasets
import Formats
import Runs

/// The data sets that are known by name.
struct DataSets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "List, fetch, locate and verify data sets.",
    subcommands: [List.self, Fetch.self, Path.self, Verify.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the known data sets, what is missing of each and how to get it.")

    @Flag(help: "Print one JSON object per line.") var json = false

    func run() throws {
      for set in KnownData.all {
        let missing = try set.absentFiles()
        let how =
          set.mirrors.isEmpty
          ? "discrete data fetch \(set.name) --mirror URL" : "discrete data fetch \(set.name)"
        if json {
          let values: JSON = [
            "name": JSON(set.name), "summary": JSON(set.summary),
            "files": JSON(set.files.count), "present": .bool(missing.isEmpty),
            "missing": .array(missing.map { JSON($0.name) }),
            "fetch": missing.isEmpty ? .null : JSON(how),
          ]
          print(values)
        } else {
          let state =
            missing.isEmpty ? "here" : missing.count == set.files.count ? "-" : "part"
          print(padded(set.name, 18) + padded(state, 6) + set.summary)
          if !missing.isEmpty {
            print(padded("", 24) + "\(missing.count) of \(set.files.count) files missing: \(how)")
          }
        }
      }
    }
  }

  struct Fetch: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetch a data set from a public mirror.",
      discussion: """
        Mirrors are asked in order. A file takes its name only when its size and SHA-256 are those that were published; what is \
        here already is left alone. Needs the program curl.

        EXAMPLES
         discrete data fetch mnist
         discrete data fetch seqgan-oracle --mirror https://example.org/copies
        """)

    @Argument(help: "A data set's name.") var name: String
    @Option(
      help: ArgumentHelp(
        "An address behind which the files stand, in place of the public ones.", valueName: "url"))
    var mirror: String?
    @Option(
      help: ArgumentHelp(
        "Where the files are to be. (default: its folder in the cache)", valueName: "folder"))
    var folder: String?
    @Flag(help: "Fetch nothing; fail where a file is missing.") var offline = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
      let set = try known(name)
      let place = folder ?? set.folder
      let fetch = DataFetch(set, into: place, mirrors: mirror.map { [$0] })
      if offline { try fetch.checkComplete() }
      let files = try fetch.run { tell("discrete: \($0)") }
      if json {
        print(["folder": JSON(place), "fetched": .array(files.map { JSON($0) })] as JSON)
      } else {
        print(
          "\(place)   \(files.count) of \(set.files.count) files fetched, the others were here")
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
