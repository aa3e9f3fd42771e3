import Formats
import Models
import Runs

extension SequenceConfiguration {
  /// Refuses data, models and batches of a vocabulary that take too much memory, before any is
  /// made.
  func checkMemory(vocabulary: Int) throws {
    try checkSequences()
    try checkModels(vocabulary: vocabulary)
    try checkBatches(vocabulary: vocabulary)
  }

  private func checkSequences() throws {
    // A text has the sequences that its file has; samples are drawn column by column and then put
    // into rows.
    let drawn = data == nil || isGrammar ? self.drawn : 0
    let each = isGrammar ? 12 : 3
    try settings.checkMemory(
      "\(drawn) and \(evaluationSequences) sequences of \(length)",
      [[each, drawn, length], [each, evaluationSequences, length]],
      of: "sequences", "evaluation-sequences", "length")
  }

  private func checkModels(vocabulary: Int) throws {
    if case .hiddenMarkov(let states, _, _) = oracle {
      // Logits, their law, and what sums over the chains.
      try settings.checkMemory(
        "an oracle of \(states) states and \(vocabulary) tokens",
        [[8, states, states], [8, states, vocabulary]], of: "oracle", "vocabulary")
    }
    let own = MemoryBudget.numbersPerWeight
    try settings.checkMemory(
      "training a generator of \(vocabulary) tokens, embedding \(embedding), hidden \(hidden)",
      [
        [own, vocabulary, embedding], [own, embedding, 4, hidden], [own, hidden, 4, hidden],
        [own, hidden, vocabulary],
      ], of: "hidden", "embedding", "vocabulary")
    let maps = SequenceConfiguration.judgeEmbedding
    try settings.checkMemory(
      "training a discriminator of \(vocabulary) tokens and \(filterCount) filters",
      [[own, vocabulary, maps], [2 * own, filterCount, filterCount]]
        + filters.map { [own, maps, $0.width, $0.count] },
      of: "filters", "vocabulary", "discriminator")
  }

  private func checkBatches(vocabulary: Int) throws {
    let tokens = [(batchSize + shards - 1) / shards, length]
    try settings.checkMemory(
      "a batch of \(batchSize) sequences of \(length)",
      [
        // The gates of all steps, and their gradients.
        tokens + [embedding + 8 * hidden],
        // What the discriminator sees of data and samples.
        tokens + [2 * (SequenceConfiguration.judgeEmbedding + filterCount)],
        // Relaxed tokens.
        estimator != .relax && estimator != .straightThrough ? [0] : tokens + [4 * vocabulary],
      ], of: "batch-size", "length", "hidden")
    guard estimator != .straightThrough, reward == .rollOuts else { return }
    try settings.checkMemory(
      "\(rollOuts) roll-outs of a batch of \(batchSize) sequences of \(length)",
      [tokens + [rollOuts, 4]], of: "roll-outs", "batch-size", "length")
  }

  /// Numbers for a token in a discriminator.
  private static let judgeEmbedding = 64

  /// Filters of a convolutional discriminator; a recurrent one needs less memory than they do.
  private var filterCount: Int { filters.reduce(0) { $0 + $1.count } }
}
