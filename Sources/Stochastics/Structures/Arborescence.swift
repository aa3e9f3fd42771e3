import Tensors

/// Dependency trees over N words that may cross: each word has a head, another word or the root 0.
///
/// Parts: the arc from head h = 0...N to modifier m = 1...N, m other than h, by h and then by m.
///
/// - Complexity: that of ``Elimination``.
public struct Arborescence: Structure {
  public let words: Int
  public let roots: RootCount
  public let engine: Elimination

  /// Traps unless there is a word.
  public init(words n: Int, roots: RootCount = .many) {
    require(n > 0, "dependencies of \(n) words")
    (words, self.roots) = (n, roots)
    engine = Elimination(vertices: n + 1, partCount: n * n, roots: roots) {
      Self.arc($0, $1, of: n)
    }
  }

  /// The part of an arc among those of n words.
  static func arc(_ head: Int, _ modifier: Int, of n: Int) -> Int {
    head == 0 ? modifier - 1 : n + (head - 1) * (n - 1) + modifier - (modifier > head ? 2 : 1)
  }

  /// The part of the arc from a head, 0 for the root, to a modifier.
  public func part(from head: Int, to modifier: Int) -> Int {
    require(
      head != modifier && (0...words).contains(head) && (1...words).contains(modifier),
      "an arc from \(head) to \(modifier) among \(words) words")
    return Self.arc(head, modifier, of: words)
  }

  /// The parts of n words among those of more.
  static func places(of n: Int, in words: Int) -> [Int] {
    (0...n).flatMap { head in
      (1...n).filter { $0 != head }.map { arc(head, $0, of: words) }
    }
  }

  /// The first words of more.
  public func places(of smaller: Arborescence) -> [Int] {
    require(
      smaller.words <= words && smaller.roots == roots,
      "dependencies of \(smaller.words) words in those of \(words)")
    return Self.places(of: smaller.words, in: words)
  }
}
