import CKernels
public import Tensors

/// Independent variables of K classes: logits of shape `batch + [n, K]` give class indices of shape
/// `[samples] + batch + [n]`.
///
/// A class with logit -infinity is masked: it has probability zero, is never drawn, and its logit
/// gets no gradient. Every variable needs at least one finite logit.
public struct Categorical: DiscreteDistribution {
  public typealias Sample = Classes
  public typealias Point = Tensor

  /// Log-probabilities up to a constant for each variable, of shape `batch + [n, K]`.
  public let logits: Tensor

  /// Variables with the given logits; a single variable has logits of shape `[1, K]`.
  ///
  /// Traps unless the logits have two axes or more, the last of them not empty.
  public init(logits: Tensor) {
    require(
      logits.rank >= 2, "categorical logits need axes [variables, classes], got \(logits.shape)")
    require(
      logits.shape[logits.rank - 1] > 0, "categorical logits \(logits.shape) have no classes")
    self.logits = logits
  }

  public var batch: [Int] { logits.shape.dropLast(2) }

  /// Number of variables n of one event.
  public var variableCount: Int { logits.shape[logits.rank - 2] }

  /// Number of classes K of each variable.
  public var classCount: Int { logits.shape[logits.rank - 1] }

  /// The probability of each class, of shape `batch + [n, K]`.
  public var probabilities: Tensor { logits.softmax(along: -1) }

  /// Samples by inverting the distribution function: one uniform per variable, with further bits
  /// where a class is rare.
  ///
  /// Every class that any number of draws could meet is drawn as often as it should be;
  /// probabilities below 2^-50 are rounded.
  ///
  /// - Complexity: O(K) for each draw; where draws share a row of more than 128 classes O(K) for
  ///   the row and O(log K) for each.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Classes {
    draw(count, key: generator.next(), Kernels.categorical)
  }

  /// Samples of the same law as the class with the largest logit plus a Gumbel of its own.
  ///
  /// One Gumbel per class, so slower than ``sample(_:using:)``. No class is drawn that is further
  /// below the best than a Gumbel reaches, 67 nats in single precision and 45 in double, which no
  /// number of draws would show. Maddison, Tarlow, Minka: "A* sampling", NIPS 2014.
  public func sampleByGumbelMax(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Classes {
    draw(count, key: generator.next(), Kernels.categoricalGumbel)
  }

  private func draw(
    _ count: Int, key: UInt64,
    _ kernel: (
      UInt64, Int, Int, UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Int32>
    ) -> Void
  ) -> Classes {
    require(count >= 0, "\(count) samples")
    let shape = logits.shape.dropLast()
    let rows = shape.reduce(1, *)
    let indices = Indices(shape: [count] + shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      logits.withPointer { source in
        guard let source = source.baseAddress else { return }
        kernel(key, count * rows, classCount, source, rows, target)
      }
    }
    return Classes(trusted: indices, classCount: classCount)
  }

  /// The log-probability of classes of shape `leading + batch + [n]`, of shape `leading + batch`.
  public func logProbability(_ sample: Classes) -> Tensor {
    logProbabilities(sample).sum(along: -1)
  }

  public static func point(_ sample: Classes) -> Tensor { sample.oneHot }

  /// The entropy in nats, of shape `batch`; a class of probability zero contributes nothing.
  public func entropy() -> Tensor {
    let unit = Tensor.zeros([variableCount, classCount])
    return -logits.logSoftmax(along: -1).relativeEntropy(to: unit)
  }

  /// The Kullback-Leibler divergence KL(self || other) in nats, of the shape both batches broadcast
  /// to.
  ///
  /// Infinite where this gives probability to a class that is masked in `other`.
  public func klDivergence(to other: Categorical) -> Tensor {
    require(
      logits.shape.suffix(2) == other.logits.shape.suffix(2),
      "divergence of logits \(logits.shape) to \(other.logits.shape)")
    return logits.logSoftmax(along: -1).relativeEntropy(to: other.logits.logSoftmax(along: -1))
  }
}

extension Categorical: StepwiseDistribution {
  /// The log-probability of each variable's class, in the shape of the sample.
  public func logProbabilities(_ sample: Classes) -> Tensor {
    let shape = Array(logits.shape.dropLast())
    require(
      sample.classCount == classCount && sample.shape.count >= shape.count
        && Array(sample.shape.suffix(shape.count)) == shape,
      "classes \(sample.shape) of \(sample.classCount) under logits \(logits.shape)")
    let leading = Array(sample.shape.dropLast(shape.count))
    let count = leading.reduce(1, *)
    let rows = shape.reduce(1, *)
    // Every sample reads the same row of log-probabilities, which is thus never repeated.
    let columns = Indices(shape: [rows, count]) { buffer in
      sample.indices.values.withUnsafeBufferPointer { values in
        for row in 0..<rows {
          for s in 0..<count { buffer[row * count + s] = values[s * rows + row] }
        }
      }
    }
    let taken = logits.logSoftmax(along: -1).reshaped([rows, classCount])
      .takingAlong(columns, axis: 1)
    // A masked class keeps its -infinity but lets no gradient through to any logit.
    let masked = Tensor(-Scalar.infinity)
    return select(taken.detached() .== masked, masked, taken).transposed().reshaped(leading + shape)
  }
}

extension Categorical: EnumerableDistribution {
  public var stateCount: Int? { wholePower(classCount, variableCount) }

  /// Every joint class once, of shape `[K^n] + batch + [n]`: digit i in base K of a state's place
  /// is variable i.
  ///
  /// - Complexity: O(K^n n) times the size of the batch, in time and memory.
  public func states() -> Classes {
    let n = variableCount
    guard let stateCount else {
      fatalError("\(n) variables of \(classCount) classes have too many states")
    }
    let rows = batch.reduce(1, *)
    let indices = Indices(shape: [stateCount] + batch + [n]) { buffer in
      for state in 0..<stateCount {
        var rest = state
        for variable in 0..<n {
          for row in 0..<rows {
            buffer[(state * rows + row) * n + variable] = Int32(rest % classCount)
          }
          rest /= classCount
        }
      }
    }
    return Classes(trusted: indices, classCount: classCount)
  }
}
