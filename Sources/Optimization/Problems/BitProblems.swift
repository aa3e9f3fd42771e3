/// The number of ones, which is sought largest.
public struct OneMax: Problem {
  public let space: SearchSpace
  public let isMaximized = true

  public init(_ bits: Int) throws(SpaceError) { space = try SearchSpace(.bits(bits)) }

  public func value(_ point: Point) -> Double { Double(point.values.count { $0 == 1 }) }
}

/// The energy of a binary sequence: the sum of squares of its aperiodic autocorrelations.
///
/// - Complexity: O(n^2) for each point.
public struct LowAutocorrelation: Problem {
  public let space: SearchSpace
  public let isMaximized = false

  public init(_ bits: Int) throws(SpaceError) { space = try SearchSpace(.bits(bits)) }

  public func value(_ point: Point) -> Double {
    let bits = point.values
    var energy = 0
    for lag in bits.indices.dropFirst() {
      var agreements = 0
      for i in 0..<(bits.count - lag) { agreements += bits[i] == bits[i + lag] ? 1 : -1 }
      energy += agreements * agreements
    }
    return Double(energy)
  }
}
