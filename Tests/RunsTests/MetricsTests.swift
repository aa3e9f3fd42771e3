import Formats
import Foundation
import TestSupport
import Testing

@testable import Runs

struct MetricsTests {
  private func withMetrics(_ body: (RunFolder, Metrics) throws -> Void) throws {
    try withTemporaryFolder { root in
      let folder = try RunFolder(creating: "\(root)/run")
      try body(folder, Metrics(folder))
    }
  }

  @Test("every log is one line of JSON, with doubles that come back bit for bit")
  func log() throws {
    try withMetrics { folder, metrics in
      try metrics.log(["step": 100, "bound": -175.53125, "rate": 0.1])
      try metrics.log(["step": 200, "bound": JSON(-1.0 / 3)])
      let lines = try text(of: folder.file("metrics.jsonl")).split(separator: "\n")
      #expect(lines.first == #"{"step":100,"bound":-175.53125,"rate":0.1}"#)
      let last = try #require(lines.last)
      #expect(try JSON(parsing: last.utf8)["bound"]?.number == -1.0 / 3)
    }
  }

  @Test("a resumed run leaves the lines of an uninterrupted one", arguments: [0, 1, 3, 5])
  func resume(checkpoint: Int) throws {
    func log(_ steps: ClosedRange<Int>, _ metrics: Metrics) throws {
      for step in steps { try metrics.log(["step": JSON(step), "bound": JSON(-1 / Double(step))]) }
    }
    try withMetrics { folder, metrics in
      try log(1...5, metrics)
      let whole = try text(of: folder.file("metrics.jsonl"))
      // The machine stopped within a line.
      let torn = Data((whole + #"{"step":6,"bo"#).utf8)
      try torn.write(to: URL(filePath: folder.file("metrics.jsonl")))
      try metrics.truncate(to: checkpoint)
      if checkpoint < 5 { try log((checkpoint + 1)...5, metrics) }
      #expect(try text(of: folder.file("metrics.jsonl")) == whole)
    }
  }

  @Test("a damaged line before the last is an error that names it, and nothing is lost")
  func damaged() throws {
    try withMetrics { folder, metrics in
      let content = "{\"step\":1}\n{\"st\n{\"step\":3}\n"
      try Data(content.utf8).write(to: URL(filePath: folder.file("metrics.jsonl")))
      let error = try #require(throws: FormatError.self) { try metrics.truncate(to: 3) }
      #expect(error.kind == .malformed)
      #expect(error.message.contains("metrics.jsonl: line 2: "))
      #expect(try text(of: folder.file("metrics.jsonl")) == content)
    }
  }

  @Test(
    "lines are counted up to a later step, or to one that is not a whole number",
    arguments: ["1e19", "-1", "-0", "0.5", "1e300", "\"1\""])
  func steps(text: String) throws {
    try withMetrics { folder, metrics in
      let path = folder.file("metrics.jsonl")
      try Data("{\"step\":1}\n{\"step\":\(text)}\n{\"step\":3}\n".utf8)
        .write(to: URL(filePath: path))
      #expect(try metrics.count(upTo: 3) == 1)
    }
  }

  @Test("the table has a column for every key and quotes what a comma would break")
  func table() throws {
    try withMetrics { folder, metrics in
      try metrics.log(["step": 1, "bound": -2.5])
      try metrics.log(["step": 2, "bound": .null, "note": "a \"b\", c"])
      try metrics.writeTable()
      #expect(
        try text(of: folder.file("metrics.csv"))
          == "step,bound,note\n1,-2.5,\n2,,\"a \"\"b\"\", c\"\n")
    }
  }

  @Test("metrics that cannot be written are an error of the system")
  func unwritable() throws {
    try withMetrics { folder, metrics in
      try FileManager.default.removeItem(atPath: folder.path)
      let error = try #require(throws: FormatError.self) { try metrics.log(["step": 1]) }
      #expect(error.kind == .inputOutput)
    }
  }
}
