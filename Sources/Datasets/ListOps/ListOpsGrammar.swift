import Tensors

/// How expressions of ``ListOps`` are drawn.
///
/// A node is a digit with a probability, and always at the greatest depth; else it is an operator
/// with some arguments. Digits, operators and numbers of arguments are uniform.
public struct ListOpsGrammar: Sendable {
  public let operators: [ListOps.Operator]
  /// The probability that a node is a digit.
  public let digitShare: Double
  /// How many arguments an operator may have.
  public let arguments: ClosedRange<Int>
  /// The greatest depth.
  public let depth: Int
  /// How many tokens an expression may have; others are drawn again.
  public let lengths: ClosedRange<Int>

  /// The grammar of the data set as it was published.
  public static let original = ListOpsGrammar()

  /// Without sums, short and flat: a small network sees a large share of all expressions.
  ///
  /// - Parameter length: the most tokens, 4 or more; no expression is a lone digit.
  public static func simplified(length: Int = 10, depth: Int = 3) -> ListOpsGrammar {
    ListOpsGrammar(
      operators: [.minimum, .maximum, .median], digitShare: 0.75, depth: depth,
      lengths: 4...max(4, length))
  }

  /// Traps unless there is an operator, the share is in 0...1, the numbers are positive, and the
  /// shortest or the longest expression is not beyond all lengths.
  public init(
    operators: [ListOps.Operator] = ListOps.Operator.allCases, digitShare: Double = 0.75,
    arguments: ClosedRange<Int> = 2...5, depth: Int = 20, lengths: ClosedRange<Int> = 1...Int.max
  ) {
    require(!operators.isEmpty, "expressions without operators")
    require((0...1).contains(digitShare), "digits with a probability of \(digitShare)")
    require(
      arguments.lowerBound >= 1 && depth >= 1 && lengths.lowerBound >= 1,
      "expressions of \(arguments) arguments, depth \(depth) and lengths \(lengths)")
    // The numbers of tokens of the shortest list, and of the longest expression if it is finite.
    let list = arguments.lowerBound + 2
    let longest = (1..<depth).reduce(1.0) { size, _ in 2 + Double(arguments.upperBound) * size }
    require(
      lengths.contains(1) && digitShare > 0
        || digitShare < 1 && lengths.upperBound >= list && Double(lengths.lowerBound) <= longest,
      "no expression of depth \(depth) has \(lengths) tokens")
    self.operators = operators
    self.digitShare = digitShare
    self.arguments = arguments
    self.depth = depth
    self.lengths = lengths
  }

  /// An expression; traps where none of a million draws has one of the lengths.
  public func sample(using generator: inout some RandomNumberGenerator) -> ListOps {
    for _ in 0..<1_000_000 {
      let expression = node(at: 1, using: &generator)
      if lengths.contains(expression.tokens.count) { return expression }
    }
    fatalError("none of a million expressions of depth \(depth) has \(lengths) tokens")
  }

  /// Expressions that differ from each other, as those of the data set do; traps where a hundred
  /// thousand draws in a row bring nothing new.
  public func distinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> [ListOps] {
    var (seen, result, misses) = (Set<ListOps>(), [ListOps](), 0)
    while result.count < count {
      let expression = sample(using: &generator)
      misses = seen.insert(expression).inserted ? 0 : misses + 1
      require(misses < 100_000, "only \(result.count) of \(count) different expressions were found")
      if misses == 0 { result.append(expression) }
    }
    return result
  }

  private func node(at depth: Int, using generator: inout some RandomNumberGenerator) -> ListOps {
    guard depth < self.depth, Double.random(in: 0..<1, using: &generator) >= digitShare else {
      return .digit(Int.random(in: 0...9, using: &generator))
    }
    let name = operators[Int.random(in: operators.indices, using: &generator)]
    let count = Int.random(in: arguments, using: &generator)
    return .operation(name, (0..<count).map { _ in node(at: depth + 1, using: &generator) })
  }
}
