public import Tensors

/// Running mean and variance of vectors, coordinate by coordinate, in double precision whatever the
/// tensors are.
///
/// Welford's update: no cancellation, one pass.
public struct Moments: Sendable, Codable {
  public private(set) var count = 0
  public private(set) var mean: [Double]
  private var squares: [Double]

  public init(coordinates: Int) {
    mean = .init(repeating: 0, count: coordinates)
    squares = mean
  }

  /// Takes one vector into account.
  public mutating func add(_ vector: [Double]) {
    require(vector.count == mean.count, "\(vector.count) coordinates, not \(mean.count)")
    count += 1
    for index in vector.indices {
      let difference = vector[index] - mean[index]
      mean[index] += difference / Double(count)
      squares[index] += difference * (vector[index] - mean[index])
    }
  }

  /// Takes the scalars of one tensor into account.
  public mutating func add(_ tensor: Tensor) { add(tensor.scalars.map { Double($0) }) }

  /// Takes the vectors of another into account, after one's own.
  public mutating func add(_ other: Moments) {
    require(other.mean.count == mean.count, "\(other.mean.count) coordinates, not \(mean.count)")
    guard other.count > 0 else { return }
    let (own, others) = (Double(count), Double(other.count))
    count += other.count
    for index in mean.indices {
      let difference = other.mean[index] - mean[index]
      mean[index] += difference * others / Double(count)
      squares[index] +=
        other.squares[index] + difference * difference * own * others / Double(count)
    }
  }

  /// The sample variance of each coordinate.
  public var variance: [Double] {
    require(count > 1, "a variance of \(count) vectors")
    return squares.map { $0 / Double(count - 1) }
  }

  /// The standard error of each coordinate's mean.
  public var standardError: [Double] { variance.map { ($0 / Double(count)).squareRoot() } }

  /// How many standard errors each mean is from what is expected; infinite where a constant
  /// coordinate is off.
  ///
  /// - Parameter rounding: a difference this small counts as none.
  public func zScores(against expected: [Double], rounding: Double) -> [Double] {
    require(expected.count == mean.count, "\(expected.count) coordinates, not \(mean.count)")
    return zip(zip(mean, standardError), expected).map { pair, expected in
      let difference = pair.0 - expected
      return abs(difference) <= rounding ? 0 : difference / pair.1
    }
  }
}
