public import Formats

// A line has the target, a tab and the left-nested binary tree: `9	( ( ( [MAX 2 ) 9 ) ] )`.

extension ListOps {
  /// How deep lists of a file may be nested.
  private static let deepest = 1000

  /// The left-nested binary tree, with spaces between all tokens and parentheses.
  public var text: String {
    switch self {
    case .digit(let digit): "\(digit)"
    case .operation(let name, let arguments):
      String(repeating: "( ", count: arguments.count + 1) + name.text
        + arguments.map { " \($0.text) )" }.joined() + " ] )"
    }
  }

  /// The lines of a file that holds some expressions.
  public static func text(of expressions: [ListOps]) -> String {
    expressions.map { "\($0.value)\t\($0.text)\n" }.joined()
  }

  /// The expressions of a file, plain or gzip.
  ///
  /// Throws `FormatError` when the file is missing or no text, and where a line is not a target and
  /// an expression with that value: with the line, and the column counted from 1.
  public static func expressions(of path: String) throws(FormatError) -> [ListOps] {
    var result: [ListOps] = []
    let lines = try Formats.text(at: path).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (place, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      do throws(Fault) {
        result.append(try expression(line: line))
      } catch {
        throw .malformed(path, "line \(place + 1), column \(error.column): \(error.sentence)")
      }
    }
    guard !result.isEmpty else { throw .malformed(path, "holds no expressions") }
    return result
  }

  private struct Fault: Error {
    let column: Int
    let sentence: String
  }

  private static func expression(line: Substring) throws(Fault) -> ListOps {
    let (target, rest) = (line.prefix { $0 != "\t" }, line.drop { $0 != "\t" })
    guard target.count == 1, let value = Int(target), !rest.isEmpty else {
      throw Fault(
        column: 1, sentence: "'\(target.prefix(40))', expected a digit, a tab and an expression")
    }
    var nesting = Nesting()
    var (word, column) = ("", 2)
    for character in rest.dropFirst() + " " {
      column += 1
      guard character.isWhitespace else {
        word.append(character)
        continue
      }
      if !word.isEmpty { try nesting.take(word, at: column - word.count) }
      word = ""
    }
    let expression = try nesting.finished(at: column)
    guard expression.value == value else {
      throw Fault(
        column: 1, sentence: "the target is \(value), the expression has \(expression.value)")
    }
    return expression
  }

  /// What has been read of a line and waits to be joined.
  private struct Nesting {
    private enum Item {
      case open
      /// An operator and the arguments that have been joined to it.
      case list(Operator, [ListOps])
      case value(ListOps)
      case end
    }

    private var items: [(item: Item, column: Int)] = []
    private var lists = 0

    mutating func take(_ word: String, at column: Int) throws(Fault) {
      switch word {
      case "(": items.append((.open, column))
      case ")": try close(at: column)
      case "]": items.append((.end, column))
      default:
        if let name = Operator.allCases.first(where: { $0.text == word }) {
          lists += 1
          guard lists <= deepest else {
            throw Fault(column: column, sentence: "lists are nested deeper than \(deepest)")
          }
          items.append((.list(name, []), column))
        } else if let digit = Int(word), word.count == 1 {
          items.append((.value(.digit(digit)), column))
        } else {
          throw Fault(
            column: column,
            sentence:
              "'\(word.prefix(40))', expected ( ) ] or one of \(vocabulary.dropLast().joined(separator: " "))"
          )
        }
      }
    }

    /// Joins the two items behind the last parenthesis.
    private mutating func close(at column: Int) throws(Fault) {
      guard let open = items.lastIndex(where: { if case .open = $0.item { true } else { false } })
      else { throw Fault(column: column, sentence: "')' without a '(' before it") }
      let inner = items[(open + 1)...].map(\.item)
      let joined: Item
      switch (inner.count, inner.first, inner.last) {
      case (2, .list(let name, let arguments), .value(let argument)):
        joined = .list(name, arguments + [argument])
      case (2, .list(let name, let arguments), .end) where !arguments.isEmpty:
        joined = .value(.operation(name, arguments))
        lists -= 1
      default:
        throw Fault(
          column: items[open].column,
          sentence: "expected a list and its next argument, or a list with arguments and its ]")
      }
      items[open...] = [(joined, items[open].column)]
    }

    func finished(at column: Int) throws(Fault) -> ListOps {
      if let open = items.last(where: { if case .open = $0.item { true } else { false } }) {
        throw Fault(column: open.column, sentence: "'(' is not closed")
      }
      guard let first = items.first else {
        throw Fault(column: column, sentence: "the line ends, expected an expression")
      }
      guard case .value(let expression) = first.item else {
        throw Fault(column: first.column, sentence: "expected a digit or a closed list")
      }
      if items.count > 1 {
        throw Fault(column: items[1].column, sentence: "more than one expression")
      }
      return expression
    }
  }
}
