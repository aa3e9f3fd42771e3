import Formats
import Foundation
import Learning
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Runs

struct RunTests {
  /// What a run leaves that depends on no clock.
  private func expectSame(_ a: String, _ b: String) throws {
    for name in [
      "checkpoints/last.safetensors", "checkpoints/best.safetensors", "metrics.jsonl",
      "metrics.csv", "samples/final.txt",
    ] {
      let same = try steadyBytes(of: "\(a)/\(name)") == steadyBytes(of: "\(b)/\(name)")
      #expect(same, "\(name)")
    }
  }

  @Test("a run that is stopped at random moments ends as if it had never been", arguments: 1...12)
  func interrupted(seed: UInt64) throws {
    try withTemporaryFolder { root in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      var run = try Walk().run(whole)
      _ = try run.drive()
      var generator = Philox(seed: seed)
      var stops = 0
      while true {
        // A moment is a question whether to stop: between pieces, and within evaluations.
        let left = Countdown(Int.random(in: 1..<12, using: &generator))
        var run = try Walk().run(parts, stop: StopCheck { left.isOver })
        do {
          _ = try run.drive()
          break
        } catch let failure as Failure where failure.kind == .interrupted {
          stops += 1
          #expect(failure.description.hasSuffix("; go on"))
          #expect(RunFolder(at: parts).status == .interrupted)
        }
      }
      #expect(stops > 2)
      try expectSame(whole, parts)
      #expect(RunFolder(at: parts).status == .finished)
      let sessions = try #require(JSON(file: "\(parts)/sessions.json").array)
      #expect(sessions.count == stops + 1)
      #expect(sessions.last?["last_step"] == 25)
    }
  }

  @Test("a checkpoint with a number that is none is refused, and stays as it is")
  func spoiled() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      var run = try Walk().run(path, steps: 10)
      _ = try run.drive()
      let last = run.folder.lastCheckpoint
      var job = run.job
      let metadata = try Checkpoint.restore(&job, from: last)
      job.forEachParameter { tensor, _ in tensor = tensor * Scalar.nan }
      try Checkpoint.save(job, metadata: metadata, to: last)
      let before = try bytes(of: last)
      let failure = try #require(throws: Failure.self) {
        var longer = try Walk().run(path)
        return try longer.drive()
      }
      #expect(failure.kind == .failedCheck && failure.description.hasPrefix(last))
      #expect(failure.description.hasSuffix("is not finite"))
      #expect(try bytes(of: last) == before)
    }
  }

  @Test("a finished run is left as it is, and one that is made longer equals one of that length")
  func extended() throws {
    try withTemporaryFolder { root in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      var long = try Walk().run(whole, steps: 25)
      _ = try long.drive()
      var short = try Walk().run(parts, steps: 10)
      let summary = try short.drive()
      // The end is evaluated at any step.
      #expect(try Metrics(RunFolder(at: parts)).lines().last?["step"] == 10)
      var again = try Walk().run(parts, steps: 10)
      #expect(try again.drive() == summary)
      #expect(try Metrics(RunFolder(at: parts)).lines().last?["step"] == 10)
      var longer = try Walk().run(parts, steps: 25)
      _ = try longer.drive()
      try expectSame(whole, parts)
    }
  }

  @Test("a loss that is not a number ends the run, and the state before it is kept")
  func spoiledLoss() throws {
    try withTemporaryFolder { root in
      var run = try Walk(spoiledStep: 8).run("\(root)/run")
      let failure = try #require(throws: Failure.self) { try run.drive() }
      #expect(failure.kind == .failedCheck)
      #expect(failure.description.contains("the loss is nan at step 9"))
      #expect(failure.description.contains("step 8 is kept in \(root)/run/checkpoints/last"))
      #expect(RunFolder(at: "\(root)/run").status == .failed)
      // What stood in the way is gone.
      var again = try Walk().run("\(root)/run")
      _ = try again.drive()
      var whole = try Walk().run("\(root)/whole")
      _ = try whole.drive()
      try expectSame("\(root)/run", "\(root)/whole")
    }
  }

  @Test("a figure that is not finite ends the run, and the checkpoint before it is kept")
  func spoiledFigure() throws {
    try withTemporaryFolder { root in
      var run = try Walk(spoiledFigure: 8).run("\(root)/run")
      let failure = try #require(throws: Failure.self) { try run.drive() }
      #expect(failure.kind == .failedCheck)
      #expect(failure.description.contains("the distance is inf at step 8"))
      #expect(failure.description.contains("step 6 is kept"))
      #expect(
        try Checkpoint.metadata(of: "\(root)/run/checkpoints/last.safetensors")["step"] == "6")
    }
  }

  @Test("what the work throws comes out as it is, and the run can go on")
  func crash() throws {
    try withTemporaryFolder { root in
      var run = try Walk(crashingStep: 5).run("\(root)/run")
      #expect(throws: Walk.Crash()) { try run.drive() }
      #expect(RunFolder(at: "\(root)/run").status == .failed)
      var again = try Walk().run("\(root)/run")
      #expect(try again.drive()["steps"] == 25)
    }
  }

  @Test("one process at a time writes a run; the other is told which, and where")
  func lock() throws {
    try withTemporaryFolder { root in
      var run = try Walk().run("\(root)/run")
      let folder = RunFolder(at: "\(root)/run")
      do {
        let lock = try RunLock(folder)
        let failure = try #require(throws: Failure.self) { try run.drive() }
        #expect(failure.kind == .cannotCreate)
        #expect(failure.description.contains("process \(getpid()) on "))
        withExtendedLifetime(lock) {}
      }
      _ = try run.drive()
    }
  }

  @Test("a run whose process is gone is lost")
  func lost() throws {
    try withTemporaryFolder { root in
      let folder = try RunFolder(creating: "\(root)/run")
      #expect(folder.status == nil)
      try folder.set(.running)
      #expect(folder.status == .lost)
      let lock = try RunLock(folder)
      #expect(folder.status == .running)
      withExtendedLifetime(lock) {}
    }
  }

  @Test("a run shorter than an evaluation logs too: every line has step, seconds and learning rate")
  func logs() throws {
    try withTemporaryFolder { root in
      var run = try Walk().run("\(root)/run", steps: 11, evaluateEvery: 100, logEvery: 5)
      _ = try run.drive()
      let lines = try Metrics(RunFolder(at: "\(root)/run")).lines()
      #expect(lines.compactMap { $0["step"] } == [5, 6, 10, 11])
      for line in lines {
        #expect(line["seconds"]?.number != nil && line["learning_rate"] == 0.1)
      }
      #expect(lines.map { $0["batch_loss"] != nil } == [true, false, true, false])
      // The last line is the evaluation of the end, whose loss is the mean of all eleven.
      let means = [lines[0], lines[2]].compactMap { $0["batch_loss"]?.number }
      let all = try #require(lines[3]["loss"]?.number)
      var tail = try Walk().run("\(root)/tail", steps: 11, evaluateEvery: 100, logEvery: 1)
      _ = try tail.drive()
      let each = try Metrics(RunFolder(at: "\(root)/tail")).lines().compactMap {
        $0["batch_loss"]?.number
      }
      #expect(each.count == 11)
      #expect(abs(means[0] - each[0..<5].reduce(0, +) / 5) < 1e-9)
      #expect(abs(means[1] - each[5..<10].reduce(0, +) / 5) < 1e-9)
      #expect(abs(all - each.reduce(0, +) / 11) < 1e-9)
    }
  }

  @Test("curves and samples are kept on the way, and later ones are forgotten by a resumed run")
  func looks() throws {
    try withTemporaryFolder { root in
      let folder = RunFolder(at: "\(root)/run")
      var run = try Walk().run(folder.path, steps: 25)
      _ = try run.drive()
      // Evaluations are at 4, 8, ...; each picture is 1.6 times as far as the one before.
      #expect(folder.samples.map(\.step) == [4, 8, 16])
      #expect(try text(of: folder.file("samples/step-00000004.txt")).hasSuffix("\n"))
      let curves = try text(of: folder.file("curves.svg"))
      #expect(curves.contains(">distance<") && curves.contains(">batch loss<"))
      try write([], to: folder.file("samples/step-00000026.txt"))
      var longer = try Walk().run(folder.path, steps: 40)
      _ = try longer.drive()
      #expect(folder.samples.map(\.step) == [4, 8, 16, 28])
    }
  }

  @Test("without a terminal every evaluation is a line that says how far the run is; quiet, none")
  func progress() throws {
    try withTemporaryFolder { root in
      let texts = Texts()
      var run = try Walk().run(
        "\(root)/run", steps: 8, isQuiet: false, tell: { texts.append($0) })
      _ = try run.drive()
      try #require(texts.all.count == 2)
      #expect(texts.all[0].hasPrefix("training 4 of 8, 50 %: loss "))
      #expect(texts.all[0].contains(", distance ") && texts.all[0].contains(" steps/s"))
      #expect(texts.all[1].hasPrefix("training 8 of 8, 100 %: loss "))
      var quiet = try Walk().run("\(root)/quiet", steps: 8, tell: { texts.append($0) })
      _ = try quiet.drive()
      #expect(texts.all.count == 2)
    }
  }

  /// A run that was stopped after some checkpoints.
  private func stopped(at path: String) throws {
    let left = Countdown(17)
    var run = try Walk().run(path, stop: StopCheck { left.isOver })
    #expect(throws: Failure.self) { try run.drive() }
  }

  @Test(
    "where the last checkpoint is damaged or missing, the one before is taken, and that is said",
    arguments: [true, false])
  func previous(isDamaged: Bool) throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      try stopped(at: path)
      let last = RunFolder(at: path).lastCheckpoint
      if isDamaged {
        var file = try bytes(of: last)
        file[file.count - 1] ^= 0x10
        try write(file, to: last)
      } else {
        try FileManager.default.removeItem(atPath: last)
      }
      let texts = Texts()
      var run = try Walk().run(path, tell: { texts.append($0) })
      _ = try run.drive()
      #expect(texts.all.contains { $0.contains(last) && $0.contains("the checkpoint before") })
      var whole = try Walk().run("\(root)/whole")
      _ = try whole.drive()
      try expectSame(path, "\(root)/whole")
    }
  }

  /// What a run tells.
  private final class Texts: Sendable {
    private let texts = Mutex<[String]>([])
    func append(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
  }

  @Test("without a readable checkpoint nothing begins from zero, and nothing is lost")
  func noCheckpoint() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      try stopped(at: path)
      let folder = RunFolder(at: path)
      for file in [folder.lastCheckpoint, folder.previousCheckpoint] { try write([], to: file) }
      let before = try bytes(of: folder.file("metrics.jsonl"))
      var damaged = try Walk().run(path)
      #expect(throws: FormatError.self) { try damaged.drive() }
      for file in [folder.lastCheckpoint, folder.previousCheckpoint] {
        try FileManager.default.removeItem(atPath: file)
      }
      var missing = try Walk().run(path)
      let failure = try #require(throws: Failure.self) { try missing.drive() }
      #expect(failure.kind == .missingInput)
      #expect(try bytes(of: folder.file("metrics.jsonl")) == before)
    }
  }

  @Test("a run goes on with the settings and data it was begun with, and names what differs")
  func origin() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let origin = Origin(settings: ["rate": 0.1, "size": 3], data: "abc", arithmetic: "A")
      var first = try Walk().run(path, steps: 4, origin: origin)
      _ = try first.drive()
      var other = origin
      other.settings = ["rate": 0.2, "size": 3]
      var settings = try Walk().run(path, steps: 8, origin: other)
      let failure = try #require(throws: Failure.self) { try settings.drive() }
      #expect(failure.kind == .badConfiguration)
      #expect(failure.description.contains("rate has changed from 0.1 to 0.2"))
      other = origin
      other.data = "abd"
      var data = try Walk().run(path, steps: 8, origin: other)
      #expect(try #require(throws: Failure.self) { try data.drive() }.kind == .badData)
      other = origin
      other.arithmetic = "B"
      let texts = Texts()
      var arithmetic = try Walk().run(path, steps: 8, origin: other, tell: { texts.append($0) })
      _ = try arithmetic.drive()
      #expect(texts.all.contains { $0.contains("computed with A, goes on with B") })
    }
  }

  @Test("metrics with fewer lines than a checkpoint counts are an error that says so")
  func fewerLines() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      try stopped(at: path)
      try write([], to: "\(path)/metrics.jsonl")
      var run = try Walk().run(path)
      let error = try #require(throws: FormatError.self) { try run.drive() }
      #expect(error.message.contains("metrics.jsonl: 0 lines, expected the "))
    }
  }

  @Test("a training with patience ends after so many evaluations without a better score")
  func patience() throws {
    try withTemporaryFolder { root in
      let training = Training(
        Walk(), Trainer(Walker(), optimizer: SGD(), learningRate: 1e-30), seed: 7,
        length: .steps(1000), evaluateEvery: 4, patience: 3)
      var run = try Run(
        training, in: RunFolder(creating: "\(root)/run"),
        policy: RunPolicy(isQuiet: true, stop: .never))
      let summary = try run.drive()
      #expect(summary["steps"] == 16)
      #expect(summary["best_step"] == 4)
    }
  }
}
