import SwiftDiscrete

/// Finds the value of an expression by messages along the arcs of a tree, which it has to find too.
///
/// Two recurrent layers read the expression and score the arcs. The network that finds the value
/// sees the tokens one by one, and their order only in the arcs.
struct TreeReader: Parameterized, Sendable {
  private var words: Embedding
  private var forward: LSTM
  private var backward: LSTM
  private var root: Tensor
  private var headMap: Linear
  private var wordMap: Linear

  private var tokens: Embedding
  private var incoming: Linear
  private var messages: Linear
  private var update: Linear
  private var output: Perceptron
  private let rounds: Int

  /// - Parameter rounds: how often messages go along the arcs.
  init(units: Int, rounds: Int, using generator: inout Philox) {
    let vocabulary = ListOps.vocabulary.count
    let deviation = 1 / Scalar(units).squareRoot()
    words = Embedding(vocabulary: vocabulary, size: units, using: &generator)
    forward = LSTM(inputs: units, units: units, deviation: deviation, using: &generator)
    backward = LSTM(inputs: units, units: units, deviation: deviation, using: &generator)
    root = .randomNormal([2 * units], using: &generator)
    headMap = Linear(inputs: 2 * units, outputs: units, using: &generator)
    wordMap = Linear(inputs: 2 * units, outputs: units, using: &generator)
    // The last token is the root's.
    tokens = Embedding(vocabulary: vocabulary + 1, size: units, using: &generator)
    incoming = Linear(inputs: units, outputs: units, using: &generator)
    messages = Linear(inputs: units, outputs: units, using: &generator)
    update = Linear(inputs: units, outputs: units, using: &generator)
    output = Perceptron(inputs: units, hidden: [units], outputs: 10, using: &generator)
    self.rounds = rounds
  }

  mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("words", &words)
    visitor.visit("forward", &forward)
    visitor.visit("backward", &backward)
    visitor.visit("root", &root)
    visitor.visit("headMap", &headMap)
    visitor.visit("wordMap", &wordMap)
    visitor.visit("tokens", &tokens)
    visitor.visit("incoming", &incoming)
    visitor.visit("messages", &messages)
    visitor.visit("update", &update)
    visitor.visit("output", &output)
  }

  /// Scores of arcs `[sentences, words + 1, words]`.
  func scores(of sentences: Sentences) -> Tensor {
    let (rows, n) = (sentences.count, sentences.words)
    let inputs = words(sentences.tokens).permuted([1, 0, 2])
    let size = inputs.shape[2]
    let reversal = sentences.reversal
    func reversed(_ x: Tensor) -> Tensor {
      x.reshaped([n * rows, size]).gathering(reversal, along: 0)
    }
    let ahead = forward(inputs, from: forward.initialState(rows: rows)).hidden
    let back = backward(reversed(inputs), from: backward.initialState(rows: rows)).hidden
    let states = concatenate([ahead, reversed(back)], along: 2).permuted([1, 0, 2])
    let roots = root.broadcast(to: [rows, 1, 2 * size])
    let heads = headMap(concatenate([roots, states], along: 1))
    return heads.matmul(wordMap(states).transposed()) / Scalar(size).squareRoot()
  }

  /// The cross-entropy of the true values in nats, `[samples, sentences]`, given arcs
  /// `[samples, sentences, words + 1, words]`.
  func crossEntropy(of sentences: Sentences, along arcs: Tensor) -> Tensor {
    let truth = sentences.values.values.map { Int($0) }
    let shape = [arcs.shape[0], sentences.count]
    return -values(of: sentences, along: arcs).logProbability(
      ofClasses: Indices((0..<shape[0]).flatMap { _ in truth }, shape: shape))
  }

  /// The logits of the values, `[samples, sentences, 10]`, given such arcs.
  func values(of sentences: Sentences, along arcs: Tensor) -> Tensor {
    let (samples, rows, n) = (arcs.shape[0], sentences.count, sentences.words)
    let ends = Indices(
      [Int](repeating: ListOps.vocabulary.count, count: rows), shape: [rows, 1])
    let own = incoming(concatenate([tokens(ends), tokens(sentences.tokens)], along: 1))
    let mask = sentences.mask.expandingDimensions(at: -1)
    let shape = [samples, rows, n + 1, own.shape[2]]
    var states = update(own.relu()).tanh().broadcast(to: shape)
    for _ in 0..<rounds {
      let sent = messages(states.sliced(along: 2, 1..<(n + 1))) * mask
      states = update((own + arcs.matmul(sent)).relu()).tanh()
    }
    return output(states.sliced(along: 2, at: 0))
  }
}
