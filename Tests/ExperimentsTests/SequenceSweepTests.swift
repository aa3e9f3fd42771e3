import Experiments
import Formats
import Runs
import TestSupport
import Testing

struct SequenceSweepTests {
  @Test(
    "runs are weighed against likelihood that was learned to the end and as long, or not at all")
  func beneath() throws {
    try withTemporaryFolder { root in
      for (name, more) in [
        ("raw", ["pretrain-epochs": "0"]), ("likelihood", ["adversarial-steps": "0"]),
        ("untrained", ["adversarial-steps": "0", "pretrain-epochs": "0"]),
        ("longer", ["pretrain-epochs": "3"]), ("shorter", [:]), ("other", ["seed": "2"]),
      ] {
        _ = try TinySequences.launch().begin(TinySequences.settings(more), in: "\(root)/\(name)")
      }
      for (names, words) in [
        (["raw"], "not pre-trained"), (["raw", "untrained"], "not pre-trained"),
        (["shorter", "longer"], "for 3 epochs"), (["shorter", "other"], "test data are not those"),
      ] {
        let failure = try #require(throws: Failure.self) {
          try SequenceSweep(runs: names.map { "\(root)/\($0)" })
        }
        #expect(failure.description.contains(words), "\(failure)")
      }
      let sweep = try SequenceSweep(runs: ["\(root)/raw", "\(root)/likelihood"])
      #expect(!sweep.isText)
      var reported: [String] = []
      let curves = try sweep.curves(at: [0.5, 1, 2], samples: 100, seed: 1) { curve, first in
        reported.append("\(curve.name) \(first?.name ?? "first")")
      }
      let (raw, likelihood) = ("\(root)/raw", "\(root)/likelihood")
      #expect(reported == ["\(likelihood) first", "\(raw) \(likelihood)"])
      #expect(curves.map(\.figures.count) == [3, 3])
      let entropies = curves[1].figures.compactMap { figures in
        figures.members.first { $0.key == "entropy" }?.value.number
      }
      #expect(entropies.count == 3 && entropies == entropies.sorted())
    }
  }
}
