import Learning
public import Stochastics
public import Tensors

extension SequenceGenerator {
  /// For every step of sequences [rows, length], the mean reward of completions of what stands up
  /// to there; [rows, length].
  ///
  /// An unbiased estimate of the expected reward given the prefix; the last step has the reward of
  /// the sequence itself. Nothing is recorded, and one word is taken from the generator. Yu et al.
  /// (2017), SeqGAN, equation 4.
  ///
  /// - Parameters:
  ///   - copies: completions of every prefix.
  ///   - reward: of whole sequences [n, length], of shape [n].
  /// - Complexity: about copies · length² / 2 steps for every row.
  public func rollOutRewards<E: Error>(
    of sequences: Classes, copies: Int, using generator: inout some RandomNumberGenerator,
    reward: (Classes) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    let pause: () throws(E) -> Void = {}
    return try rollOutRewards(
      of: sequences, copies: copies, using: &generator, betweenSteps: pause, reward: reward)
  }

  /// As `rollOutRewards(of:copies:using:reward:)`; `pause` is called between steps of the
  /// completions, and what it throws ends it.
  func rollOutRewards<E: Error>(
    of sequences: Classes, copies: Int, using generator: inout some RandomNumberGenerator,
    betweenSteps pause: () throws(E) -> Void, reward: (Classes) throws(E) -> Tensor
  ) throws(E) -> Tensor {
    require(
      copies > 0 && sequences.shape.count == 2 && sequences.shape[1] == length
        && sequences.classCount == vocabulary,
      "\(copies) roll-outs of sequences \(sequences.shape) of \(sequences.classCount) tokens, the generator has \(length) of \(vocabulary)"
    )
    let rows = sequences.shape[0]
    var noise = Philox(seed: generator.next())
    let plain = detached()
    // Copy k of row r stands at k rows + r.
    let repeated = Indices((0..<copies * rows).map { $0 % rows }, shape: [copies * rows])
    var state = plain.recurrence.initialState(rows: rows)
    var seen = Indices([Int](repeating: start, count: rows), shape: [rows])
    var columns: [Tensor] = []
    for given in 1..<Swift.max(1, length) {
      state = plain.recurrence.step(plain.embedding(seen), from: state)
      seen = sequences.column(given - 1)
      let last = Indices(repeated.values.map { Int(seen.values[Int($0)]) }, shape: repeated.shape)
      let drawn = try plain.drawing(
        length - given, after: last, from: state.gathering(repeated), by: SamplingRule(),
        using: &noise, betweenSteps: pause)
      let whole = Indices(shape: [copies * rows, length]) { buffer in
        for place in 0..<copies * rows {
          let source = place % rows * length
          for step in 0..<given {
            buffer[place * length + step] = sequences.indices.values[source + step]
          }
          for step in given..<length {
            buffer[place * length + step] = drawn[step - given].values[place]
          }
        }
      }
      let rewards = try reward(Classes(whole, classCount: vocabulary)).detached()
      columns.append(rewards.reshaped([copies, rows]).mean(along: 0))
    }
    columns.append(try reward(sequences).detached().reshaped([rows]))
    return stack(columns, along: 1)
  }
}
