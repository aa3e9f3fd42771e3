import Tensors

extension PlackettLuceFit {
  /// By how much one log-worth is above another.
  public struct Contrast: Sendable, Equatable {
    public let difference: Double
    public let standardError: Double

    /// The difference in standard errors.
    public var z: Double { difference / standardError }
  }

  /// The log-worth of item `a` less that of item `b`; traps on the same item twice, and without a
  /// covariance.
  ///
  /// Errors of two log-worths are correlated, so that their own standard errors do not give that of
  /// the difference.
  public func contrast(_ a: Int, _ b: Int) -> Contrast {
    require(a != b, "item \(a) against itself")
    let covariance = knownCovariance
    let n = items.count
    let variance = covariance[a * n + a] - 2 * covariance[a * n + b] + covariance[b * n + b]
    return Contrast(
      difference: logWorths[a] - logWorths[b], standardError: max(0, variance).squareRoot())
  }

  /// The same fit with the log-worth of one item zero, as a fixed number, instead of the sum; traps
  /// without a covariance.
  ///
  /// Worths, draws and likelihoods are the same; errors are those of differences from that item.
  public func relative(to item: Int) -> PlackettLuceFit {
    let known = knownCovariance
    let n = items.count
    require(items.indices.contains(item), "item \(item) of \(n)")
    let covariance = (0..<n * n).map { place in
      let (row, column) = (place / n, place % n)
      return row == item || column == item
        ? 0
        : known[place] - known[row * n + item] - known[item * n + column] + known[item * n + item]
    }
    return PlackettLuceFit(
      model: model, solver: solver, items: items, logWorths: logWorths.map { $0 - logWorths[item] },
      standardErrors: (0..<n).map { max(0, covariance[$0 * n + $0]).squareRoot() },
      covariance: covariance, ties: ties, logLikelihood: logLikelihood, rankings: rankings,
      unnamed: unnamed, iterations: iterations)
  }

  private var knownCovariance: [Double] {
    guard let covariance else { fatalError("contrasts of a fit without its covariance") }
    return covariance
  }
}
