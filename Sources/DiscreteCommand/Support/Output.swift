import Formats
import Learning
import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes a result and the end of its line to standard output, where it arrives at once.
///
/// Stands in place of Swift's `print`, which keeps lines back unless standard output is a terminal
/// and is silent about a failure. Here a failure ends the process with 74. A pipe that nobody reads
/// any more ends it quietly, with the code that a shell gives to SIGPIPE where that signal does not
/// end it by itself.
func print(_ result: some CustomStringConvertible) {
  output(Array("\(result)\n".utf8))
}

/// The same of text, in which the name of a file has its own bytes.
func print(_ text: String, terminator: String = "\n") {
  output(FileName.bytes(of: text + terminator))
}

private func output(_ bytes: [UInt8]) {
  do {
    try StandardStream.output.write(bytes)
  } catch {
    if error.isClosedPipe { exit(128 + SIGPIPE) }
    leave(.inputOutput, "standard output: writing failed: \(error.reason)")
  }
}

/// Writes a line to standard error, which takes everything but results.
///
/// Quoted names of files and flags cannot break the line, command the terminal or hide the rest
/// by its length.
func tell(_ message: String) {
  guard Discrete.ranks.isFirst else { return }
  // Where standard error fails there is nobody to tell.
  try? StandardStream.errors.write(Array("\(shortened(escaped(message)))\n".utf8))
}

/// Ends the process with one sentence that says why.
func leave(_ code: Failure.Kind, _ message: String) -> Never {
  tell("discrete: \(message)")
  exit(code.exitCode)
}

/// Ends the process whose failure has been told.
func leave(silently code: Int32) -> Never { exit(code) }

/// A text with all that a terminal would obey or not show written out, as `\n`, `\u{1b}`, or `\xff`
/// for a byte of a file's name that is not UTF-8.
func escaped(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if let byte = FileName.byte(of: scalar) {
      result += "\\x\(String(byte, radix: 16))".unicodeScalars
      continue
    }
    switch (scalar, scalar.properties.generalCategory) {
    case ("\n", _): result += "\\n".unicodeScalars
    case ("\r", _): result += "\\r".unicodeScalars
    case ("\t", _): result += "\\t".unicodeScalars
    case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
      result += "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars
    default: result.append(scalar)
    }
  }
  return String(result)
}

/// A message of at most some 300 characters.
///
/// Its ends say which file it is about and what was expected. So long words, which are quoted, lose
/// their middle first.
private func shortened(_ message: String) -> String {
  guard message.unicodeScalars.count > longestMessage else { return message }
  let words = message.split(separator: " ", omittingEmptySubsequences: false)
  return cut(words.map { cut($0, to: longestWord) }.joined(separator: " "), to: longestMessage)
}

private let longestMessage = 360
private let longestWord = 80

private func cut(_ text: some StringProtocol, to most: Int) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > most else { return String(text) }
  return String(String.UnicodeScalarView(scalars.prefix(most / 2))) + "…"
    + String(String.UnicodeScalarView(scalars.suffix(most - most / 2 - 1)))
}
