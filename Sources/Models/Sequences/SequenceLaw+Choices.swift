import Learning
public import Stochastics
import Tensors

extension SequenceLaw {
  public var choiceCount: Int { length }

  public func choices(of sample: Classes) -> [Int32] { sample.indices.values }

  public func sample(_ samples: Int, of choices: [Int32]) -> Classes {
    Classes(
      Indices(shape: [samples, length]) { _ = $0.update(from: choices) }, classCount: vocabulary)
  }
}

/// The tokens of some sequences of a generator, one after the other.
public struct TokenChoices: ChoiceWalk {
  private let generator: SequenceGenerator
  /// The state of the recurrence, which has seen all but the last tokens.
  private var state: LSTM.State
  private var last: [Int32]
  private var hasSeenLast = false
  private var isFirst = true

  init(_ generator: SequenceGenerator, rows: Int) {
    self.generator = generator.detached()
    state = generator.recurrence.initialState(rows: rows)
    last = [Int32](repeating: Int32(generator.start), count: rows)
  }

  public var rows: Int { last.count }

  public mutating func logProbabilities() -> [Double] {
    if !hasSeenLast {
      let tokens = Indices(shape: [rows]) { _ = $0.update(from: last) }
      state = generator.recurrence.step(generator.embedding(tokens), from: state)
      hasSeenLast = true
    }
    let vocabulary = generator.vocabulary
    var logs = generator.output(state.hidden).logSoftmax(along: 1).scalars.map { Double($0) }
    guard let end = generator.end, !isFirst else { return logs }
    for row in 0..<rows where last[row] == Int32(end) {
      for token in 0..<vocabulary {
        logs[row * vocabulary + token] = token == end ? 0 : -.infinity
      }
    }
    return logs
  }

  public mutating func take(_ choices: [Int32]) {
    // A recurrence that was not asked has to see the token before all the same.
    if !hasSeenLast { _ = logProbabilities() }
    checkChoices(choices, of: generator.vocabulary)
    last = choices
    (hasSeenLast, isFirst) = (false, false)
  }

  public mutating func select(_ places: [Int]) {
    state = state.gathering(Indices(places, shape: [places.count]))
    last = places.map { last[$0] }
  }
}

extension SequenceGenerator {
  public func choices(samples: Int) -> TokenChoices { TokenChoices(self, rows: samples) }
}

/// The tokens of some sequences of a hidden chain, one after the other.
public struct EmissionChoices: ChoiceWalk {
  private let ahead: Tensor
  private let emission: Tensor
  /// The log-probabilities of the hidden state given the tokens so far, [rows, states].
  private var hidden: Tensor

  init(_ chain: HiddenMarkovModel, rows: Int) {
    let plain = chain.detached()
    ahead = plain.transition.logSoftmax(along: 1)
    emission = plain.emission.logSoftmax(along: 1)
    hidden = plain.initial.logSoftmax(along: 0).expandingDimensions(at: 0)
      .broadcast(to: [rows, chain.states])
  }

  public var rows: Int { hidden.shape[0] }

  public func logProbabilities() -> [Double] {
    (hidden.expandingDimensions(at: 2) + emission).logSumExp(along: 1).scalars.map { Double($0) }
  }

  public mutating func take(_ choices: [Int32]) {
    checkChoices(choices, of: emission.shape[1])
    let tokens = Indices(shape: [rows]) { _ = $0.update(from: choices) }
    let joint = hidden + emission.transposed().gathering(tokens, along: 0)
    let told = joint - joint.logSumExp(along: 1, keepingDimensions: true)
    hidden = (told.expandingDimensions(at: 2) + ahead).logSumExp(along: 1)
  }

  public mutating func select(_ places: [Int]) {
    hidden = hidden.gathering(Indices(places, shape: [places.count]), along: 0)
  }
}

extension HiddenMarkovModel {
  public func choices(samples: Int) -> EmissionChoices { EmissionChoices(self, rows: samples) }
}
