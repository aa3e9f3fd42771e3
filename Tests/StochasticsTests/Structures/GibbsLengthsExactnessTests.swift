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

  @Test("scores of any size in one batch: each row is as it is alone")
  func scales() {
    func check<Shape: Structure>(_ structure: Shape) {
      let n = structure.partCount
      var generator = Philox(seed: 14)
      let scales = Tensor([8e5, 1, 1e4, 8e5, 100]).expandingDimensions(at: 1)
      let logits = Tensor.randomNormal([5, n], using: &generator) * scales
      let vectors = Tensor.randomNormal([5, n], using: &generator)
      let batch = Gibbs(logits: logits, structure: structure)
      let keys = (0..<5).map { UInt64(200 + $0) }
      let samples = batch.sample(4, keys: keys).tensor
      for row in 0..<5 {
        func own(_ tensor: Tensor, axis: Int = 0) -> Tensor { tensor.sliced(along: axis, at: row) }
        let law = Gibbs(logits: own(logits), structure: structure)
        #expect(batch.logNormalizer.scalars[row] == law.logNormalizer.item)
        #expect(batch.entropy().scalars[row] == law.entropy().item)
        #expect(own(batch.marginals).scalars == law.marginals.scalars)
        #expect(
          own(batch.covariance(times: vectors)).scalars
            == law.covariance(times: own(vectors)).scalars)
        #expect(
          own(samples, axis: 1).scalars == law.sample(4, keys: [keys[row]]).tensor.scalars)
      }
    }
    check(SpanningTree(vertices: 6))
    check(Arborescence(words: 5))
    check(Arborescence(words: 5, roots: .one))
    check(BinaryTree(leaves: 5))
  }
}
