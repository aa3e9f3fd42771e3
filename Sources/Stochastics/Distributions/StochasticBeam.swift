import RealModule

/// The best partial states of a search step by step, by their perturbed log-probabilities or
/// without a perturbation.
///
/// A partial state carries the largest perturbed log-probability of its completions, so that
/// keeping the best at every step loses none of the best whole states: these are a sample without
/// replacement. Kool, van Hoof and Welling (2019), Stochastic beams and where to find them.
package struct StochasticBeam {
  package struct Partial {
    package var classes: [Int32]
    package var log: Double
    /// The perturbed log-probability.
    package var key: Double
  }

  private struct Child {
    let parent: Int
    let index: Int
    let log: Double
    let key: Double
  }

  /// Best first.
  package private(set) var partials: [Partial]
  private let gumbel: (() -> Double)?

  /// - Parameter gumbel: a standard Gumbel for each question; `nil` makes keys the
  ///   log-probabilities themselves.
  package init(gumbel: (() -> Double)?) {
    self.gumbel = gumbel
    partials = [Partial(classes: [], log: 0, key: gumbel?() ?? 0)]
  }

  /// Goes on by one step and keeps the best `count`; returns which partial state each of them goes
  /// on from.
  ///
  /// - Parameter logs: the log-probabilities of the classes that may follow each partial state,
  ///   -infinity for none.
  package mutating func extend(
    keeping count: Int, by logs: (_ place: Int, _ partial: Partial) -> [Double]
  ) -> [Int] {
    var best: [Child] = []
    var bound = -Double.infinity
    func prune() {
      best.sort { $0.key > $1.key }
      if best.count > count { best.removeSubrange(count...) }
      if best.count == count, let last = best.last { bound = last.key }
    }
    for (place, parent) in partials.enumerated() {
      let row = logs(place, parent)
      let keys = row.map { $0 > -.infinity ? parent.log + $0 + (gumbel?() ?? 0) : -.infinity }
      let largest = keys.max() ?? 0
      for index in row.indices where row[index] > -.infinity {
        let key =
          gumbel == nil
          ? keys[index]
          : StochasticBeam.truncated(keys[index], largest: largest, to: parent.key)
        guard key > bound else { continue }
        best.append(Child(parent: place, index: index, log: parent.log + row[index], key: key))
        if best.count >= 2 * count + 64 { prune() }
      }
    }
    prune()
    partials = best.map {
      Partial(
        classes: partials[$0.parent].classes + [Int32($0.index)], log: $0.log, key: $0.key)
    }
    return best.map(\.parent)
  }

  /// A Gumbel of a family whose largest is moved to `limit`:
  /// -log(exp(-limit) - exp(-largest) + exp(-key)) without overflow.
  private static func truncated(_ key: Double, largest: Double, to limit: Double) -> Double {
    guard key < largest else { return limit }
    let v = limit - key + log1mExp(key - largest)
    return limit - max(0, v) - softplus(-abs(v))
  }

  private static func softplus(_ x: Double) -> Double {
    max(0, x) + Double.log(onePlus: Double.exp(-abs(x)))
  }
}
