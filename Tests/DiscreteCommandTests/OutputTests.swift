import Foundation
import TestSupport
import Testing

struct OutputTests {
  /// Documents whose grade is their second feature.
  private static func makeDocuments(in root: String) throws -> String {
    let text = (0..<60).map { row in
      "\(row * 7 % 4) qid:\(row / 6) 1:\(row % 5) 2:\(row * 7 % 4)\n"
    }.joined()
    try write(Array(text.utf8), to: "\(root)/documents")
    return "\(root)/documents"
  }

  private static func makeFit(in root: String) throws -> String {
    try write(Array("a,b,c\nc,b,a\nb,c,a\n".utf8), to: "\(root)/votes.csv")
    let fit = "\(root)/fit.json"
    let run = try discrete(
      ["rank", "fit", "\(root)/votes.csv", "--prior", "1", "--out", fit], in: root)
    #expect(run.code == 0, "\(run.errors)")
    return fit
  }

  /// A run of every verb that has something to print, the shortest there is.
  private static func everyVerb(in root: String) throws -> [[String]] {
    try makeBars(at: "\(root)/data")
    let trained = try discrete(
      training("\(root)/data", "--steps", "2", "--out", "\(root)/bars"), in: root)
    #expect(trained.code == 0, "\(trained.errors)")
    let sequences = TinySequences.random + ["--out", "\(root)/likelihood", "--adversarial-steps"]
    let learned = try discrete(TinySequences.arguments() + sequences + ["0"], in: root)
    #expect(learned.code == 0, "\(learned.errors)")
    let (fit, documents) = (try makeFit(in: root), try makeDocuments(in: root))
    let context = ["compress", "context", "--data", "glyphs", "--binarize", "threshold"]
    #expect(try discrete(context + ["--out", "\(root)/read.dsc"], in: root).code == 0)
    let scorer = try discrete(
      [
        "rank", "learn", documents, "--test", documents, "--epochs", "1", "--out", "\(root)/scorer",
      ], in: root)
    #expect(scorer.code == 0, "\(scorer.errors)")
    let gan = TinySequences.arguments() + TinySequences.random
    let vae = [
      "train", "vae", "--data", "\(root)/data", "--latent", "bernoulli:4", "--batch-size", "9",
      "--steps", "2", "--quiet", "--out", "\(root)/vae",
    ]
    let sorter = [
      "train", "sorter", "--data", "numbers", "--length", "3", "--batch-size", "2", "--steps", "2",
      "--evaluation-sequences", "30", "--quiet", "--out", "\(root)/sorter",
    ]
    let told = ["optimize", "--bits", "4", "--told", "--budget", "8", "--out", "\(root)/told"]
    #expect(try discrete(told, in: root).code == 0)
    return [
      ["--help"], ["--version"], ["help", "train"], ["rank"], ["rank", "fit", "--help"],
      training("\(root)/data", "--steps", "2", "--out", "\(root)/network"), vae, sorter,
      gan + ["--out", "\(root)/gan"], ["eval", "\(root)/bars"], ["eval", "\(root)/likelihood"],
      ["sample", "\(root)/bars"], ["sample", "\(root)/likelihood"], ["encode", "\(root)/bars"],
      ["sweep", "\(root)/likelihood", "--temperatures", "1", "--samples", "50"],
      ["compare", "--draws", "100", "--pilot", "1", "--estimators", "exact"],
      ["ablate", "--latents", "2", "--steps", "2", "--pilot", "2", "--draws", "2"],
      ["runs", "list", root], ["runs", "show", "\(root)/bars"],
      ["report", "\(root)/bars"],
      ["runs", "compare", "\(root)/bars"], ["runs", "remove", "\(root)/likelihood", "--yes"],
      ["export", "\(root)/bars", "--to", "pytorch", "--out", "\(root)/export"],
      context + ["--out", "\(root)/codes.dsc"], ["rate"] + context.dropFirst(),
      ["decompress", "\(root)/read.dsc", "--out", "\(root)/read.idx"], ["estimators"],
      ["verify"], ["figure", "gumbel", "--out", "\(root)/gumbel.svg"],
      ["explore", "--out", "\(root)/explore.html"],
      ["toy", "--seeds", "1", "--steps", "1"],
      ["gan-study", "--out", "\(root)/study", "--seeds", "2", "--steps", "1"],
      ["rank", "fit", "\(root)/votes.csv", "--prior", "1"], ["rank", "sample", fit],
      [
        "rank", "learn", documents, "--test", documents, "--epochs", "1", "--out", "\(root)/ranker",
        "--quiet",
      ],
      ["data", "list"], ["data", "path", "mnist"], ["data", "verify", "glyphs"],
      ["rank", "score", "\(root)/scorer", documents],
      ["estimators", "disarm"], ["data", "fetch", "glyphs"],
      [
        "optimize", "--bits", "6", "--problem", "labs", "--budget", "10", "--quiet", "--out",
        "\(root)/labs",
      ],
      ["ask", "\(root)/told"], ["tell", "\(root)/told"],
      ["bench", "gumbel"], ["doctor"], ["config", "print", "vae"], ["help", "exit-codes"],
    ]
  }

  @Test("a result that cannot be written is 74 and one sentence, of every verb and of help")
  func fullDisk() throws {
    try withTemporaryFolder { root in
      let lines = try Self.everyVerb(in: root)
      for arguments in lines {
        let run = try shell(#""$0" "$@" > /dev/full"#, arguments, in: root)
        #expect(run.code == 74, "\(arguments): \(run.errors)")
        expectFailure(run, 74, ["standard output", "No space left on device"])
        let closed = try shell(#""$0" "$@" >&-"#, ["--help"], in: root)
        expectFailure(closed, 74, ["standard output", "Bad file descriptor"])
      }
      let help = try discrete(["--help"], in: root).output
      let verbs = help.split(separator: "\n").drop { $0 != "SUBCOMMANDS:" }
        .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("See '") }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
      #expect(verbs.count == 27)
      for verb in verbs { #expect(lines.contains { $0.first == verb }, "\(verb)") }
    }
  }

  @Test("a reader that goes away ends the command quietly", arguments: ["", "trap '' PIPE; "])
  func closedPipe(trap: String) throws {
    try withTemporaryFolder { root in
      let fit = try Self.makeFit(in: root)
      let run = try shell(
        trap + #"{ "$0" rank sample "$1" --count 100000; echo $? >&2; } | head -n 1"#, [fit],
        in: root)
      #expect(run.errors == "141\n")
      #expect(run.output.split(separator: "\n").count == 1)
    }
  }

  @Test("every line is in the file as soon as it is found")
  func flushed() throws {
    try withTemporaryFolder { root in
      let path = try Self.makeDocuments(in: root)
      let running = try RunningCommand(
        [
          "rank", "learn", path, "--test", path, "--json", "--epochs", "1", "--quiet", "--seeds",
          "1000", "--out", "study",
        ], in: root)
      while running.isRunning, try running.outputSoFar().isEmpty {
        Thread.sleep(forTimeInterval: 0.01)
      }
      running.interrupt()
      let run = try running.wait()
      #expect(run.output.hasSuffix("\n"))
      let runs = try jsonObjects(run.output).compactMap { $0["run"] as? String }
      #expect(!runs.isEmpty && runs == (1...runs.count).map { "study/seed-\($0)" })
    }
  }

  @Test("a picture goes into a pipe or a device, and through a link, which all stay")
  func devices() throws {
    try withTemporaryFolder { root in
      let figure = #""$0" figure gumbel --out"#
      let piped = try shell(figure + " /dev/stdout | cat", in: root)
      #expect(piped.code == 0 && piped.output.hasPrefix("<svg"), "\(piped.errors)")
      #expect(piped.output.contains("</svg>\n/dev/stdout   "))
      let appended = try shell(
        "echo before > log; \(figure) /dev/stdout >> log; echo after >> log; cat log", in: root)
      #expect(appended.output.hasPrefix("before\n<svg") && appended.output.hasSuffix("after\n"))
      let null = try shell(figure + " /dev/null && test -c /dev/null", in: root)
      #expect(null.code == 0 && null.errors.isEmpty, "\(null.errors)")
      let full = try shell(figure + " /dev/full", in: root)
      expectFailure(full, 74, ["/dev/full", "No space left on device"])
    }
  }

  @Test("a name that is no UTF-8 is a name like any other")
  func foreignName() throws {
    try withTemporaryFolder { root in
      let name = #"name=$(printf 'caf\351'); "#
      let written = try shell(
        name
          + #""$0" figure gumbel --out "$name.svg" > said; test -s "$name.svg" && grep -qaF "$name" said"#,
        in: root)
      #expect(written.code == 0, "\(written.errors)")
      let made = try shell(
        name + #"printf 'a,b\nb,a\n' > "$name.csv"; "$0" rank fit "$name.csv" --json"#, in: root)
      #expect(made.code == 0, "\(made.errors)")
      let missing = try shell(name + #""$0" rank fit "$name" "#, in: root)
      expectFailure(missing, 66, [#"caf\xe9: "#, "No such file"])
    }
  }
}
