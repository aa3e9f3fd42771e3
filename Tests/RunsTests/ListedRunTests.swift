import Formats
import Foundation
import TestSupport
import Testing

@testable import Runs

struct ListedRunTests {
  /// A folder with the files of a run, as texts by name.
  private func make(_ path: String, _ files: [String: String]) throws {
    let folder = try RunFolder(creating: path)
    for (name, text) in files { try write(Array(text.utf8), to: folder.file(name)) }
  }

  @Test("runs are found in a tree, sorted by path, without following links")
  func tree() throws {
    try withTemporaryFolder { root in
      for name in ["runs/b/seed-2", "runs/b/seed-1", "runs/a"] {
        try make("\(root)/\(name)", ["config.json": "{\"model\":\"m\"}"])
      }
      try FileManager.default.createSymbolicLink(
        atPath: "\(root)/runs/again", withDestinationPath: "\(root)/runs")
      let found = try ListedRun.all(in: "\(root)/runs/").map(\.folder.path)
      #expect(found == ["a", "b/seed-1", "b/seed-2"].map { "\(root)/runs/\($0)" })
      #expect(try ListedRun.all(in: "\(root)/runs/a").count == 1)
    }
  }

  @Test("a folder without runs is an error that names it", arguments: [true, false])
  func empty(exists: Bool) throws {
    try withTemporaryFolder { root in
      let path = exists ? root : "\(root)/none"
      let error = try #require(throws: FormatError.self) { try ListedRun.all(in: path) }
      #expect(error.kind == .missing && error.message.hasPrefix("\(path): "))
    }
  }

  @Test("what is damaged is named, and the rest is read")
  func damaged() throws {
    try withTemporaryFolder { root in
      try make(
        "\(root)/run",
        [
          "config.json": "{\"model\":\"m\",\"estimator\":{\"name\":\"nvil\",\"samples\":2}}",
          "STATUS": "running\n", "summary.json": "{",
          "metrics.jsonl":
            "{\"step\":1,\"loss\":3}\n{\"st\nx\n{\"step\":4,\"seconds\":2.5,\"loss\":1}\n{\"step\":5,\"lo",
        ])
      let run = try ListedRun(opening: "\(root)/run")
      #expect(run.step == 4 && run.seconds == 2.5)
      #expect(run.status == .lost && run.model == "m" && run.estimator == "nvil:samples=2")
      #expect(run.figure.map { $0.name == "loss" && $0.value == 1 } == true)
      try #require(run.damages.count == 3)
      #expect(run.damages[0].contains("summary.json"))
      #expect(run.damages[1].contains("metrics.jsonl: line 2: not JSON"))
      #expect(run.damages[2].contains("metrics.jsonl: line 3: not JSON"))
    }
  }

  @Test("the figure is that of the end, or else of the last evaluation that has one")
  func figure() throws {
    try withTemporaryFolder { root in
      let metrics =
        "{\"step\":1,\"validation_bound\":-5}\n{\"step\":2,\"batch_bound\":-3}\n"
      try make("\(root)/a", ["config.json": "{}", "metrics.jsonl": metrics])
      #expect(try ListedRun(opening: "\(root)/a").figure?.name == "validation_bound")
      try make(
        "\(root)/b",
        ["config.json": "{}", "metrics.jsonl": metrics, "summary.json": "{\"test_bound\":-6}"])
      let end = try #require(ListedRun(opening: "\(root)/b").figure)
      #expect(end.name == "test_bound" && end.value == -6)
      try make("\(root)/c", ["config.json": "{}"])
      #expect(try ListedRun(opening: "\(root)/c").figure == nil)
    }
  }

  @Test(
    "a run that is being written is not removed; another goes with all it has, links unfollowed")
  func remove() throws {
    try withTemporaryFolder { root in
      try make("\(root)/run", ["config.json": "{}", "samples/final.txt": "a"])
      try write([1], to: "\(root)/kept")
      let folder = try RunFolder(opening: "\(root)/run")
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("link"), withDestinationPath: root)
      do {
        let lock = try RunLock(folder)
        let failure = try #require(throws: Failure.self) { try folder.remove() }
        #expect(failure.kind == .cannotCreate)
        withExtendedLifetime(lock) {}
      }
      #expect(try fileExists(folder.file("samples/final.txt")))
      try folder.remove()
      #expect(names(in: root) == ["kept"])
    }
  }
}
