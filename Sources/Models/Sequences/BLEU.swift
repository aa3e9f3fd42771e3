import RealModule
public import Stochastics
import Tensors

/// How many n-grams of sequences stand in one fixed set of references.
///
/// BLEU-n of a sequence is the geometric mean of its precisions for 1- to n-grams, each n-gram
/// counting at most as often as in the reference that has most of it, times exp(1 - r/c) where it
/// is no longer than the reference of the nearest length r, the shorter of two. A precision of zero
/// matches counts as 0.1 matches (Chen and Cherry, 2014, method 1), but no common token at all
/// is 0. The token that ends sequences is not part of them. Papineni et al. (2002), BLEU; Zhu et
/// al. (2018), Texygen, for self-BLEU.
public struct BLEU: Sendable {
  /// The longest n-grams.
  public static let longest = 5

  /// The count that stands for a missing match.
  private static let smoothing = 0.1

  /// Five tokens of 24 bits at most, shorter ones with nothing before them: equal keys are equal
  /// n-grams.
  private struct Key: Hashable {
    var high: UInt64
    var low: UInt64
  }

  /// The most in one reference, which one that is, and the most in any other.
  private struct Most {
    var count: Int32
    var owner: Int32
    var other: Int32
  }

  private var most: [Key: Most] = [:]
  /// How many references have a length.
  private var lengths: [Int]
  private let end: Int32?
  private let references: [ArraySlice<Int32>]

  /// Traps unless there is a reference, and fewer than 2^24 tokens.
  ///
  /// - Parameters:
  ///   - references: [n, length].
  ///   - end: the token that ends sequences.
  /// - Complexity: O(tokens of all references).
  public init(references: Classes, end: Int? = nil) {
    require(
      references.shape.count == 2 && references.shape[0] > 0 && references.classCount < 1 << 24,
      "BLEU against sequences \(references.shape) of \(references.classCount) tokens")
    self.end = end.map(Int32.init)
    self.references = BLEU.sequences(references, end: self.end)
    lengths = [Int](repeating: 0, count: references.shape[1] + 1)
    for (owner, tokens) in self.references.enumerated() {
      lengths[tokens.count] += 1
      for (key, count) in BLEU.counts(of: tokens).joined() {
        add(count, owner: Int32(owner), to: key)
      }
    }
  }

  private mutating func add(_ count: Int32, owner: Int32, to key: Key) {
    var found = most[key] ?? Most(count: 0, owner: -1, other: 0)
    if count > found.count {
      found = Most(count: count, owner: owner, other: found.count)
    } else {
      found.other = Swift.max(found.other, count)
    }
    most[key] = found
  }

  private static func sequences(_ classes: Classes, end: Int32?) -> [ArraySlice<Int32>] {
    let length = classes.shape[1]
    return (0..<classes.shape[0]).map { row in
      let tokens = classes.indices.values[row * length..<(row + 1) * length]
      return end.flatMap { tokens.firstIndex(of: $0) }.map { tokens[..<$0] } ?? tokens
    }
  }

  /// How often each n-gram occurs, for every n from one.
  private static func counts(of tokens: ArraySlice<Int32>) -> [[Key: Int32]] {
    (1...longest).map { n in
      var counts: [Key: Int32] = [:]
      guard tokens.count >= n else { return counts }
      for first in tokens.startIndex...tokens.endIndex - n {
        var key = Key(high: 0, low: UInt64(n))
        for token in tokens[first..<first + n] {
          key.high = key.high << 24 | key.low >> 40
          key.low = key.low << 24 | UInt64(UInt32(bitPattern: token))
        }
        counts[key, default: 0] += 1
      }
      return counts
    }
  }

  /// BLEU-1 to BLEU-5 of every sequence [n, length].
  public func scores(of sequences: Classes) -> [[Double]] {
    require(
      sequences.shape.count == 2, "sequences in a list, not of shape \(sequences.shape)")
    return BLEU.sequences(sequences, end: end).map { scores(of: $0, leaving: nil) }
  }

  /// BLEU-1 to BLEU-5 of every reference against all others, of which there must be one.
  ///
  /// With samples as references this is self-BLEU: high where they are all alike.
  public func selfScores() -> [[Double]] {
    require(references.count > 1, "self-BLEU of one sequence")
    return references.enumerated().map { scores(of: $1, leaving: $0) }
  }

  private func scores(of tokens: ArraySlice<Int32>, leaving owner: Int?) -> [Double] {
    guard !tokens.isEmpty else { return [Double](repeating: 0, count: BLEU.longest) }
    var logSum = 0.0
    let penalty = logPenalty(of: tokens.count, leaving: owner)
    return BLEU.counts(of: tokens).enumerated().map { place, counts in
      let matches = counts.reduce(0) { sum, gram in
        guard let found = most[gram.key] else { return sum }
        let limit = owner == Int(found.owner) ? found.other : found.count
        return sum + Int(Swift.min(gram.value, limit))
      }
      let all = Double(Swift.max(1, tokens.count - place))
      // Without one common token there is nothing to smooth.
      if place == 0, matches == 0 { logSum = -.infinity }
      logSum += Double.log((matches == 0 ? BLEU.smoothing : Double(matches)) / all)
      return Double.exp(penalty + logSum / Double(place + 1))
    }
  }

  /// The logarithm of what a sequence that is too short is multiplied by.
  private func logPenalty(of count: Int, leaving owner: Int?) -> Double {
    let own = owner.map { references[$0].count }
    var (nearest, distance) = (0, Int.max)
    for (length, number) in lengths.enumerated() where number > (length == own ? 1 : 0) {
      if abs(length - count) < distance { (nearest, distance) = (length, abs(length - count)) }
    }
    return count > nearest ? 0 : 1 - Double(nearest) / Double(count)
  }
}
