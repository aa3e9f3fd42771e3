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

  @Test("every command line of README and pages is one that the command understands")
  func pages() throws {
    let lines = try DocumentedCommands.pages().flatMap(\.lines)
    #expect(lines.count > 100)
    try withTemporaryFolder { root in
      for line in Set(lines) {
        // Words that are not understood are told before help is shown.
        let run = try discrete(line + ["--help"], in: root)
        let words = line.joined(separator: " ")
        #expect(run.code == 0, "\(words): \(run.errors)")
        for flag in line where flag.hasPrefix("--") {
          let name = flag.replacing("--no-", with: "--")
          #expect(run.output.contains(flag) || run.output.contains(name), "\(words)")
        }
      }
    }
  }

  @Test(
    "the command lines of a page run one after the other", arguments: try DocumentedCommands.pages()
  )
  func running(page: DocumentedCommands.Page) throws {
    try withTemporaryFolder { root in
      try DocumentedCommands.prepare(page, in: root)
      for line in page.lines {
        guard let small = DocumentedCommands.small(line) else { continue }
        let words = line.joined(separator: " ")
        let run = try discrete(small, in: root)
        #expect(
          run.code == DocumentedCommands.failing[words] ?? 0,
          "\(words) in \(page.path): \(run.errors)")
      }
    }
  }
}
