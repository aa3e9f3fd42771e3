public import Stochastics
public import Tensors

/// A family of distributions over few states, all of whose draws of k samples can be listed.
public struct DrawList<Base: EnumerableDistribution>: Sendable {
  /// The distribution of given parameters with a batch of `count` equal entries.
  public let distribution: @Sendable (_ parameters: Tensor, _ count: Int) -> Base
  /// The states at [k, count] places, as a sample of shape [k, count] + event.
  public let samples: @Sendable (_ places: [[Int]]) -> Base.Sample
  public let stateCount: Int

  public init(
    stateCount: Int, distribution: @escaping @Sendable (Tensor, Int) -> Base,
    samples: @escaping @Sendable ([[Int]]) -> Base.Sample
  ) {
    self.stateCount = stateCount
    self.distribution = distribution
    self.samples = samples
  }

  /// The places of every draw of k samples, [k, stateCount^k].
  public func places(samples k: Int) -> [[Int]] {
    var period = 1
    var count = 1
    for _ in 0..<k { count *= stateCount }
    return (0..<k).map { _ in
      defer { period *= stateCount }
      return (0..<count).map { $0 / period % stateCount }
    }
  }
}

extension DrawList where Base == Bernoulli {
  /// Independent bits, whose parameters are logits [count].
  public static func bits(_ count: Int) -> DrawList {
    DrawList(
      stateCount: 1 << count,
      distribution: { Bernoulli(logits: $0.broadcast(to: [$1, count])) },
      samples: { places in
        let bits = places.joined().flatMap { state in
          (0..<count).map { state >> $0 & 1 == 1 }
        }
        return Bits(bits, shape: [places.count, places[0].count, count])
      })
  }
}

extension DrawList where Base == Categorical {
  /// Independent variables, whose parameters are logits [variables, classes].
  public static func variables(_ variables: Int, classes: Int) -> DrawList {
    let powers = (0..<variables).map { variable in
      (0..<variable).reduce(1) { power, _ in power * classes }
    }
    return DrawList(
      stateCount: powers.reduce(1) { count, _ in count * classes },
      distribution: { Categorical(logits: $0.broadcast(to: [$1, variables, classes])) },
      samples: { places in
        let indices = places.joined().flatMap { state in powers.map { state / $0 % classes } }
        return Classes(
          Indices(indices, shape: [places.count, places[0].count, variables]), classCount: classes)
      })
  }
}

extension DrawList {
  /// The states of a structure, whose parameters are scores [parts].
  public static func states<Shape: Structure>(of structure: Shape) -> DrawList
  where Base == Gibbs<Shape> {
    let states = Gibbs(logits: .zeros([1, structure.partCount]), structure: structure).states()
    return DrawList(
      stateCount: states.shape[0],
      distribution: {
        Gibbs(logits: $0.broadcast(to: [$1, structure.partCount]), structure: structure)
      },
      samples: { states.listed($0) })
  }
}

extension DrawList where Base == KSubset {
  /// Subsets of a size, whose parameters are logits [items].
  public static func subsets(of size: Int, among items: Int) -> DrawList {
    let states = KSubset(logits: .zeros([1, items]), size: size).states()
    return DrawList(
      stateCount: states.shape[0],
      distribution: { KSubset(logits: $0.broadcast(to: [$1, items]), size: size) },
      samples: { states.listed($0) })
  }
}

extension DrawList where Base == KruskalTraces {
  /// Traces of trees, whose parameters are the logits of lines.
  public static func traces(vertices: Int) -> DrawList {
    let lines = vertices * (vertices - 1) / 2
    let states = KruskalTraces(logits: .zeros([1, lines]), vertices: vertices).states()
    return DrawList(
      stateCount: states.shape[0],
      distribution: { KruskalTraces(logits: $0.broadcast(to: [$1, lines]), vertices: vertices) },
      samples: { states.listed($0) })
  }
}
