import Learning
import Stochastics
public import Tensors

extension SequenceGenerator {
  /// Sequences as points [count, length, vocabulary] through which a gradient runs, each token fed
  /// back as it was drawn.
  ///
  /// Hard, every token is exactly one-hot and has the gradient of the relaxed one, which is
  /// straight-through Gumbel-Softmax; soft, the network sees mixtures of embeddings, and no
  /// sequence may end. Biased both ways. One word is taken from the generator. Kusner and
  /// Hernández-Lobato (2016), GANs for sequences of discrete elements with the Gumbel-softmax
  /// distribution.
  ///
  /// - Complexity: the memory of `length` softmaxes over the vocabulary.
  public func relaxed(
    _ count: Int, temperature: Double, isHard: Bool = true,
    using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    require(count > 0, "\(count) relaxed sequences")
    require(isHard || end == nil, "soft sequences that end")
    var noise = Philox(seed: generator.next())
    var state = recurrence.initialState(rows: count)
    var input = embedding(Indices([Int](repeating: start, count: count), shape: [count]))
    var tokens: [Tensor] = []
    let last = end.map { Indices([$0], shape: [1]).oneHot(classes: vocabulary) }
    var hasEnded = Tensor.zeros([count, 1])
    for step in 0..<length {
      state = recurrence.step(input, from: state)
      let law = Categorical(logits: output(state.hidden).reshaped([count, 1, vocabulary]))
      var token = law.relaxed(1, temperature: temperature, isHard: isHard, using: &noise)
        .reshaped([count, vocabulary])
      if let end, let last {
        token = token * (1 - hasEnded) + last * hasEnded
        hasEnded = token.detached().sliced(along: 1, end..<end + 1)
      }
      tokens.append(token)
      if step + 1 < length { input = embedding(relaxed: token) }
    }
    return stack(tokens, along: 1)
  }
}
