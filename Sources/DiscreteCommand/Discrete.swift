import ArgumentParser
import CKernels
import Formats
import Learning
import Runs

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A verb that several processes can run together.
protocol SharedVerb {}

@main
struct Discrete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discrete",
    abstract: "Train and study models with discrete latent variables.",
    discussion: """
      EXAMPLES
       discrete train belief-network --data glyphs --epochs 5 --out runs/first
       discrete eval runs/first --samples 1000
       discrete compare --problem toy:target=0.45

      'discrete help exit-codes' lists what the command ends with. Completion of words in a shell:
       bash: discrete --generate-completion-script bash > ~/.local/share/bash-completion/completions/discrete
       zsh:  discrete --generate-completion-script zsh > _discrete, in a folder of $fpath
       fish: discrete --generate-completion-script fish > ~/.config/fish/completions/discrete.fish
      """,
    version: RunEnvironment.version,
    subcommands: [
      Train.self, RunsVerb.self, ReportVerb.self, Eval.self, Sample.self, Sweep.self, Encode.self,
      Export.self, Compress.self, Decompress.self, Rate.self,
      Compare.self, Ablate.self, Estimators.self,
      Verify.self,
      Figure.self, Explore.self, Toy.self, GANStudy.self, Rank.self, Optimize.self, Ask.self,
      Tell.self,
      DataSets.self, Config.self,
      Bench.self,
      Doctor.self,
    ])

  /// The processes that run this command together.
  @TaskLocal static var ranks = RankGroup.alone

  /// Runs the verb; whatever goes wrong is one sentence on standard error and an exit code, of the
  /// first rank where there are several.
  static func main() {
    dk_keep_freed_memory()
    let launcher = Launcher(environment: ProcessInfo.processInfo.environment)
    var ranks = RankGroup.alone
    var failure: Failure?
    do {
      ranks = try launcher.join()
      try $ranks.withValue(ranks) { try run(RunEnvironment.commandLine.dropFirst()) }
    } catch {
      failure = Self.failure(error)
    }
    let fault = ranks.end(failure.map { (Int($0.kind.exitCode), $0.description) })
    failure = failure ?? fault.map(Failure.init)
    // A launcher that sees a process fail may end the others at once, so it is told before.
    if let failure, launcher.isFirst { tell("discrete: \(failure.description)") }
    let code = failure?.kind.exitCode ?? 0
    ranks.leave(exitCode: Int(code))
    if code != 0 { leave(silently: code) }
  }

  private static func run(_ words: ArraySlice<String>) throws {
    if Array(words) == ["help", ExitCodes.topic] { return print(ExitCodes.text) }
    try checkVerbs(words)
    var command = try parseAsRoot(Array(words))
    guard ranks.count == 1 || command is any SharedVerb else {
      throw Failure(
        .usage, "\(verb(of: type(of: command))) works with one process, not with \(ranks.count)")
    }
    try command.run()
  }

  /// The failure that an error is, `nil` for what was asked for as an error, which is printed.
  private static func failure(_ error: any Error) -> Failure? {
    switch error {
    case let failure as Failure: return failure
    case let error as FormatError: return Failure(code(of: error.kind), error.description)
    case let error as NonFiniteError: return Failure(.failedCheck, "\(error)")
    case let error as RankError: return Failure(error)
    default: break
    }
    switch exitCode(for: error) {
    // What was asked for is help, a version or a script for a shell.
    case .success:
      print(fullMessage(for: error))
      return nil
    case .validationFailure: return Failure(.usage, message(for: error))
    default: return Failure(.failedCheck, message(for: error))
    }
  }

  /// Names the nearest verb, or model of a verb, where there is none of that name, also after
  /// `help`.
  private static func checkVerbs(_ words: ArraySlice<String>) throws(Failure) {
    var command: any ParsableCommand.Type = Discrete.self
    for word in words.first == "help" ? words.dropFirst() : words {
      let known = command.configuration.subcommands
      if known.isEmpty || ["-h", "--help", "--version"].contains(word) { return }
      let kind = command == Train.self ? "model" : "verb"
      if word.hasPrefix("-") {
        guard command != Discrete.self else { return }
        let names = known.map(verb(of:)).joined(separator: ", ")
        throw Failure(
          .usage, "\(verb(of: command)) takes a \(kind) before '\(word)', one of \(names)")
      }
      guard let next = known.first(where: { verb(of: $0) == word }) else {
        throw Failure(.usage, unknown(kind, word, among: known.map(verb(of:))))
      }
      command = next
    }
  }

  private static func verb(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }

  private static func code(of kind: FormatError.Kind) -> Failure.Kind {
    switch kind {
    case .malformed: .badData
    case .missing: .missingInput
    case .cannotCreate: .cannotCreate
    case .inputOutput: .inputOutput
    }
  }
}
