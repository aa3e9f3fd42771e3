import Datasets
import Tensors
import Testing

struct ListOpsGrammarTests {
  /// Of 40,000 draws, within five standard errors, which one in two million fails.
  @Test("digits, operators and numbers of arguments have their shares")
  func shares() {
    var generator = Philox(seed: 8)
    let draws = 40_000
    let roots = (0..<draws).map { _ in ListOpsGrammar.original.sample(using: &generator) }
    func check(_ count: Int, of total: Int, _ share: Double) {
      let error = (share * (1 - share) / Double(total)).squareRoot()
      #expect(abs(Double(count) / Double(total) - share) < 5 * error)
    }
    let operations = roots.compactMap { root -> (ListOps.Operator, Int)? in
      if case .operation(let name, let arguments) = root { (name, arguments.count) } else { nil }
    }
    check(operations.count, of: draws, 0.25)
    for name in ListOps.Operator.allCases {
      check(operations.count { $0.0 == name }, of: operations.count, 0.25)
    }
    for count in 2...5 {
      check(operations.count { $0.1 == count }, of: operations.count, 0.25)
    }
    check(roots.count { $0 == .digit(7) }, of: draws, 0.075)
  }

  @Test("the simplified grammar keeps its bounds, and the same seed gives the same expressions")
  func simplified() {
    let grammar = ListOpsGrammar.simplified(length: 10, depth: 3)
    var (generator, again) = (Philox(seed: 9), Philox(seed: 9))
    let expressions = grammar.distinct(2000, using: &generator)
    #expect(Set(expressions).count == 2000)
    #expect(expressions.allSatisfy { (4...10).contains($0.tokens.count) && $0.depth <= 3 })
    #expect(!expressions.contains { $0.text.contains("[SM") })
    #expect(expressions.contains { $0.depth == 3 } && expressions.contains { $0.depth == 2 })
    #expect(grammar.distinct(2000, using: &again) == expressions)
  }

  @Test("digits alone stand at the greatest depth")
  func depth() {
    var generator = Philox(seed: 10)
    let grammar = ListOpsGrammar(digitShare: 0, arguments: 2...2, depth: 4)
    for _ in 0..<20 {
      let expression = grammar.sample(using: &generator)
      // Seven operators and their ends, eight digits.
      #expect(expression.depth == 4 && expression.tokens.count == 22)
    }
  }

  @Test("lengths that no expression has are refused, and do not draw forever")
  func lengths() async {
    // Lists of five digits have seven tokens, and with a list among them thirteen.
    var generator = Philox(seed: 11)
    let grammar = ListOpsGrammar(arguments: 5...5, depth: 3, lengths: 12...13)
    #expect(grammar.sample(using: &generator).tokens.count == 13)
    await #expect(processExitsWith: .failure) {
      _ = ListOpsGrammar(depth: 3, lengths: 38...100)
    }
    await #expect(processExitsWith: .failure) {
      _ = ListOpsGrammar(depth: 1, lengths: 4...10)
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 12)
      _ = ListOpsGrammar(arguments: 5...5, depth: 3, lengths: 8...12).sample(using: &generator)
    }
  }
}
