public import Runs
import Tensors

/// A search for the point of the lowest or highest value, driven from outside by `ask` and `tell`.
///
/// The same calls give the same questions: all noise is a function of the seed. Where values are
/// deterministic, which is the default, no point is asked twice: what a method proposes again is
/// answered from memory. Where they are noisy it is asked again, as is the point of the lowest mean
/// until it has as many values as the root of their number; the best is the point whose 95 %
/// interval of the mean ends lowest.
public struct BlackBoxOptimizer: Sendable {
  /// A point whose value is wanted.
  public struct Question: Sendable, Hashable {
    /// The number of the question, from zero.
    public let id: Int
    public let point: Point
  }

  /// The best point so far.
  public struct Best: Sendable, Equatable {
    public let point: Point
    /// Its value; the mean of its values where these are noisy.
    public let value: Double
    /// Half the width of the 95 % interval of a noisy mean, zero of a single value.
    public var interval: Double?
    /// Number of its values.
    public var count = 1
  }

  public let space: SearchSpace
  public let isMaximized: Bool
  /// Whether values differ from call to call.
  public let isNoisy: Bool
  public private(set) var best: Best?
  /// Number of points with a value, or that cannot be; of all values where these are noisy.
  public var evaluations: Int { isNoisy ? noisy.count : known.count }

  private let free: FreeSpace
  private var search: any Search
  private var generator: Philox
  private var start: Point?
  private var asked = 0
  /// Costs of the points that were told, infinite where a point cannot be.
  private var known: [Point: Double] = [:]
  private var noisy = NoisyValues()
  private var open: [Int: Point] = [:]
  /// Questions that are open, and the marks of all proposals that wait for each.
  private var waiting: [Point: (id: Int, marks: [Int?])] = [:]
  /// The next point of a small space when the method finds no new one.
  private var nextListed = 0

  /// Proposals in a row that may be known before the method is taken to have run dry.
  private static let mostRepeats = 1000
  /// Points up to which a space whose method has run dry is listed.
  private static let mostListed = 1 << 20

  /// - Parameters:
  ///   - horizon: evaluations by which schedules are measured.
  ///   - start: a point to ask first.
  /// - Throws: `SettingError` where the method does not fit the space.
  public init(
    _ space: SearchSpace, method: SearchMethod, seed: UInt64, horizon: Int,
    isMaximized: Bool = false, isNoisy: Bool = false, start: Point? = nil
  ) throws(SettingError) {
    self.space = space
    self.isMaximized = isMaximized
    self.isNoisy = isNoisy
    self.start = start
    free = space.free
    generator = Philox(seed: seed, stream: .search)
    search = try method.search(free, horizon: horizon, using: &generator)
  }

  /// Whether every point of the space has a value that stays.
  public var isExhausted: Bool { !isNoisy && free.count == known.count }

  /// Whether the search distribution stands at its margins.
  public var isConverged: Bool { search.isConverged }

  /// Number of questions without an answer.
  var openCount: Int { waiting.count }

  /// How the methods of `auto` did, with their best values.
  var trials: [(trial: SearchTrial, best: Double?)] {
    search.trials.map { trial in
      (trial, trial.cost.isFinite ? isMaximized ? -trial.cost : trial.cost : nil)
    }
  }

  /// A new point to evaluate; `nil` where the value of an open question is needed first, or where
  /// there is nothing new to ask: then no question is open.
  public mutating func ask() -> Question? {
    if let start {
      self.start = nil
      if let question = question(start, mark: nil) { return question }
    }
    if let point = noisy.doubtful, let question = question(point, mark: nil, isAgain: true) {
      return question
    }
    for _ in 0..<BlackBoxOptimizer.mostRepeats {
      guard let proposal = search.propose(using: &generator) else { return nil }
      let point = space.point(free: proposal.values)
      if !isNoisy, let cost = known[point] {
        search.learn(proposal.values, cost: cost, mark: proposal.mark, using: &generator)
      } else if let question = question(
        point, mark: proposal.mark, isAgain: isNoisy)
      {
        return question
      }
    }
    guard waiting.isEmpty else { return nil }
    return listed() ?? noisy.lowest.flatMap { question($0, mark: nil, isAgain: true) }
  }

  /// The question of a point that is not known; `nil` where it is open already, and its answer will
  /// be told for this mark too.
  private mutating func question(
    _ point: Point, mark: Int?, isAgain: Bool = false
  ) -> Question? {
    if waiting[point] != nil {
      if let mark { waiting[point]?.marks.append(mark) }
      return nil
    }
    guard isAgain || known[point] == nil else { return nil }
    defer { asked += 1 }
    waiting[point] = (asked, [mark])
    open[asked] = point
    return Question(id: asked, point: point)
  }

  /// The next point of a small space that is not known.
  private mutating func listed() -> Question? {
    guard let count = free.count, count <= BlackBoxOptimizer.mostListed else { return nil }
    while nextListed < count {
      let point = space.point(free: free.point(at: nextListed))
      nextListed += 1
      if let question = question(point, mark: nil) { return question }
    }
    return nil
  }

  /// The point of an open question; `nil` for another number.
  public func point(of id: Int) -> Point? { open[id] }

  /// Tells the value of a point, asked or not; `nil` and values that are not finite stand for a
  /// point that cannot be.
  ///
  /// The first value of a point counts; returns `false` for a later one, which changes nothing.
  /// Noisy values all count.
  @discardableResult
  public mutating func tell(_ point: Point, _ value: Double?) -> Bool {
    guard isNoisy || known[point] == nil, let values = try? space.freeValues(of: point) else {
      return false
    }
    let value = value.flatMap { $0.isFinite ? $0 : nil }
    var cost = value.map { isMaximized ? -$0 : $0 } ?? .infinity
    if isNoisy {
      cost = noisy.add(point, cost: cost)
      best = noisy.recommended.map { point, interval, count in
        Best(
          point: point, value: isMaximized ? -interval.mean : interval.mean,
          interval: interval.half, count: count)
      }
    } else if let value, best.map({ isMaximized ? value > $0.value : value < $0.value }) ?? true {
      best = Best(point: point, value: value)
    }
    known[point] = cost
    let question = waiting.removeValue(forKey: point)
    if let question { open[question.id] = nil }
    for mark in question?.marks ?? [nil] {
      search.learn(values, cost: cost, mark: mark, using: &generator)
    }
    return true
  }
}
