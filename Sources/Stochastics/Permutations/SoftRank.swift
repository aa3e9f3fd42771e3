public import Tensors

/// Differentiable ranks: the projection of -scores / ε on the permutahedron of 1, ..., n.
///
/// Sorted scores fall into blocks whose ranks blend; a block of one has its exact place. In a block
/// B an item has
///
///     rank_i = mean_B(place) - (s_i - mean_B(s)) / ε
///
/// Neighbors whose gap exceeds ε never start a block: where all gaps do, ranks are exact and **the
/// gradient is exactly zero**. So ε belongs in the range of the gaps, which
/// ``strength(for:blending:)`` looks up.
///
/// - Complexity: O(n log n) to make.
/// - Reference: Blondel, Teboul, Berthet and Djolonga (2020), Fast differentiable sorting and
///   ranking.
public struct SoftRank: Sendable {
  private let sorted: SortedScores
  /// ε, positive: large blends all ranks, small keeps them exact.
  public let strength: Double
  /// First places of the blocks, over all sequences one after the other, and the number of places.
  private let starts: [Int]

  /// Traps unless the scores `batch + [n]` are finite and the strength is positive.
  public init(scores: Tensor, strength: Double) {
    require(strength > 0 && strength.isFinite, "strength \(strength) is not positive")
    sorted = SortedScores(scores)
    self.strength = strength
    starts = Self.blocks(of: sorted, strength: strength)
  }

  /// Ranks from 1, the largest score's, to n, of the shape of the scores; those of a sequence add
  /// up to n (n + 1) / 2.
  ///
  /// - Complexity: O(n), forward and backward.
  public var ranks: Tensor {
    let (n, items) = (sorted.itemCount, sorted.items)
    let (starts, inverse) = (starts, 1 / strength)
    let value = sorted.scores.withPointer { scores in
      Tensor(shape: sorted.scores.shape) { target in
        for (first, end) in zip(starts, starts.dropFirst()) {
          // Within a block, so that large scores over a small strength cancel nothing.
          let top = Double(scores[items[first]])
          let mean =
            (first..<end).reduce(0.0) { $0 + (Double(scores[items[$1]]) - top) }
            / Double(end - first)
          let middle = Double(first % n) + 0.5 * Double(end - first + 1)
          for place in first..<end {
            let offset = Double(scores[items[place]]) - top - mean
            target[items[place]] = Scalar(middle - offset * inverse)
          }
        }
      }
    }
    return value.recording(sorted.scores) { context in
      let shape = context.cotangent.shape
      let blocks = Indices(shape: [items.count]) { buffer in
        for (block, (first, end)) in zip(starts, starts.dropFirst()).enumerated() {
          for place in first..<end { buffer[items[place]] = Int32(block) }
        }
      }
      let sizes = Tensor(zip(starts, starts.dropFirst()).map { Scalar($1 - $0) })
      let flat = context.cotangent.reshaped([items.count])
      let means = flat.scatteringSum(blocks, along: 0, size: starts.count - 1) / sizes
      return [((means.gathering(blocks, along: 0) - flat) * Scalar(inverse)).reshaped(shape)]
    }
  }

  /// Number of items whose rank blends with others; without any the gradient is zero.
  public var blendedCount: Int {
    zip(starts, starts.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0 > 1 ? $1.1 - $1.0 : 0) }
  }

  /// A strength above a share of the gaps between neighbors in order: a quantile, 1 where all
  /// scores are equal.
  ///
  /// - Parameter share: in 0...1.
  public static func strength(for scores: Tensor, blending share: Double = 0.5) -> Double {
    SortedScores(scores.detached()).gapQuantile(share) ?? 1
  }

  /// Pools adjacent violators: a block takes in the one before it while its mean of -s / ε - place
  /// is not above that one's.
  private static func blocks(of sorted: SortedScores, strength: Double) -> [Int] {
    let (n, items) = (sorted.itemCount, sorted.items)
    return sorted.scores.withPointer { scores in
      var starts: [Int] = []
      for origin in stride(from: 0, to: items.count, by: max(1, n)) {
        let base = starts.count
        // Of what each block holds. Scores count from the largest of their block, whose own
        // distance to the next block's is a difference too: so every score keeps its digits,
        // however far the others are.
        var sums: [Double] = []
        for place in origin..<(origin + n) {
          var (start, sum) = (place, -Double(place - origin) * strength)
          while let before = sums.last, starts.count > base, let first = starts.last {
            let (own, others) = (Double(place + 1 - start), Double(start - first))
            let gap = Double(scores[items[first]]) - Double(scores[items[start]])
            guard before / others - sum / own >= gap else { break }
            sum += before + gap * own
            start = first
            sums.removeLast()
            starts.removeLast()
          }
          sums.append(sum)
          starts.append(start)
        }
      }
      return starts + [items.count]
    }
  }
}
