import RealModule
import Tensors

extension Elimination {
  /// The parts of a sample, by walks with erased loops.
  ///
  /// - Parameters:
  ///   - child: the vertex that alone may hang on the root; 0 where all may.
  ///   - chances: the probability of each head of each vertex, at modifier * stride + head of the
  ///     table of arcs; `nil` for those by the scores.
  func sample(
    _ scores: ArraySlice<Double>, child: Int, chances given: [Double]?,
    using generator: inout Philox
  ) -> [Int] {
    let n = vertexCount
    guard n > 1 else { return [] }
    var heads = [Int](repeating: 0, count: n)
    var isInTree = [Bool](repeating: false, count: n)
    // The child's arc from the root is given, and it needs no other.
    (isInTree[0], isInTree[child]) = (true, true)
    let chances = given ?? chances(of: scores, child: child)
    var steps = 64 * n * n
    for start in 1..<n where !isInTree[start] {
      var place = start
      while !isInTree[place] {
        guard steps > 0 else { return sampleInTurn(scores, child: child, using: &generator) }
        steps -= 1
        let line = place * arcs.stride
        heads[place] = generator.index(of: chances[line..<(line + n)])
        place = heads[place]
      }
      // A later visit has overwritten the head of an earlier one: loops are erased.
      place = start
      while !isInTree[place] {
        isInTree[place] = true
        place = heads[place]
      }
    }
    return parts(of: heads)
  }

  private func chances(of scores: ArraySlice<Double>, child: Int) -> [Double] {
    var chances = [Double](repeating: 0, count: arcs.parts.count)
    for modifier in 1..<vertexCount {
      let column = (0..<vertexCount).map { head in
        let part = arcs[head, modifier]
        return part < 0 || (head == 0 && child > 0) ? -.infinity : scores[scores.startIndex + part]
      }
      let sum = logSumExp(column)
      for (head, score) in column.enumerated() where sum > -.infinity {
        chances[modifier * arcs.stride + head] = .exp(score - sum)
      }
    }
    return chances
  }

  /// A sample by the marginals of one vertex's heads after another.
  private func sampleInTurn(
    _ given: ArraySlice<Double>, child: Int, using generator: inout Philox
  ) -> [Int] {
    let n = vertexCount
    let trees = Arborescence(words: n - 1)
    var scores = [Double](repeating: -.infinity, count: trees.partCount)
    for head in 0..<n where head > 0 || child == 0 {
      for modifier in 1..<n where modifier != head {
        scores[Arborescence.arc(head, modifier, of: n - 1)] =
          given[given.startIndex + arcs[head, modifier]]
      }
    }
    var heads = [Int](repeating: 0, count: n)
    func keep(_ head: Int, of modifier: Int) {
      heads[modifier] = head
      for other in 0..<n where other != modifier && other != head {
        scores[Arborescence.arc(other, modifier, of: n - 1)] = -.infinity
      }
    }
    if child > 0 {
      scores[Arborescence.arc(0, child, of: n - 1)] = 0
      keep(0, of: child)
    }
    for modifier in 1..<n where modifier != child {
      let marginals = trees.engine.sums.chart(of: scores).marginals
      keep(
        generator.index(
          of: (0..<n).map {
            $0 == modifier ? 0 : max(0, marginals[Arborescence.arc($0, modifier, of: n - 1)])
          }), of: modifier)
    }
    return parts(of: heads)
  }
}
