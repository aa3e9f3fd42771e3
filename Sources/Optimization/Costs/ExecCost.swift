public import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A program that is run once for each point and whose last line of output is the value.
///
/// The point stands in place of `{}`, or behind the last word.
public struct ExecCost: CostSource {
  private let program: Program
  private let workers: Int
  private let timeOut: Double?
  private var waiting: [AskedPoint] = []
  private var running: [Execution] = []
  private let clock = ContinuousClock()

  /// Bytes of the longest output that a program may write.
  private static let longestOutput = 1 << 24

  /// - Parameters:
  ///   - workers: processes at a time.
  ///   - timeOut: seconds that a process may take, `nil` for any number.
  public init(_ program: Program, workers: Int = 1, timeOut: Double? = nil) {
    self.program = program
    self.workers = workers
    self.timeOut = timeOut
  }

  public mutating func submit(_ id: Int, _ point: Point, text: String) {
    waiting.append(AskedPoint(id: id, text: text))
  }

  public mutating func next(_ stop: StopCheck) throws -> CostAnswer {
    while true {
      try stop()
      while running.count < workers, !waiting.isEmpty {
        let task = waiting.removeFirst()
        running.append(
          Execution(
            process: try ChildProcess(program.words(for: task.text), hasInput: false), task: task,
            since: clock.now))
      }
      var files = running.map {
        pollfd(fd: $0.process.output, events: Int16(POLLIN), revents: 0)
      }
      poll(&files, nfds_t(files.count), 100)
      for place in running.indices {
        if let answer = try attend(place) {
          running.remove(at: place)
          return answer
        }
      }
    }
  }

  /// Reads what a process has written; returns the answer of one that has ended.
  private mutating func attend(_ place: Int) throws(Failure) -> CostAnswer? {
    let process = running[place].process
    let hasEnded = process.ending != nil
    let isOpen = process.read(into: &running[place].output)
    let run = running[place]
    guard run.output.count <= ExecCost.longestOutput else {
      throw Failure(
        .badData,
        "\(name): more than \(ExecCost.longestOutput) bytes of output at point \(run.task.text): '\(excerpt(run.output[...]))'"
      )
    }
    guard hasEnded || !isOpen else {
      if let timeOut, clock.now - run.since > .seconds(timeOut) {
        throw Failure(
          .inputOutput, "\(name): no end at point \(run.task.text) within \(timeOut) s")
      }
      return nil
    }
    let ending = process.ending(within: 500)
    guard process.hasSucceeded else {
      throw Failure(.inputOutput, "\(name): ended with \(ending) at point \(run.task.text)")
    }
    return CostAnswer(run.task.id, try outcome(of: run))
  }

  private func outcome(of run: Execution) throws(Failure) -> CostAnswer.Outcome {
    let lines = run.output.split(separator: UInt8(ascii: "\n"))
    guard let line = lines.last else {
      throw Failure(
        .badData, "\(name): nothing written at point \(run.task.text), expected a number")
    }
    let words = String(decoding: line, as: UTF8.self).split(
      maxSplits: 1, whereSeparator: { $0.isWhitespace })
    guard let outcome = CostAnswer.Outcome(words.joined(separator: " ")[...]) else {
      throw Failure(
        .badData,
        "\(name): the last line at point \(run.task.text) is '\(excerpt(line))', expected a number"
      )
    }
    return outcome
  }

  private var name: String { "'\(program.text)'" }
}

/// One run of a program.
private struct Execution: Sendable {
  let process: ChildProcess
  let task: AskedPoint
  let since: ContinuousClock.Instant
  var output: [UInt8] = []
}
