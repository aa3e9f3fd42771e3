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
    subcommands: [
      Train.self, Eval.self, Sample.self, Encode.self, Ablate.self, DataSets.self, Bench.self,
      Doctor.self,
    ])

  /// Runs the verb; whatever goes wrong is one sentence on standard error and an exit code.
  static func main() {
    do {
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

  private static func leave(_ code: CommandFailure.Code, _ message: String) -> Never {
    let bytes = Array("discrete: \(message)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
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
