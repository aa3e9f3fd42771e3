import Formats
import Foundation
import TestSupport
import Testing

@testable import Runs

/// What TensorBoard's own reader finds in the files of a run.
///
/// Where no Python has `tensorboard` these tests are skipped; `DISCRETE_PYTHON` names one that has
/// it.
struct TensorBoardTests {
  private static let python: String? = {
    let named = ProcessInfo.processInfo.environment["DISCRETE_PYTHON"] ?? "python3"
    return (try? output(of: named, ["-c", "import tensorboard"])) == nil ? nil : named
  }()

  private struct Failed: Error {}

  private static func output(of program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: output) }
    try Data().write(to: output)
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
    return try String(contentsOf: output, encoding: .utf8)
  }

  private static let script = """
    import json, sys
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
    everything = {k: 0 for k in ("scalars", "images", "tensors", "histograms")}
    a = EventAccumulator(sys.argv[1], size_guidance=everything)
    a.Reload()
    tags = a.Tags()
    found = {
      "scalars": {t: [[e.step, e.value] for e in a.Scalars(t)] for t in tags["scalars"]},
      "histograms": {t: [[e.step, e.histogram_value.num] for e in a.Histograms(t)]
        for t in tags["histograms"]},
      "texts": {t: [[e.step, [s.decode() for s in e.tensor_proto.string_val]] for e in a.Tensors(t)]
        for t in tags["tensors"] if not t.startswith("_")},
    }
    start = a.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    info = HParamsPluginData.FromString(start).session_start_info
    found["rate"] = info.hparams["rate"].number_value
    end = a.summary_metadata["_hparams_/session_end_info"].plugin_data.content
    found["status"] = HParamsPluginData.FromString(end).session_end_info.status
    print(json.dumps(found))
    """

  @Test("TensorBoard reads two sessions of a run as one", .enabled(if: python != nil))
  func read() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let origin = Origin(settings: ["rate": 0.1])
      let left = Countdown(17)
      var part = try Walk().run(path, origin: origin, stop: StopCheck { left.isOver })
      #expect(throws: Failure.self) { try part.drive() }
      var run = try Walk().run(path, origin: origin)
      _ = try run.drive()
      let text = try Self.output(of: Self.python ?? "", ["-c", Self.script, path])
      let found = try JSON(parsing: text.utf8)
      for key in ["loss", "distance", "batch_loss"] {
        let lines = try Metrics(run.folder).lines().compactMap { line in
          line[key].map {
            JSON.array([line["step"] ?? .null, JSON(Double(Float($0.number ?? 0)))])
          }
        }
        #expect(found["scalars"]?[key] == .array(lines), "\(key)")
      }
      #expect(found["histograms"]?["weights/position"] == [[6, 3], [12, 3], [18, 3], [24, 3]])
      let texts = try #require(found["texts"]?["samples"]?.array)
      #expect(texts.map { $0.array?[0] } == [4, 8, 16, 25])
      let last = try TestSupport.text(of: "\(path)/samples/final.txt")
      #expect(texts.last?.array?[1].array?[0].string.map { $0 + "\n" } == last)
      #expect(found["rate"] == 0.1 && found["status"] == 1)
    }
  }
}
