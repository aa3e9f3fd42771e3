/// The uses of the noise of a seed: every stream that a run or a study takes from its seed.
///
/// The one register: two uses never share a number, so their noise never meets.
public enum SeedStream: UInt64, CaseIterable, Sendable {
  // Data.
  /// The order of the images in an epoch, folded by the epoch.
  case order = 1
  /// The coins that make gray pixels binary, folded by the visit.
  case coins = 2
  /// The order of the queries of a ranker, folded by the epoch.
  case queryOrder = 3
  /// The queries that a ranker keeps out of training.
  case heldOutQueries = 4
  /// The oracle of a sequence model, its training and its test samples, and molecules.
  case oracle = 100
  case oracleTraining = 101
  case oracleTest = 102
  case molecules = 103

  // Models.
  /// The weights of a model and of its estimators.
  case weights = 10
  /// The noise of training steps, folded by the step.
  case steps = 11
  /// Pictures and sample texts.
  case pictures = 13
  /// The discriminator and the learned part of a sequence model's gradient.
  case discriminator = 201
  case gradient = 206
  /// The order of the sequences, folded by the epoch.
  case sequenceOrder = 202
  /// Rounds of a discriminator, folded by the round.
  case teaching = 203
  /// Steps after a discriminator, folded by the step.
  case following = 204
  /// Validation and test sequences of a sorter.
  case sorterValidation = 311
  case sorterTest = 312

  // Measurements.
  /// Held-out bounds.
  case evaluation = 0xE7A1
  /// Held-out figures of sequences.
  case sequenceEvaluation = 205
  /// Sequences at several temperatures.
  case sequenceSweep = 207
  /// Diagnostics between evaluations.
  case diagnostics = 0xD1A6
  /// The pilot runs of `auto`.
  case pilot = 0xA070
  /// The learning and the draws of a gradient study.
  case studyPilot = 400
  case studyDraws = 401
  /// Weights of the estimators that a comparison makes.
  case comparison = 7
  /// The network of a comparison problem, and its training.
  case problem = 402
  case problemTraining = 403
  /// The steps and the gradients of an ablation.
  case ablationSteps = 404
  case ablationGradients = 405

  // Codes.
  /// The words below a message, which bits back take first.
  case codes = 500
  /// The order in which a network for any order writes bits.
  case codeOrder = 501

  // Searches.
  /// The proposals of a search for the best point.
  case search = 600
}

extension Philox {
  /// The generator of one use of a seed.
  public init(seed: UInt64, stream: SeedStream) {
    self = Philox(seed: seed).folding(stream.rawValue)
  }
}
