import Stochastics
import Tensors
import Testing

/// Batches of structures of several sizes against each of their members.
struct GibbsLengthsExactnessTests {
  @Test("a batch of different lengths equals its members one at a time, bit for bit")
  func lengths() {
    func check<Shape: Structure>(_ shape: Shape, _ members: [Shape]) {
      let n = shape.partCount
      var generator = Philox(seed: 13)
      // Padding holds large numbers, which must not be seen.
      let rows = Tensor.randomNormal([members.count, n], using: &generator).scalars
      let padded = Tensor(
        members.enumerated().flatMap { index, member -> [Scalar] in
          var row = [Scalar](repeating: 1e20, count: n)
          for place in shape.places(of: member) { row[place] = rows[index * n + place] }
          return row
        }, shape: [members.count, n]
      ).variable()
      let batch = Gibbs(logits: padded, structure: shape, members: members)
      let keys = members.indices.map { UInt64(100 + $0) }
      let samples = batch.sample(3, keys: keys)
      let weights = Tensor.randomNormal([members.count, n], using: &generator)
      let total =
        (batch.logNormalizer + batch.entropy() + batch.logProbability(samples).sum(along: 0)).sum()
        + (batch.marginals * weights).sum()
      let slopes = gradients(of: total, withRespectTo: [padded])[0]
      // Two laws of each member have a divergence from a third.
      let third = batch.with(naturalParameters: padded.detached() * 0.5)
      let divergences = batch.with(naturalParameters: stack([padded, padded * 0.75]))
        .klDivergence(to: third)
      let divergenceSlopes = gradients(
        of: batch.klDivergence(to: third).sum(), withRespectTo: [padded])[0]
      for (index, member) in members.enumerated() {
        let places = shape.places(of: member)
        let own = Tensor(places.map { padded.scalars[index * n + $0] }).variable()
        let law = Gibbs(logits: own, structure: member)
        func row(_ tensor: Tensor, _ sample: Int = 0) -> [Scalar] {
          places.map { tensor.scalars[(sample * members.count + index) * n + $0] }
        }
        #expect(batch.logNormalizer.scalars[index] == law.logNormalizer.item)
        #expect(batch.entropy().scalars[index] == law.entropy().item)
        #expect(row(batch.marginals) == law.marginals.scalars)
        #expect(row(batch.mode().tensor) == law.mode().tensor.scalars)
        let drawn = law.sample(3, keys: [keys[index]])
        let single = drawn.tensor.scalars
        for sample in 0..<3 {
          #expect(
            row(samples.tensor, sample)
              == Array(single[(sample * places.count)..<((sample + 1) * places.count)]))
        }
        let alone =
          law.logNormalizer + law.entropy() + law.logProbability(drawn).sum()
          + (law.marginals * Tensor(row(weights))).sum()
        #expect(row(slopes) == gradients(of: alone, withRespectTo: [own])[0].scalars)
        let other = Gibbs(logits: own.detached() * 0.5, structure: member)
        let divergence = law.klDivergence(to: other)
        let second = Gibbs(logits: own * 0.75, structure: member).klDivergence(to: other)
        #expect(divergences.scalars[index] == divergence.item)
        #expect(divergences.scalars[members.count + index] == second.item)
        #expect(row(divergenceSlopes) == gradients(of: divergence, withRespectTo: [own])[0].scalars)
        let padding = Set(0..<n).subtracting(places)
        for slopes in [slopes, divergenceSlopes] {
          #expect(padding.allSatisfy { slopes.scalars[index * n + $0] == 0 })
        }
      }
    }
    check(Chain(steps: 4, labels: 2), [1, 4, 2].map { Chain(steps: $0, labels: 2) })
    check(
      Segmentation(steps: 5, longest: 3), [5, 1, 3].map { Segmentation(steps: $0, longest: 3) })
    check(
      Segmentation(steps: 4, longest: 2, labels: 2),
      [1, 4, 3].map { Segmentation(steps: $0, longest: 2, labels: 2) })
    check(BinaryTree(leaves: 5), [2, 5, 1].map { BinaryTree(leaves: $0) })
    check(BinaryTree(leaves: 3, labels: 2), [2, 3, 1].map { BinaryTree(leaves: $0, labels: 2) })
    check(
      Alignment(rows: 3, columns: 4),
      [(1, 1), (3, 2), (3, 4)].map { Alignment(rows: $0, columns: $1) })
    check(Brackets(pairs: 4), [1, 4, 2].map { Brackets(pairs: $0) })
    check(
      ProjectiveDependencies(words: 4), [4, 1, 2].map { ProjectiveDependencies(words: $0) })
    check(
      ProjectiveDependencies(words: 4, roots: .one),
      [4, 1, 2].map { ProjectiveDependencies(words: $0, roots: .one) })
    check(Arborescence(words: 4), [1, 4, 3].map { Arborescence(words: $0) })
    check(
      Arborescence(words: 4, roots: .one),
      [1, 4, 3].map { Arborescence(words: $0, roots: .one) })
    check(SpanningTree(vertices: 5), [2, 5, 3].map { SpanningTree(vertices: $0) })
  }
}
