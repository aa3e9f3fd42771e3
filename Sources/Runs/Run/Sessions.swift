import Formats

/// The processes that have worked on a run, in `sessions.json`: from which step to which, and how
/// long.
///
/// Seconds are those of the pieces of work; evaluations, saving and reading the data do not count.
struct Sessions {
  private var earlier: [JSON]
  private var start = 0
  private var step = 0
  private var own = 0.0
  private let before: Double
  private static let name = "sessions.json"

  init(of folder: RunFolder) throws {
    let path = folder.file(Sessions.name)
    earlier = try fileExists(path) ? try JSON(file: path).array ?? [] : []
    before = earlier.reduce(0) { $0 + ($1["seconds"]?.number ?? 0) }
  }

  /// Seconds of all sessions.
  var seconds: Double { before + own }

  mutating func begin(at step: Int) {
    start = step
    self.step = step
  }

  mutating func add(_ seconds: Double, step: Int) {
    own += seconds
    self.step = step
  }

  private var perSecond: Double { Double(step - start) / max(own, 1e-9) }

  /// The pace of this session, for the progress bar.
  var rate: String {
    perSecond >= 10 ? "\(Int(min(perSecond, 1e9))) steps/s" : "\(rounded(perSecond, 2)) steps/s"
  }

  /// The members of a summary about all sessions and about this one.
  var figures: [JSON.Member] {
    [
      .init("steps", JSON(step)), .init("seconds", JSON(rounded(seconds, 3))),
      .init("steps_per_second", JSON(rounded(perSecond, 3))),
      .init("session_steps", JSON(step - start)), .init("session_seconds", JSON(rounded(own, 3))),
    ]
  }

  func write(to folder: RunFolder, ending: RunFolder.Status) throws(FormatError) {
    let session: JSON = [
      "first_step": JSON(start), "last_step": JSON(step), "seconds": JSON(rounded(own, 3)),
      "end": JSON(ending.rawValue),
    ]
    try folder.write(.array(earlier + [session]), to: Sessions.name)
  }
}
