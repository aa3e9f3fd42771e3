import Foundation

/// The Python of the machine, for tests in which other libraries read what is written here.
///
/// `DISCRETE_PYTHON` names another interpreter than `python3`.
package enum Python {
  private static let program = ProcessInfo.processInfo.environment["DISCRETE_PYTHON"] ?? "python3"

  /// Whether it has some modules.
  package static func has(_ modules: String...) -> Bool {
    (try? run("import \(modules.joined(separator: ", "))", in: "/"))?.code == 0
  }

  /// Runs a script in a folder; returns its exit code and what it wrote.
  package static func run(
    _ script: String, in folder: String
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program, "-c", script]
    process.currentDirectoryURL = URL(filePath: folder)
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
