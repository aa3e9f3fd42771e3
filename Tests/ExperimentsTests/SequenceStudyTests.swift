import Experiments
import Formats
import Runs
import TestSupport
import Testing

struct SequenceStudyTests {
  @Test("a study that is called again leaves finished runs alone and goes on with the rest")
  func again() throws {
    try withTemporaryFolder { root in
      let study = SequenceStudy(root: "\(root)/runs", steps: 1, pretrainEpochs: 0, seeds: 1)
      let second = "\(root)/runs/leave-one-out-1/STATUS"
      let stop = StopCheck { (try? fileExists(second)) == true }
      let failure = try #require(throws: Failure.self) {
        try study.courses(by: TinySequences.launch(stop: stop))
      }
      #expect(failure.kind == .interrupted)
      let first = "\(root)/runs/reinforce-1/summary.json"
      let before = try bytes(of: first)
      let courses = try study.courses(by: TinySequences.launch())
      #expect(try bytes(of: first) == before)
      #expect(courses.map(\.name).last == "likelihood" && courses.count == 5)
      #expect(courses.allSatisfy { $0.seeds[0].points.first?.step == 0 })
      #expect(courses[0].seeds[0].points.map(\.step) == [0, 1])
      #expect(courses.allSatisfy { $0.seeds[0].sweep.count == SequenceStudy.temperatures.count })
      // Nothing is left to do, so nobody asks whether to stop.
      let again = try study.courses(by: TinySequences.launch(stop: StopCheck { true }))
      #expect(again.map(\.name) == courses.map(\.name))
      for (one, other) in zip(again, courses) {
        #expect(one.seeds.map(\.sweep) == other.seeds.map(\.sweep))
        #expect(one.seeds[0].points.map(\.oracle) == other.seeds[0].points.map(\.oracle))
      }
      // What is damaged, or of another checkpoint, is measured again.
      let sweep = "\(root)/runs/likelihood-1/sweep.json"
      let kept = try text(of: sweep)
      for text in ["{", kept.replacing("\"checkpoint\":\"", with: "\"checkpoint\":\"0")] {
        #expect(text != kept)
        try write(Array(text.utf8), to: sweep)
        #expect(throws: Failure.self) {
          try study.courses(by: TinySequences.launch(stop: StopCheck { true }))
        }
        let measured = try study.courses(by: TinySequences.launch())
        #expect(measured[4].seeds[0].sweep == courses[4].seeds[0].sweep)
        #expect(try TestSupport.text(of: sweep) == kept)
      }
      let other = SequenceStudy(root: "\(root)/runs", steps: 2, pretrainEpochs: 0, seeds: 1)
      let refused = try #require(throws: Failure.self) {
        try other.courses(by: TinySequences.launch())
      }
      #expect(refused.kind == .cannotCreate && refused.description.contains("adversarial-steps"))
    }
  }
}
