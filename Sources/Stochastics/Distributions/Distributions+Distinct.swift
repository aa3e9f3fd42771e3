public import Tensors

extension Categorical: DistinctSampling {
  public func sampleDistinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Classes {
    var stream = Philox(seed: generator.next())
    return classes(count) { joint, _ in joint.best(count) { stream.gumbel() } }
  }

  public func likeliest(_ count: Int) -> Classes {
    classes(count) { joint, _ in joint.best(count, gumbel: nil) }
  }

  public func sample(
    _ count: Int, excluding states: Classes, using generator: inout some RandomNumberGenerator
  ) -> Classes {
    var stream = Philox(seed: generator.next())
    let excluded = stochasticRows(
      states.indices.values, batch: batch.reduce(1, *), variables: variableCount)
    return classes(count) { joint, row in
      let remaining = RemainingStates(joint, excluding: excluded[row])
      return (0..<count).map { _ in remaining.state { stream.uniform() } }
    }
  }

  public func logProbability(excluding states: Classes) -> Tensor {
    let logs = logits.logSoftmax(along: -1)
    return logs.broadcast(to: [states.shape[0]] + logs.shape)
      .logMass(leaving: states.indices.values)
  }

  private func classes(_ count: Int, _ choose: (JointStates, Int) -> [[Int32]]) -> Classes {
    let n = variableCount
    let values = jointValues(
      logits.detached().logSoftmax(along: -1).scalars, variables: n, classes: classCount, count,
      choose)
    let indices = Indices(shape: [count] + batch + [n]) { buffer in
      _ = buffer.initialize(from: values)
    }
    return Classes(trusted: indices, classCount: classCount)
  }
}

extension Bernoulli: DistinctSampling {
  public func sampleDistinct(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) -> Bits {
    var stream = Philox(seed: generator.next())
    return bits(count) { joint, _ in joint.best(count) { stream.gumbel() } }
  }

  public func likeliest(_ count: Int) -> Bits {
    bits(count) { joint, _ in joint.best(count, gumbel: nil) }
  }

  public func sample(
    _ count: Int, excluding states: Bits, using generator: inout some RandomNumberGenerator
  ) -> Bits {
    var stream = Philox(seed: generator.next())
    let excluded = stochasticRows(
      states.tensor.scalars.map { Int32($0) }, batch: batch.reduce(1, *), variables: variableCount)
    return bits(count) { joint, row in
      let remaining = RemainingStates(joint, excluding: excluded[row])
      return (0..<count).map { _ in remaining.state { stream.uniform() } }
    }
  }

  public func logProbability(excluding states: Bits) -> Tensor {
    let logs = logPairs(of: logits)
    return logs.broadcast(to: [states.shape[0]] + logs.shape)
      .logMass(leaving: states.tensor.scalars.map { Int32($0) })
  }

  private func bits(_ count: Int, _ choose: (JointStates, Int) -> [[Int32]]) -> Bits {
    let values = jointValues(
      logPairs(of: logits.detached()).scalars, variables: variableCount, classes: 2, count, choose)
    return Bits(Tensor(values.map { Scalar($0) }, shape: [count] + logits.shape))
  }

  /// The log-probabilities of zero and of one, in the shape of the logits and [2].
  private func logPairs(of logits: Tensor) -> Tensor {
    stack([(-logits).logSigmoid(), logits.logSigmoid()], along: logits.rank)
  }
}

/// The classes that `choose` picks in every batch entry, as [count, batch, variables].
private func jointValues(
  _ logs: [Scalar], variables: Int, classes: Int, _ count: Int,
  _ choose: (JointStates, Int) -> [[Int32]]
) -> [Int32] {
  let rows = logs.count / max(1, variables * classes)
  var values = [Int32](repeating: 0, count: count * rows * variables)
  for row in 0..<rows {
    // Normalized in double precision, or a prefix that is used up would keep what rounding left.
    let table = (0..<variables).map { variable in
      let own = (0..<classes).map { Double(logs[(row * variables + variable) * classes + $0]) }
      let sum = logSumExp(own)
      return own.map { $0 - sum }
    }
    for (index, state) in choose(JointStates(logs: table), row).enumerated() {
      for variable in 0..<variables {
        values[(index * rows + row) * variables + variable] = state[variable]
      }
    }
  }
  return values
}

/// The states of each batch entry, [batch][states][variables], of values [states, batch,
/// variables].
func stochasticRows(_ values: [Int32], batch: Int, variables: Int) -> [[[Int32]]] {
  let states = values.count / max(1, batch * variables)
  return (0..<batch).map { row in
    (0..<states).map { state in
      let start = (state * batch + row) * variables
      return Array(values[start..<start + variables])
    }
  }
}
