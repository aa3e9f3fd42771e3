import CKernels
import Learning
public import Stochastics
import Tensors

extension SequenceGenerator {
  /// Samples by a rule, of shape [count, length], filled up with the token that ends them.
  ///
  /// They follow the generator's law only at temperature 1 with nothing left out. One word is taken
  /// from the generator, and nothing is recorded.
  ///
  /// - Complexity: O(units vocabulary) a token, in parts that fit into memory.
  public func sample(
    _ count: Int, by rule: SamplingRule, using generator: inout some RandomNumberGenerator
  ) -> Classes {
    sample(count, by: rule, using: &generator, betweenSteps: {})
  }

  func sample<E: Error>(
    _ count: Int, by rule: SamplingRule, using generator: inout some RandomNumberGenerator,
    betweenSteps pause: () throws(E) -> Void
  ) throws(E) -> Classes {
    require(count >= 0, "\(count) samples")
    let empty = Classes(Indices([], shape: [count, 0]), classCount: vocabulary)
    return try completing(empty, by: rule, using: &generator, betweenSteps: pause)
  }

  /// The sequence of the likeliest tokens, one after the other, of shape [1, length].
  public func greedy() -> Classes {
    var generator = Philox(seed: 0)
    return sample(1, by: .greedy, using: &generator)
  }

  /// The generator whose law is that of this one at a softmax temperature; traps unless that is
  /// positive and finite.
  public func atTemperature(_ temperature: Double) -> SequenceGenerator {
    requirePositive(temperature: temperature)
    var copy = self
    copy.output.weight = output.weight * (1 / Scalar(temperature))
    copy.output.bias = output.bias * (1 / Scalar(temperature))
    return copy
  }

  /// The same law of the next token, for sequences of another length from 1.
  public func ofLength(_ length: Int) -> SequenceGenerator {
    SequenceGenerator(
      embedding: embedding, recurrence: recurrence, output: output, length: length, start: start,
      end: end)
  }

  /// Whole sequences [rows, length] that begin with the given ones, of shape [rows, 0...length].
  public func completing(
    _ prefixes: Classes, by rule: SamplingRule = SamplingRule(),
    using generator: inout some RandomNumberGenerator
  ) -> Classes {
    completing(prefixes, by: rule, using: &generator, betweenSteps: {})
  }

  private func completing<E: Error>(
    _ prefixes: Classes, by rule: SamplingRule, using generator: inout some RandomNumberGenerator,
    betweenSteps pause: () throws(E) -> Void
  ) throws(E) -> Classes {
    require(
      prefixes.shape.count == 2 && prefixes.shape[1] <= length
        && prefixes.classCount == vocabulary,
      "prefixes \(prefixes.shape) of \(prefixes.classCount) tokens, the generator has \(length) of \(vocabulary)"
    )
    let (rows, given) = (prefixes.shape[0], prefixes.shape[1])
    let stream = Philox(seed: generator.next())
    let plain = detached()
    let part = Swift.max(1, SequenceGenerator.logitsAtOnce / vocabulary)
    var tokens: [Int32] = []
    tokens.reserveCapacity(rows * length)
    for first in stride(from: 0, to: rows, by: part) {
      let some = prefixes.rows(Array(first..<Swift.min(rows, first + part)))
      let count = some.shape[0]
      var noise = stream.folding(UInt64(first))
      var last = Indices([Int](repeating: start, count: count), shape: [count])
      var state = plain.recurrence.initialState(rows: count)
      for step in 0..<given {
        state = plain.recurrence.step(plain.embedding(last), from: state)
        last = some.column(step)
      }
      let drawn = try plain.drawing(
        length - given, after: last, isFirst: given == 0, from: state, by: rule, using: &noise,
        betweenSteps: pause)
      for row in 0..<count {
        tokens += some.indices.values[row * given..<(row + 1) * given]
        tokens += drawn.map { $0.values[row] }
      }
    }
    return Classes(
      Indices(shape: [rows, length]) { buffer in _ = buffer.update(from: tokens) },
      classCount: vocabulary)
  }

  /// The next tokens of each row, step by step, after a token that the state has not seen yet; of a
  /// detached generator.
  ///
  /// - Parameters:
  ///   - isFirst: whether that token is the start, and so no end.
  ///   - pause: called before each step; what it throws ends the drawing.
  func drawing<E: Error>(
    _ steps: Int, after last: Indices, isFirst: Bool = false, from state: LSTM.State,
    by rule: SamplingRule, using noise: inout Philox, betweenSteps pause: () throws(E) -> Void
  ) throws(E) -> [Indices] {
    var (last, state) = (last, state)
    var result: [Indices] = []
    result.reserveCapacity(steps)
    for step in 0..<steps {
      try pause()
      let stops = step == 0 && isFirst ? nil : end.map(Int32.init)
      // What has ended needs no more steps.
      if let stops, last.values.allSatisfy({ $0 == stops }) {
        result.append(last)
        continue
      }
      state = recurrence.step(embedding(last), from: state)
      var next = token(after: state.hidden, by: rule, key: noise.next())
      if let stops {
        let drawn = next
        next = Indices(shape: [last.count]) { buffer in
          for row in buffer.indices {
            buffer[row] = last.values[row] == stops ? stops : drawn.values[row]
          }
        }
      }
      last = next
      result.append(next)
    }
    return result
  }

  /// One token for each row of hidden states; the logits are stored only where the rule has to see
  /// them.
  private func token(after hidden: Tensor, by rule: SamplingRule, key: UInt64) -> Indices {
    let rows = hidden.shape[0]
    return Indices(shape: [rows]) { buffer in
      guard let target = buffer.baseAddress, rows > 0 else { return }
      if rule.isPlain {
        let (x, weight, bias) = (
          hidden.contiguous(), output.weight.contiguous(), output.bias.contiguous()
        )
        let isDone = x.withBase { x in
          weight.withBase { weight in
            bias.withBase { bias in
              Kernels.affineCategorical(
                key, rows, recurrence.units, vocabulary, x, weight, bias, target)
            }
          }
        }
        if isDone { return }
      }
      rule.applied(to: output(hidden)).withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.categorical(key, rows, vocabulary, source, rows, target)
      }
    }
  }
}

extension Classes {
  /// One step of a list of sequences [rows, steps].
  func column(_ step: Int) -> Indices {
    let (rows, steps) = (shape[0], shape[1])
    return Indices(shape: [rows]) { buffer in
      for row in 0..<rows { buffer[row] = indices.values[row * steps + step] }
    }
  }
}
