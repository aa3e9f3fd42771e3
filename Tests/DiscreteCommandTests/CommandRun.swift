import Foundation
import TestSupport

/// What a run of the command left: its exit code and what it wrote.
struct CommandRun {
  let code: Int32
  let output: String
  let errors: String

  /// The last line of the output, a JSON object.
  func json() throws -> [String: Any] {
    let line = output.split(separator: "\n").last ?? ""
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    guard let object = object as? [String: Any] else { throw NoObject(text: output) }
    return object
  }

  private struct NoObject: Error { let text: String }
}

/// The JSON objects of a text, one a line.
func jsonObjects(_ text: String) throws -> [[String: Any]] {
  try text.split(separator: "\n").map {
    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
  }
}

/// A process of the command, whose output goes to files, so that no pipe can fill up.
struct RunningCommand {
  private let process = Process()
  private let output: String
  private let errors: String

  /// `variables` are set in its environment.
  init(
    _ arguments: [String], of name: String = "discrete", in folder: String,
    with variables: [String: String] = [:]
  ) throws {
    try self.init(executable(name), arguments, in: folder, with: variables)
  }

  fileprivate init(
    _ program: URL, _ arguments: [String], in folder: String,
    with variables: [String: String] = [:]
  ) throws {
    let stem = "\(folder)/\(UUID().uuidString)"
    (output, errors) = ("\(stem).out", "\(stem).err")
    for path in [output, errors] { try write([], to: path) }
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    // The threads of Dispatch block signals, and a process inherits that from the thread that
    // starts it.
    var signals = sigset_t()
    var before = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  /// What it has written so far.
  func outputSoFar() throws -> String { try text(of: output) }

  /// Sends SIGINT.
  func interrupt() { process.interrupt() }

  /// Sends SIGKILL.
  func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

  func wait() throws -> CommandRun {
    process.waitUntilExit()
    defer { for path in [output, errors] { try? FileManager.default.removeItem(atPath: path) } }
    let isExit = process.terminationReason == .exit
    return CommandRun(
      code: isExit ? process.terminationStatus : 128 + process.terminationStatus,
      output: try text(of: output), errors: try text(of: errors))
  }
}

/// Runs the command to its end.
func discrete(
  _ arguments: [String], in folder: String, with variables: [String: String] = [:]
) throws -> CommandRun {
  try RunningCommand(arguments, in: folder, with: variables).wait()
}

/// Runs a script of the shell, in which `$0` is the command and `$@` its arguments.
func shell(_ script: String, _ arguments: [String] = [], in folder: String) throws -> CommandRun {
  let arguments = try ["-c", script, executable("discrete").path] + arguments
  return try RunningCommand(URL(filePath: "/bin/sh"), arguments, in: folder).wait()
}

/// An executable that was built with these tests: it stands beside their bundle.
private func executable(_ name: String) throws -> URL {
  let arguments = CommandLine.arguments
  let bundle =
    arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments[0]
  var folder = URL(filePath: bundle).absoluteURL
  while folder.pathComponents.count > 1 {
    folder.deleteLastPathComponent()
    let candidate = folder.appending(path: name)
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder),
      !isFolder.boolValue
    {
      return candidate
    }
  }
  throw NoExecutable(name: name, bundle: bundle)
}

private struct NoExecutable: Error, CustomStringConvertible {
  let name: String
  let bundle: String
  var description: String { "no executable '\(name)' beside \(bundle); swift build makes it" }
}
