import Formats
import Tensors

/// The traces of a run while it works: lines of metrics, their curves, samples, and all
/// of it for TensorBoard.
struct RunRecord {
  let metrics: Metrics
  private let folder: RunFolder
  private var curves = Curves()
  private var events: EventFile?
  private var drawing = Pace()
  /// The step of the latest line.
  private var logged: Int?
  /// The step of the latest samples.
  private var pictured: Int?

  init(_ folder: RunFolder) {
    self.folder = folder
    metrics = Metrics(folder)
  }

  /// Begins a session, which takes up what the run has left so far.
  ///
  /// - Parameters:
  ///   - step: how far the run is; `nil` where it begins.
  ///   - settings: the hyper-parameters.
  mutating func begin(after step: Int?, settings: JSON) throws(FormatError) {
    curves = Curves(try metrics.lines())
    pictured = folder.samples.last?.step
    var file = try EventFile(in: folder, from: step.map { $0 + 1 } ?? 0)
    file.add([HyperParameters.start(settings, group: folder.path)], at: step ?? 0)
    events = file
  }

  /// Ends a run that is finished.
  ///
  /// - Parameter figures: those of its summary.
  mutating func finish(_ figures: [JSON.Member], at step: Int) throws(FormatError) {
    events?.add(figures, prefix: "final/", at: step)
    events?.add([HyperParameters.end()], at: step)
    try flush()
  }

  /// Logs a line, and histograms of tensors.
  mutating func log(
    _ line: [JSON.Member], tensors: [(name: String, tensor: Tensor)], at step: Int
  ) throws(FormatError) {
    try metrics.log(.object(line))
    curves.add(.object(line))
    // Where a step has two lines, the second one repeats what stands before its figures.
    let axes = ["step", "seconds"] + (step == logged ? ["epoch", "learning_rate"] : [])
    events?.add(line.filter { !axes.contains($0.key) }, at: step)
    logged = step
    events?.add(
      tensors.compactMap { SummaryValue.histogram($0.name, $0.tensor) }, at: step)
  }

  /// Writes what TensorBoard is to see by now.
  mutating func flush() throws(FormatError) {
    var file = events
    try file?.flush()
    events = file
  }

  /// Draws the curves, unless that would take a noticeable share of the run's time.
  mutating func draw() throws(FormatError) {
    if drawing.isDue { try redraw() }
  }

  /// Draws the curves.
  mutating func redraw() throws(FormatError) {
    drawing.begin()
    let picture = curves.chart(title: FileName.last(of: folder.path)).svg()
    try atomicWrite(Array(picture.utf8), to: folder.file("curves.svg"))
    drawing.end()
  }

  /// Keeps samples of an evaluated state, at steps that grow further apart as the run goes on, so
  /// that a long run leaves no more than a few dozen.
  mutating func keep(_ samples: () throws -> Samples?, at step: Int) throws {
    if let pictured, Double(step) < Double(pictured) * RunRecord.spread { return }
    guard let found = try samples() else { return }
    try write(found, at: step)
    pictured = step
  }

  /// Writes samples of a step, or of the end of the run.
  mutating func write(_ samples: Samples, at step: Int, isEnd: Bool = false) throws(FormatError) {
    let file = samples.file
    let path = folder.samplePath(at: isEnd ? nil : step, ending: file.ending)
    try atomicWrite(file.bytes, to: path)
    if isEnd, pictured == step { return }
    switch samples {
    case .image: events?.add([.image("samples", png: file.bytes)], at: step)
    case .texts(let texts): events?.add([.texts("samples", texts)], at: step)
    }
    try flush()
  }

  /// The ratio of the steps of two pictures in a row.
  private static let spread = 1.6
}

/// Keeps work that is not the run's own to half a hundredth of the time.
private struct Pace {
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant?
  private var last: (end: ContinuousClock.Instant, cost: Duration)?

  var isDue: Bool { last.map { clock.now - $0.end >= $0.cost * 200 } ?? true }

  mutating func begin() { start = clock.now }

  mutating func end() {
    let now = clock.now
    last = start.map { (now, now - $0) }
  }
}
