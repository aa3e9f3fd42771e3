public import Formats
public import Learning
public import Tensors

/// Work that can be stopped between any two pieces and goes on bit for bit.
///
/// All that changes is in its tensors and in `progress`; all noise is a function of a seed and of
/// how far the work is. `Run` drives it: folder, resume, interruption, logging and checkpoints are
/// there.
public protocol Job: Parameterized, Sendable {
  /// The processes that work on it together.
  var ranks: RankGroup { get }

  /// Has several processes work on it together, each of which has made the same.
  ///
  /// - Throws: `Failure` of kind `usage` where they cannot share it out.
  mutating func spread(over ranks: RankGroup) throws

  /// Updates so far, which lines of metrics and messages name.
  var step: Int { get }

  /// Updates of the whole work, `nil` where nobody knows.
  var stepCount: Int? { get }

  /// Whole passes over the data so far, `nil` where there are none.
  var epoch: Int? { get }

  /// The rate of the next update, `nil` where there is none.
  var learningRate: Double? { get }

  /// The present phase, a word for the progress bar.
  var phase: String { get }

  /// How much is done after so many seconds of training, in 0...1; at 1 the run ends.
  func share(after seconds: Double) -> Double

  /// The figures behind the progress bar.
  var caption: String { get }

  /// All that changes beside the tensors, for the checkpoint.
  var progress: [String: String] { get }

  /// Takes up progress after the tensors of the same checkpoint have been restored.
  ///
  /// - Throws: `FormatError` for texts that cannot be, `Failure` where the work cannot go on from
  ///   there.
  mutating func restore(_ progress: SavedProgress) throws

  /// Does the next piece; returns what is to be logged of it, if anything.
  ///
  /// A piece takes well below a second; a longer one calls `stop` between its parts. Whatever it
  /// throws, `NonFiniteError` and `Stopped` among others, the job is unchanged then.
  mutating func advance(_ stop: StopCheck) throws -> Observation?

  /// Whether the state after the last piece is one to evaluate.
  var isEvaluationDue: Bool { get }

  /// Measures the state; throws with the job unchanged, as `advance` does.
  mutating func evaluate(_ stop: StopCheck) throws -> Evaluation

  /// The figures of the end, for `summary.json`.
  func summary(_ stop: StopCheck) throws -> [JSON.Member]

  /// A picture or texts to look at, `nil` for none: equal states make equal ones.
  func samples() throws -> Samples?
}

extension Job {
  public var ranks: RankGroup { .alone }
  public mutating func spread(over ranks: RankGroup) throws {
    guard ranks.count == 1 else {
      throw Failure(.usage, "\(ranks.count) ranks cannot share out this kind of run")
    }
  }
  public var stepCount: Int? { nil }
  public var epoch: Int? { nil }
  public var learningRate: Double? { nil }
  public var phase: String { "training" }
  public var caption: String { "" }
  public func summary(_ stop: StopCheck) throws -> [JSON.Member] { [] }
  public func samples() throws -> Samples? { nil }
}

/// The figures that a piece of work logs.
public struct Observation: Sendable {
  /// Members of a line of metrics, to which the run adds step, epoch, seconds and learning rate.
  public var figures: [JSON.Member]
  /// Tensors by name, whose histograms go into the event file.
  public var tensors: [(name: String, tensor: Tensor)]

  public init(_ figures: [JSON.Member], tensors: [(name: String, tensor: Tensor)] = []) {
    self.figures = figures
    self.tensors = tensors
  }
}

/// Something to look at that a model has made.
public enum Samples: Sendable {
  case image(ImageGrid)
  /// One text a line.
  case texts([String])

  /// The bytes of their file, and how its name ends.
  var file: (ending: String, bytes: [UInt8]) {
    switch self {
    case .image(let grid): ("png", grid.png())
    case .texts(let texts): ("txt", Array(texts.map { $0 + "\n" }.joined().utf8))
    }
  }
}

/// The result of an evaluation.
public struct Evaluation: Sendable {
  /// Members of a line of metrics, to which the run adds step, epoch, seconds and learning rate.
  public let figures: [JSON.Member]
  /// Whether no state before was as good; that checkpoint is kept as the best.
  public let isBest: Bool

  public init(_ figures: [JSON.Member], isBest: Bool = false) {
    self.figures = figures
    self.isBest = isBest
  }
}

/// Asks within a long piece of work whether the run is to stop.
public struct StopCheck: Sendable {
  let isRequested: @Sendable () -> Bool

  /// - Parameter isRequested: whether somebody has asked the run to stop.
  public init(_ isRequested: @escaping @Sendable () -> Bool) {
    self.isRequested = isRequested
  }

  /// Never stops.
  public static let never = StopCheck { false }

  /// Throws `Stopped` if the run is to stop.
  public func callAsFunction() throws(Stopped) {
    if isRequested() { throw Stopped() }
  }
}

/// A piece of work was given up, with nothing changed, because the run is to stop.
public struct Stopped: Error {
  public init() {}
}
