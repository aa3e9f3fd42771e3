import ArgumentParser
import Formats
import Learning

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@main
struct Discrete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discrete",
    abstract: "Train and study models with discrete latent variables.",
    version: version,
    subcommands: [
      Train.self, Eval.self, Sample.self, Sweep.self, Encode.self, Compare.self,
      Ablate.self,
      Verify.self,
      Figure.self, Toy.self, StudySequences.self, Rank.self,
      DataSets.self,
      Bench.self,
      Doctor.self,
    ])

  /// Runs the verb; whatever goes wrong is one sentence on standard error and an exit code.
  static func main() {
    do {
      try checkVerbs(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      leave(failure.code, failure.description)
    } catch let error as FormatError {
      leave(code(of: error.kind), error.description)
    } catch let error as NonFiniteError {
      leave(.failedCheck, "\(error)")
    } catch  where exitCode(for: error) == .validationFailure {
      leave(.usage, message(for: error))
    } catch {
      exit(withError: error)
    }
  }

  /// Names the nearest verb, or model of a verb, where there is none of that name, also after `help`.
  private static func checkVerbs(_ words: ArraySlice<String>) throws(CommandFailure) {
    var command: any ParsableCommand.Type = Discrete.self
    for word in words.first == "help" ? words.dropFirst() : words {
      let known = command.configuration.subcommands
      if known.isEmpty || ["-h", "--help", "--version"].contains(word) { return }
      let kind = command == Train.self ? "model" : "verb"
      if word.hasPrefix("-") {
        guard command != Discrete.self else { return }
        let names = known.map(verb(of:)).joined(separator: ", ")
        throw CommandFailure(
          .usage, "\(verb(of: command)) takes a \(kind) before '\(word)', one of \(names)")
      }
      guard let next = known.first(where: { verb(of: $0) == word }) else {
        throw CommandFailure(.usage, unknown(kind, word, among: known.map(verb(of:))))
      }
      command = next
    }
  }

  private static func verb(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }

  private static func leave(_ code: CommandFailure.Code, _ message: String) -> Never {
    tell("discrete: \(message)")
    quit(code.rawValue)
  }

  private static func code(of kind: FormatError.Kind) -> CommandFailure.Code {
    switch kind {
    case .malformed: .badData
    case .missing: .missingInput
    case .cannotCreate: .cannotCreate
    case .inputOutput: .inputOutput
    }
  }
}

/// Ends the process; `exit` within the command is ArgumentParser's.
private func quit(_ code: Int32) -> Never { exit(code) }

/// Writes a line to the standard error, where everything goes that is no result.
func tell(_ message: String) {
  let bytes = Array("\(message)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}
