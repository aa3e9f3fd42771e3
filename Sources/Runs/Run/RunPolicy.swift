/// How a run is watched and saved; nothing here changes a result.
public struct RunPolicy: Sendable {
  /// The distance between two checkpoints.
  public enum Interval: Sendable, Equatable {
    case seconds(Double)
    case steps(Int)
  }

  public var checkpointEvery: Interval
  /// Whether no progress bar is shown.
  public var isQuiet: Bool
  /// How an interrupted run goes on, the end of a sentence.
  public var advice: String
  /// Whether the run is to stop, asked between pieces of work.
  public var stop: StopCheck
  /// Tells the user something beside the results.
  public var tell: @Sendable (String) -> Void

  public init(
    checkpointEvery: Interval = .seconds(20), isQuiet: Bool = false,
    advice: String = "the same call goes on",
    stop: StopCheck = StopCheck { Interruption.isRequested },
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.checkpointEvery = checkpointEvery
    self.isQuiet = isQuiet
    self.advice = advice
    self.stop = stop
    self.tell = tell
  }
}
