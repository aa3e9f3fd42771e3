import Learning
import RealModule
public import Stochastics
public import Tensors

/// Distinct sequences, drawn without replacement, that estimate means without bias.
///
/// Kool, van Hoof and Welling (2019), Stochastic beams and where to find them.
public struct DistinctSequences: Sendable {
  /// In the order in which repeated sampling would find them, [count, length].
  public let sequences: Classes
  /// The log-probability of each sequence.
  public let logProbabilities: [Double]
  /// Log-probabilities plus Gumbel noise, falling.
  public let perturbed: [Double]
  /// The perturbed log-probability of the first sequence that was left out; -infinity where none
  /// was.
  public let threshold: Double

  /// The probability that each sequence's perturbed log-probability exceeds the threshold.
  public var inclusions: [Double] {
    logProbabilities.map { -Double.expMinusOne(-Double.exp($0 - threshold)) }
  }

  /// An unbiased estimate of the mean of a function from its values at the sequences.
  ///
  /// Each value is weighted by the sequence's probability divided by its inclusion probability.
  public func mean(of values: [Double]) -> Double {
    require(
      values.count == logProbabilities.count,
      "\(values.count) values of \(logProbabilities.count) sequences")
    return values.indices.reduce(0) { sum, place in
      sum + values[place] * Double.exp(logProbabilities[place]) / inclusions[place]
    }
  }
}

extension SequenceGenerator: DistinctSampling {
  /// `count` distinct sequences without replacement, or all where there are fewer, and what weighs
  /// them; nothing is recorded.
  ///
  /// By stochastic beam search over the states of the recurrence: no sequence is drawn twice, and
  /// none thrown away.
  ///
  /// - Complexity: O(count units vocabulary) a token.
  public func distinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> DistinctSequences {
    require(count > 0, "\(count) distinct sequences")
    var stream = Philox(seed: generator.next())
    let found = beam(count + 1) { stream.gumbel() }
    let kept = found.prefix(count)
    return DistinctSequences(
      sequences: classes(kept.map(\.classes)), logProbabilities: kept.map(\.log),
      perturbed: kept.map(\.key), threshold: found.count > count ? found[count].key : -.infinity)
  }

  public func sampleDistinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Classes {
    var stream = Philox(seed: generator.next())
    return classes(checked(beam(count) { stream.gumbel() }, count))
  }

  /// The sequences that beam search of width `count` finds, best first: probable ones, though not
  /// always the most probable.
  public func likeliest(_ count: Int) -> Classes {
    classes(checked(beam(count, gumbel: nil), count))
  }

  /// - Complexity: O(units vocabulary) for every prefix that is met, O(states) for every sequence
  ///   beside.
  public func sample(
    _ count: Int, excluding states: Classes, using generator: inout some RandomNumberGenerator
  ) -> Classes {
    var stream = Philox(seed: generator.next())
    var known: [[Int32]: (walk: TokenChoices, logs: [Double])] = [:]
    func visit(_ prefix: [Int32]) -> (walk: TokenChoices, logs: [Double]) {
      if let found = known[prefix] { return found }
      var walk: TokenChoices
      if let last = prefix.last {
        walk = visit(Array(prefix.dropLast())).walk
        walk.take([last])
      } else {
        walk = choices(samples: 1)
      }
      let logs = walk.logProbabilities()
      known[prefix] = (walk, logs)
      return (walk, logs)
    }
    let joint = JointStates(steps: length) { visit($0).logs }
    let remaining = RemainingStates(
      joint, excluding: (0..<states.shape[0]).map { states.rows([$0]).indices.values })
    return classes((0..<count).map { _ in remaining.state { stream.uniform() } })
  }

  /// - Complexity: O(units vocabulary) for every token of `states`.
  public func logProbability(excluding states: Classes) -> Tensor {
    let rows = states.shape[0]
    let hidden = hidden(before: stepwise(states)).reshaped([length * rows, recurrence.units])
    // From step by step to sequence by sequence.
    let places = (0..<rows * length).map { $0 % length * rows + $0 / length }
    let logs = output(hidden).logSoftmax(along: 1)
      .gathering(Indices(places, shape: [rows, length]), along: 0)
    guard let end, let lives = lives(of: states) else {
      return logs.logMass(leaving: states.indices.values)
    }
    let ended = Tensor((0..<vocabulary).map { $0 == end ? 0 : -Scalar.infinity })
    return select(lives.expandingDimensions(at: 2), logs, ended)
      .logMass(leaving: states.indices.values)
  }

  private func checked(_ found: [StochasticBeam.Partial], _ count: Int) -> [[Int32]] {
    require(
      found.count == count, "\(count) distinct sequences of a generator with \(found.count)")
    return found.map(\.classes)
  }

  private func classes(_ rows: [[Int32]]) -> Classes {
    Classes(
      Indices(shape: [rows.count, length]) { buffer in
        _ = buffer.update(from: rows.joined())
      }, classCount: vocabulary)
  }

  private func beam(_ width: Int, gumbel: (() -> Double)?) -> [StochasticBeam.Partial] {
    var beam = StochasticBeam(gumbel: gumbel)
    var walk = choices(samples: 1)
    for _ in 0..<length {
      let logs = walk.logProbabilities()
      let parents = beam.extend(keeping: width) { place, _ in
        Array(logs[place * vocabulary..<(place + 1) * vocabulary])
      }
      walk.select(parents)
      walk.take(beam.partials.compactMap(\.classes.last))
    }
    return beam.partials
  }
}
