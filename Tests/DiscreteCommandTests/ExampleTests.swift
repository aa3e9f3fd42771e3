import Foundation
import TestSupport
import Testing

struct ExampleTests {
  /// A short run of an example, and the picture that it leaves.
  struct Short: CustomTestStringConvertible {
    let name: String
    let arguments: [String]
    let picture: String?

    init(_ name: String, _ arguments: String..., leaves picture: String? = nil) {
      self.name = name
      self.arguments = arguments
      self.picture = picture
    }

    var testDescription: String { name }
  }

  @Test(
    "run to their end from an empty folder, and draw what they say",
    arguments: [
      Short("CartPole", "1", "20", leaves: "cartpole.svg"),
      Short("Jigsaw", "--steps", "10", leaves: "jigsaw.png"),
      Short("MedianRegression", "--steps", "10"),
      Short("NearestNeighbors", "--steps", "10"),
      Short("Seating"),
      Short("GraphLayout", "2", "1", "50"),
      Short("OneShotGAN", "graphs", "20", leaves: "one-shot-graphs.png"),
      Short("OneShotGAN", "glyphs", "20", leaves: "one-shot-glyphs.png"),
    ])
  func ending(short: Short) throws {
    try withTemporaryFolder { folder in
      let run = try RunningCommand(short.arguments, of: short.name, in: folder).wait()
      #expect(run.code == 0, "\(run.errors)")
      #expect(!run.output.isEmpty && !run.output.contains("nan"), "\(run.output)")
      #expect(names(in: folder) == [short.picture].compactMap { $0 })
    }
  }

  @Test("a sequence generator ends nearer to its oracle than it began, in both ways of looking")
  func sequences() throws {
    let run = try withTemporaryFolder { try RunningCommand([], of: "SequenceGAN", in: $0).wait() }
    let figures = run.output.matches(
      of:
        /(untrained|step 30,.*): samples under the oracle (.*), fresh data under the generator (.*)/
    ).compactMap { match in Double(match.2).flatMap { a in Double(match.3).map { (a, $0) } } }
    #expect(run.code == 0, "\(run.errors)")
    try #require(figures.count == 2, "\(run.output)")
    #expect(figures[1].0 < figures[0].0 - 1 && figures[1].1 < figures[0].1 - 0.1, "\(run.output)")
  }

  @Test("a law of one's own writes what its probability says, and reads it")
  func ownCode() throws {
    let run = try withTemporaryFolder { try RunningCommand(["20"], of: "OwnCode", in: $0).wait() }
    #expect(run.code == 0, "\(run.errors)")
    let figures = try #require(
      run.output.firstMatch(of: /7300 days, (.*) bits; their probability says (.*)/))
    let (bits, ideal) = (try #require(Double(figures.1)), try #require(Double(figures.2)))
    #expect(bits > ideal && bits < ideal + 66 && bits < 7300 / 2, "\(run.output)")
    #expect(run.output.contains("read without loss"))
  }

  @Test("a sorter of images learns")
  func sorting() throws {
    try withTemporaryFolder { folder in
      let run = try RunningCommand([], of: "Sorting", in: folder).wait()
      let right = run.output.firstMatch(of: /places right (.*)/).flatMap { Double($0.1) }
      #expect(run.code == 0, "\(run.errors)")
      #expect((right ?? 0) > 0.35, "\(run.output)")
      #expect(names(in: folder) == ["sorting.png"])
    }
  }

  @Test("words are found in a text without spaces, better than by cuts that know nothing")
  func words() throws {
    let license = SourceTree.root.appending(path: "LICENSE").path
    let run = try withTemporaryFolder {
      try RunningCommand([license, "20"], of: "WordSegmentation", in: $0).wait()
    }
    #expect(run.code == 0, "\(run.errors)")
    let scores = run.output.matches(of: /(likeliest|uniform|every .): .* .* (.*)/)
      .compactMap { Double($0.2) }
    try #require(scores.count == 3, "\(run.output)")
    #expect(scores[0] > 0.4 && scores[1] < 0.3 && scores[2] < 0.3, "\(run.output)")
    for (arguments, code) in [([], 64), ([license, "0"], 64), (["none"], 66)] as [([String], Int)] {
      let run = try withTemporaryFolder {
        try RunningCommand(arguments, of: "WordSegmentation", in: $0).wait()
      }
      #expect(run.code == code && run.errors.hasPrefix("WordSegmentation: "), "\(run.errors)")
    }
  }

  @Test("trees of nested operations are learned with every estimator, and bad files are named")
  func listOps() throws {
    try withTemporaryFolder { folder in
      let small = ["--steps", "2", "--sentences", "100", "--length", "8", "--units", "8"]
      let run = try RunningCommand(small, of: "ListOps", in: folder).wait()
      #expect(run.code == 0, "\(run.errors)")
      let rows = run.output.matches(of: /(?m)^(.*\S) +(\d+\.\d) +(\d+\.\d) +\d+$/)
      try #require(rows.count == 11, "\(run.output)")
      #expect(rows[0].1 == "the true tree" && rows[0].3 == "100.0", "\(run.output)")

      let good = "9\t( ( ( [MAX 2 ) 9 ) ] )\n"
      try write(Array((good + "9\t( ( ( [MAX 2 ) 9 ) ]\n").utf8), to: "\(folder)/open.tsv")
      try write(Array(good.utf8), to: "\(folder)/one.tsv")
      let faults: [([String], Int32, String)] = [
        (["--steps", "0"], 64, "--steps is 0"), (["steps"], 64, "steps is not one of"),
        (["--data", "none"], 66, "none: cannot be opened"),
        (["--data", "open.tsv"], 65, "open.tsv: line 2, column 3: '(' is not closed"),
        (["--data", "one.tsv"], 65, "one.tsv: one expression"),
      ]
      for (arguments, code, sentence) in faults {
        let run = try RunningCommand(arguments, of: "ListOps", in: folder).wait()
        #expect(run.code == code && run.errors.hasPrefix("ListOps: \(sentence)"), "\(run.errors)")
      }
    }
  }

  @Test("a run of one's own is stopped by SIGINT and goes on bit for bit")
  func ownRun() throws {
    try withTemporaryFolder { root in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      let steps = "20000"
      let command = try RunningCommand([parts, steps], of: "OwnRun", in: root)
      while (try? text(of: "\(parts)/metrics.jsonl").contains("\n")) != true, command.isRunning {
        usleep(1000)
      }
      command.interrupt()
      let stopped = try command.wait()
      #expect(stopped.output.hasPrefix("interrupted at step "), "\(stopped.output)")
      #expect(try text(of: "\(parts)/STATUS") == "interrupted\n")
      for path in [parts, whole] {
        let run = try RunningCommand([path, steps], of: "OwnRun", in: root).wait()
        #expect(run.code == 0 && run.output.contains("\"steps\":\(steps)"), "\(run.output)")
        #expect(try text(of: "\(path)/STATUS") == "finished\n")
      }
      for name in [
        "checkpoints/last.safetensors", "checkpoints/best.safetensors", "metrics.jsonl",
      ] {
        #expect(
          try steadyBytes(of: "\(parts)/\(name)") == steadyBytes(of: "\(whole)/\(name)"), "\(name)")
      }
      // Demand on the last day is 16.4 papers in the mean, and a missed one costs more than one
      // left over.
      let last = try #require(jsonObjects(text(of: "\(whole)/metrics.jsonl")).last)
      #expect(try #require(last["sunday"] as? Double) > 16)
    }
  }

  @Test("a finished run is loaded, evaluated, encoded and drawn from")
  func loadRun() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      #expect(try discrete(training(data, "--steps", "20", "--out", folder), in: root).code == 0)
      let run = try RunningCommand([folder], of: "LoadRun", in: root).wait()
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output.contains("12 test images: bound -"), "\(run.output)")
      #expect(run.output.contains("codes [12, 8]"))
      #expect(try bytes(of: "\(root)/samples.png").starts(with: [0x89, 0x50]))
    }
  }
}
