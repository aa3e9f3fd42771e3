import Tensors

/// A nested operation on lists of digits, whose value is a digit.
///
/// `[MAX 2 9 [MIN 4 7 ] 0 ]` is 9. Who reads such text without knowing where lists end cannot find
/// its value. Nangia and Bowman (2018), ListOps: A diagnostic dataset for latent tree learning.
public indirect enum ListOps: Sendable, Hashable {
  case digit(Int)
  case operation(Operator, [ListOps])

  /// What is done with the arguments.
  public enum Operator: Int, Sendable, CaseIterable {
    case minimum, maximum
    /// The middle one by size; of an even number the mean of the middle two, rounded down.
    case median
    /// The sum modulo 10.
    case sumModulo

    /// The token that opens its list.
    public var text: String { ["[MIN", "[MAX", "[MED", "[SM"][rawValue] }

    /// The value for one digit or more; traps without any.
    public func callAsFunction(_ digits: [Int]) -> Int {
      require(!digits.isEmpty, "\(text) of an empty list")
      switch self {
      case .minimum: return digits.min() ?? 0
      case .maximum: return digits.max() ?? 0
      case .median:
        let sorted = digits.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
      case .sumModulo: return digits.reduce(0, +) % 10
      }
    }
  }

  /// A digit from 0 to 9.
  public var value: Int {
    switch self {
    case .digit(let digit): digit
    case .operation(let apply, let arguments): apply(arguments.map(\.value))
    }
  }

  /// Operations on the longest way down, and the digit at its end: 1 for a digit.
  public var depth: Int {
    switch self {
    case .digit: 1
    case .operation(_, let arguments): 1 + (arguments.map(\.depth).max() ?? 0)
    }
  }

  /// The texts of all tokens: the digits, the operators in the order of their cases, and the end of
  /// a list.
  public static let vocabulary =
    (0...9).map(String.init) + Operator.allCases.map(\.text) + ["]"]

  /// The tokens in their order, by their places in the vocabulary.
  public var tokens: [Int] { layout.tokens }

  /// The token that each token hangs on, counted from 1, and 0 for the first.
  ///
  /// An argument hangs on its operator, and so does the end of a list. No two arcs cross, and one
  /// token hangs on the root.
  public var heads: [Int] { layout.heads }

  /// The spans of tokens that are nodes of the left-nested binary tree.
  ///
  /// A list is ((operator argument) argument) and so on, and its end at last. Tokens are nodes too:
  /// there are two spans for each token, less one. Those that end first come first.
  public var spans: [Range<Int>] { layout.spans }

  /// Tokens, heads and spans, collected from left to right.
  private struct Layout {
    var tokens: [Int] = []
    var heads: [Int] = []
    var spans: [Range<Int>] = []

    mutating func add(_ token: Int, under head: Int) {
      spans.append(tokens.count..<(tokens.count + 1))
      tokens.append(token)
      heads.append(head)
    }

    mutating func add(_ expression: ListOps, under head: Int) {
      let start = tokens.count
      switch expression {
      case .digit(let digit): add(digit, under: head)
      case .operation(let name, let arguments):
        add(10 + name.rawValue, under: head)
        for argument in arguments {
          add(argument, under: start + 1)
          spans.append(start..<tokens.count)
        }
        add(ListOps.vocabulary.count - 1, under: start + 1)
        spans.append(start..<tokens.count)
      }
    }
  }

  private var layout: Layout {
    var layout = Layout()
    layout.add(self, under: 0)
    return layout
  }
}
