import Datasets
import Formats
import Tensors
import TestSupport
import Testing

struct ListOpsTests {
  // [MAX 2 [MIN 8 7 ] 0 ]
  private let nested = ListOps.operation(
    .maximum, [.digit(2), .operation(.minimum, [.digit(8), .digit(7)]), .digit(0)])

  @Test(
    "values of the operators",
    arguments: [
      (ListOps.Operator.minimum, [4, 2, 7], 2), (.maximum, [4, 2, 7], 7), (.median, [9, 1, 4], 4),
      (.median, [3, 8, 0, 4], 3), (.median, [1, 2], 1), (.sumModulo, [9, 8, 7], 4),
      (.median, [6], 6),
    ])
  func operators(name: ListOps.Operator, digits: [Int], value: Int) {
    #expect(name(digits) == value)
    #expect(ListOps.operation(name, digits.map { .digit($0) }).value == value)
  }

  @Test("tokens, heads and spans of a nested list")
  func layout() {
    #expect(nested.value == 7 && nested.depth == 3)
    #expect(
      nested.tokens.map { ListOps.vocabulary[$0] } == [
        "[MAX", "2", "[MIN", "8", "7", "]", "0", "]",
      ])
    #expect(nested.heads == [0, 1, 1, 3, 3, 3, 1, 1])
    #expect(
      nested.spans.filter { $0.count > 1 } == [0..<2, 2..<4, 2..<5, 2..<6, 0..<6, 0..<7, 0..<8])
    #expect(nested.spans.count == 15 && Set(nested.spans).count == 15)
    let digit = ListOps.digit(4)
    #expect(digit.heads == [0] && digit.spans == [0..<1] && digit.depth == 1)
  }

  @Test("trees are projective, and spans are those of one binary tree")
  func trees() {
    var generator = Philox(seed: 5)
    for _ in 0..<300 {
      let expression = ListOpsGrammar.original.sample(using: &generator)
      let heads = expression.heads
      for (place, head) in heads.enumerated() {
        #expect(head <= place && (head > 0 || place == 0))
        // All between a token and its head hang on something in between, or on the head.
        for inner in (head..<place) { #expect(heads[inner] >= head || head == 0) }
      }
      let spans = Set(expression.spans)
      #expect(spans.count == 2 * heads.count - 1)
      for span in spans where span.count > 1 {
        let splits = (span.lowerBound + 1..<span.upperBound).count {
          spans.contains(span.lowerBound..<$0) && spans.contains($0..<span.upperBound)
        }
        #expect(splits == 1)
      }
    }
  }

  @Test("text is written as it is published, and read back")
  func text() throws {
    #expect(nested.text == "( ( ( ( [MAX 2 ) ( ( ( [MIN 8 ) 7 ) ] ) ) 0 ) ] )")
    var generator = Philox(seed: 6)
    let expressions = ListOpsGrammar.original.distinct(200, using: &generator)
    try withTemporaryFolder { root in
      let text = "\u{FEFF}" + ListOps.text(of: expressions) + "\r\n3\t3\r\n"
      try atomicWrite(Array(text.utf8), to: "\(root)/l.tsv")
      #expect(try ListOps.expressions(of: "\(root)/l.tsv") == expressions + [.digit(3)])
    }
  }

  @Test(
    "what is wrong is said with line and column",
    arguments: [
      ("1\t( ( [MAX 1 ) ]", "column 3: '(' is not closed"),
      ("1\t( [MAX 1 ) ] )", "column 16: ')' without a '(' before it"),
      ("1\t( ( [MAX 1 ) [ )", "column 16: '[', expected ( ) ] or one of 0 1"),
      ("1\t( ( [MAX 12 ) ] )", "column 12: '12', expected"),
      ("2\t( ( [MAX 1 ) ] )", "column 1: the target is 2, the expression has 1"),
      ("1\t( [MAX ] )", "column 3: expected a list and its next argument"),
      ("1\t( 1 2 )", "column 3: expected a list"),
      ("1\t( ( [MAX 1 2 ) ] )", "column 5: expected a list"),
      ("1\t1 2", "column 5: more than one expression"),
      ("1\t[MAX", "column 3: expected a digit or a closed list"),
      ("1\t", "column 3: the line ends"), ("1", "column 1: '1', expected a digit, a tab"),
      ("11\t1", "column 1: '11'"), ("x\t1", "column 1: 'x'"),
    ])
  func faults(line: String, sentence: String) throws {
    try withTemporaryFolder { root in
      try atomicWrite(Array("3\t3\n\(line)\n".utf8), to: "\(root)/l")
      let error = #expect(throws: FormatError.self) { try ListOps.expressions(of: "\(root)/l") }
      let message = error?.message ?? ""
      #expect(message.hasPrefix("\(root)/l: line 2, \(sentence)"), "\(message)")
    }
  }

  @Test("files without expressions, missing ones, and lists that are too deep")
  func files() throws {
    try withTemporaryFolder { root in
      #expect(throws: FormatError.self) { try ListOps.expressions(of: "\(root)/none") }
      try atomicWrite(Array("\n \n".utf8), to: "\(root)/l")
      let empty = #expect(throws: FormatError.self) { try ListOps.expressions(of: "\(root)/l") }
      #expect(empty?.message == "\(root)/l: holds no expressions")
      let deep = String(repeating: "( ( [MAX ", count: 1001)
      try atomicWrite(Array("1\t\(deep)".utf8), to: "\(root)/d")
      let error = #expect(throws: FormatError.self) { try ListOps.expressions(of: "\(root)/d") }
      #expect(error?.message.contains("nested deeper than 1000") == true)
    }
  }
}
