public import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A program that is started once for each worker and answers lines with lines.
///
/// A worker gets a header, one JSON object, and then `id TAB point` on each line; it answers `id
/// TAB number` in any order. Its next point is written before it has answered the last one, so that
/// it never waits. In batches it gets some of these and an empty line, and the next batch
/// when all are answered. One that ends is started again and asked again what it owes.
public struct CommandCost: CostSource {
  /// How a program is run.
  public struct Options: Sendable {
    public var workers: Int
    /// Points a worker is asked at once; `nil` for one after another without empty lines.
    public var batch: Int?
    /// Seconds that an answer may take, `nil` for any number.
    public var timeOut: Double?

    public init(workers: Int = 1, batch: Int? = nil, timeOut: Double? = nil) {
      self.workers = workers
      self.batch = batch
      self.timeOut = timeOut
    }
  }

  private let program: Program
  private let options: Options
  private let header: String
  private let tell: @Sendable (String) -> Void
  private var workers: [Worker?]
  private var waiting: [AskedPoint] = []
  private var answers: [CostAnswer] = []
  private let clock = ContinuousClock()
  private var hasHinted = false

  /// How often a point is asked of workers that end before they answer it.
  private static let mostTries = 3
  /// Points that a worker without batches is given at once.
  static let mostOwed = 2
  /// Bytes of the longest line that a worker may answer.
  private static let longestLine = 1 << 16
  /// Seconds without a first answer after which a hint is given.
  private static let patience = Duration.seconds(10)

  /// - Parameters:
  ///   - header: the first line that each worker gets.
  ///   - tell: tells the user something.
  public init(
    _ program: Program, _ options: Options, header: String,
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.program = program
    self.options = options
    self.header = header
    self.tell = tell
    workers = Array(repeating: nil, count: options.workers)
  }

  public mutating func submit(_ id: Int, _ point: Point, text: String) {
    waiting.append(AskedPoint(id: id, text: text))
  }

  public mutating func next(_ stop: StopCheck) throws -> CostAnswer {
    while answers.isEmpty {
      try stop()
      try dispatch()
      wait()
      for place in workers.indices { try attend(place) }
    }
    return answers.removeFirst()
  }

  /// Gives waiting points to workers: first to those that have none.
  private mutating func dispatch() throws(Failure) {
    try dispatch(toOwing: 0)
    guard options.batch == nil else { return }
    for count in 1..<CommandCost.mostOwed { try dispatch(toOwing: count) }
  }

  private mutating func dispatch(toOwing count: Int) throws(Failure) {
    for place in workers.indices {
      guard !waiting.isEmpty else { return }
      guard (workers[place]?.tasks.count ?? 0) == count else { continue }
      var worker: Worker
      if let own = workers[place] {
        worker = own
      } else {
        worker = Worker(try ChildProcess(program.words, hasInput: true), header)
      }
      let tasks = waiting.prefix(options.batch ?? 1)
      waiting.removeFirst(tasks.count)
      worker.ask(Array(tasks), isBatch: options.batch != nil, at: clock.now)
      workers[place] = worker
    }
  }

  /// Sleeps until a worker can be read from or written to, a tenth of a second at most.
  private mutating func wait() {
    var files: [pollfd] = []
    for place in workers.indices {
      workers[place]?.flush()
      guard let worker = workers[place], !worker.tasks.isEmpty else { continue }
      files.append(pollfd(fd: worker.process.output, events: Int16(POLLIN), revents: 0))
      if worker.isBlocked, let input = worker.process.input {
        files.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0))
      }
    }
    poll(&files, nfds_t(files.count), 100)
  }

  /// Reads what a worker has written, and finds out whether it ended or takes too long.
  private mutating func attend(_ place: Int) throws(Failure) {
    guard var worker = workers[place] else { return }
    let isOpen = worker.process.read(into: &worker.received)
    while let line = worker.nextLine() {
      answers.append(try answer(line, &worker))
      worker.since = clock.now
    }
    guard worker.received.count <= CommandCost.longestLine else {
      throw Failure(
        .badData,
        "\(name): a line of more than \(CommandCost.longestLine) bytes\(about(worker)): '\(excerpt(worker.received[...]))'"
      )
    }
    workers[place] = worker
    if !isOpen || worker.process.ending != nil {
      try restart(worker, place)
    } else if let first = worker.tasks.first {
      try check(worker, first)
    }
  }

  private func answer(_ line: ArraySlice<UInt8>, _ worker: inout Worker) throws(Failure)
    -> CostAnswer
  {
    let text = String(decoding: line, as: UTF8.self)
    let parts = text.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let id = Int(parts[0]), let outcome = CostAnswer.Outcome(parts[1])
    else {
      throw Failure(
        .badData,
        "\(name): answered '\(excerpt(line))'\(about(worker)), expected id, tab, number")
    }
    guard let index = worker.tasks.firstIndex(where: { $0.id == id }) else {
      let trouble = worker.answered.contains(id) ? "a second answer to" : "an answer to the unknown"
      throw Failure(.badData, "\(name): \(trouble) id \(id): '\(excerpt(line))'\(about(worker))")
    }
    worker.tasks.remove(at: index)
    worker.answered.insert(id)
    return CostAnswer(id, outcome)
  }

  private mutating func restart(_ worker: Worker, _ place: Int) throws(Failure) {
    workers[place] = nil
    guard !worker.tasks.isEmpty else { return }
    let ending = worker.process.ending(within: 500)
    let tasks = worker.tasks.map { task in
      AskedPoint(id: task.id, text: task.text, tries: task.tries + 1)
    }
    if let hopeless = tasks.first(where: { $0.tries >= CommandCost.mostTries }) {
      throw Failure(
        .inputOutput,
        "\(name): ended with \(ending) before it answered point \(hopeless.text), \(hopeless.tries) times"
      )
    }
    tell("\(name): ended with \(ending), is started again and asked point \(tasks[0].text) again")
    waiting = tasks + waiting
  }

  private mutating func check(_ worker: Worker, _ task: AskedPoint) throws(Failure) {
    let taken = clock.now - worker.since
    if let timeOut = options.timeOut, taken > .seconds(timeOut) {
      let question = worker.answered.isEmpty ? ", nor any before: does it flush its output?" : ""
      throw Failure(
        .inputOutput, "\(name): no answer to point \(task.text) within \(timeOut) s\(question)")
    }
    if worker.answered.isEmpty, !hasHinted, taken > CommandCost.patience {
      hasHinted = true
      tell(
        "\(name): no answer to the first point for \(CommandCost.patience.components.seconds) s: if that is too long, does it flush its output?"
      )
    }
  }

  private var name: String { "'\(program.text)'" }

  private func about(_ worker: Worker) -> String {
    worker.tasks.first.map { " while asked point \($0.text)" } ?? ""
  }
}

/// A point that a program is to evaluate.
struct AskedPoint: Sendable {
  let id: Int
  let text: String
  /// How often it was asked in vain.
  var tries = 0
}

/// The beginning of a line from outside, for a message.
func excerpt(_ line: ArraySlice<UInt8>) -> String {
  let text = String(decoding: line.prefix(80), as: UTF8.self)
  return line.count > 80 ? text + "…" : text
}

/// One process of a program, and what it was asked.
private struct Worker: Sendable {
  let process: ChildProcess
  /// What it owes, in the order in which it was asked.
  var tasks: [AskedPoint] = []
  var answered: Set<Int> = []
  /// The time since which it owes its next answer.
  var since = ContinuousClock.now
  var received: [UInt8] = []
  private var outgoing: [UInt8]

  init(_ process: ChildProcess, _ header: String) {
    self.process = process
    outgoing = Array("\(header)\n".utf8)
  }

  /// Whether it has not taken all that is for it.
  var isBlocked: Bool { !outgoing.isEmpty }

  mutating func ask(_ tasks: [AskedPoint], isBatch: Bool, at time: ContinuousClock.Instant) {
    if self.tasks.isEmpty { since = time }
    self.tasks += tasks
    for task in tasks { outgoing += Array("\(task.id)\t\(task.text)\n".utf8) }
    if isBatch { outgoing.append(UInt8(ascii: "\n")) }
  }

  /// Writes what it takes; what nobody reads is found out by reading.
  mutating func flush() {
    guard isBlocked else { return }
    if let count = process.write(outgoing[...]) { outgoing.removeFirst(count) }
  }

  mutating func nextLine() -> ArraySlice<UInt8>? {
    guard let end = received.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    var line = received[..<end]
    received = Array(received[(end + 1)...])
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return line
  }
}
