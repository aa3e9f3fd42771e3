import Foundation
import TestSupport
import Testing

/// What leads into the command: codes, completion, the manual, and the command lines of the pages.
struct DoorTests {
  @Test("every exit code is listed, and each is produced on purpose")
  func exitCodes() throws {
    try withTemporaryFolder { root in
      let help = try discrete(["help", "exit-codes"], in: root)
      let listed = help.output.split(separator: "\n").compactMap {
        $0.split(separator: " ").first.flatMap { Int32($0) }
      }
      #expect(listed == [0, 1, 64, 65, 66, 73, 74, 75, 78])
      try makeBars(at: "\(root)/bars")
      try write(Array("no: such\n".utf8), to: "\(root)/c.yaml")
      try write(Array("1,2\n".utf8), to: "\(root)/r.soc")
      let long = try RunningCommand(
        training("bars", "--steps", "100000000", "--out", "long"), in: root)
      while long.isRunning, !FileManager.default.fileExists(atPath: "\(root)/long/STATUS") {
        usleep(10_000)
      }
      long.interrupt()
      let produced = try [
        discrete(["data", "path", "mnist"], in: root).code,
        discrete(training("bars", "--learning-rate", "1e39", "--steps", "9"), in: root).code,
        discrete(["trian"], in: root).code,
        discrete(["rank", "fit", "r.soc"], in: root).code,
        discrete(["eval", "none"], in: root).code,
        discrete(training("bars", "--out", "/dev/null/run"), in: root).code,
        shell(#""$0" data list > /dev/full"#, in: root).code,
        long.wait().code,
        discrete(training("bars", "--config", "c.yaml"), in: root).code,
      ]
      #expect(produced == listed)
    }
  }

  @Test("completion scripts name the verbs", arguments: ["bash", "zsh", "fish"])
  func completion(shell: String) throws {
    try withTemporaryFolder { root in
      let run = try discrete(["--generate-completion-script", shell], in: root)
      #expect(
        run.code == 0 && run.output.contains("estimators") && run.output.contains("gan-study"))
    }
  }

  @Test("the manual has a section for every verb, and roff obeys nothing of the help")
  func manual() throws {
    try withTemporaryFolder { root in
      let script = SourceTree.root.appending(path: "Scripts/manual").path
      let run = try shell(#""$1" "$0""#, [script], in: root)
      #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
      for verb in ["TRAIN", "TRAIN VAE", "RANK SCORE", "DATA FETCH"] {
        let title = "DISCRETE \(verb)".replacing("-", with: "\\-")
        #expect(run.output.contains(".SH \"\(title)\"\n"), "\(verb)")
      }
      let requests = run.output.split(separator: "\n").filter { $0.hasPrefix(".") }
      #expect(requests.allSatisfy { $0.contains(/^\.(TH|SH|nf|fi)/) })
      #expect(run.output.contains(".SH \"EXIT STATUS\""))
    }
  }

  /// The lines of README and pages that call the command, as words.
  private static func documented() throws -> [[String]] {
    var pages = [SourceTree.root.appending(path: "README.md")]
    let sources = SourceTree.root.appending(path: "Sources")
    for path in try FileManager.default.subpathsOfDirectory(atPath: sources.path)
    where path.hasSuffix(".md") {
      pages.append(sources.appending(path: path))
    }
    return try pages.flatMap { page in
      try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
        line.firstMatch(of: /^(?: {4})?(?:\.build\/release\/)?discrete ([a-z][^#|]*)/)
          .map { words(of: String($0.1)) }
      }
    }
  }

  private static func words(of line: String) -> [String] {
    line.matches(of: /'([^']*)'|(\S+)/).map { String($0.1 ?? $0.2 ?? "") }
  }

  @Test("every command line of README and pages is one that the command understands")
  func pages() throws {
    let lines = try Self.documented()
    #expect(lines.count > 40)
    try withTemporaryFolder { root in
      for line in lines {
        // Words that are not understood are told before help is shown; a pipe's end is not ours.
        let own = line.prefix { $0 != ">" }
        let run = try discrete(Array(own) + ["--help"], in: root)
        #expect(run.code == 0, "\(line.joined(separator: " ")): \(run.errors)")
        let known = run.output
        for flag in own where flag.hasPrefix("--") {
          let name = flag.replacing("--no-", with: "--")
          #expect(known.contains(flag) || known.contains(name), "\(line.joined(separator: " "))")
        }
      }
    }
  }
}
