import Formats
import Runs

/// The results of a run, a line of JSON each, in the order of their arrival.
///
/// The first line says of which problem they are. A last line that was torn is dropped.
struct Journal: Sendable {
  private let path: String
  private let isNoisy: Bool
  private var outcomes: [Key: CostAnswer.Outcome] = [:]

  /// What a result is of: a point, and where values are noisy one question about it.
  private struct Key: Hashable {
    let point: Point
    let id: Int?
  }

  static let name = "journal.jsonl"

  /// The journal of a run folder, made where there is none.
  ///
  /// - Parameter problem: what the first line has to say.
  init(in folder: RunFolder, of problem: JSON, _ space: SearchSpace, isNoisy: Bool) throws {
    path = folder.file(Journal.name)
    self.isNoisy = isNoisy
    guard try fileExists(path) else {
      try append(Array("\(problem)\n".utf8), to: path)
      return
    }
    for (number, json) in try Journal.lines(path, of: problem) {
      guard let text = json["point"]?.string, let outcome = CostAnswer.Outcome(json),
        let id = json["id"]?.whole(in: 0...JSON.mostWhole)
      else {
        throw FormatError(.malformed, "\(path): line \(number): not a result: '\(json)'")
      }
      do throws(SpaceError) {
        let point = try space.point(of: text)
        let key = key(of: id, point)
        if outcomes[key] == nil { outcomes[key] = outcome }
      } catch {
        throw FormatError(.malformed, "\(path): line \(number): \(error)")
      }
    }
  }

  private func key(of id: Int, _ point: Point) -> Key { Key(point: point, id: isNoisy ? id : nil) }

  /// Number of results.
  var count: Int { outcomes.count }

  /// The result of a question, `nil` where it has none.
  func outcome(of question: BlackBoxOptimizer.Question) -> CostAnswer.Outcome? {
    outcomes[key(of: question.id, question.point)]
  }

  /// The lines behind the first with their numbers, without a last one that was torn, which is
  /// taken out of the file: what is appended begins where the last whole line ends.
  ///
  /// - Throws: `FormatError` for a line that is not JSON, or a first one of another problem.
  static func lines(
    _ path: String, of problem: JSON
  ) throws(FormatError) -> [(number: Int, json: JSON)] {
    let bytes = try storedBytes(path)
    let whole = bytes[..<((bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }) ?? 0)]
    guard !whole.isEmpty else {
      try atomicWrite(Array("\(problem)\n".utf8), to: path)
      return []
    }
    if whole.count < bytes.count { try atomicWrite(Array(whole), to: path) }
    var lines: [(number: Int, json: JSON)] = []
    for (index, line) in whole.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let json = try? JSON(parsing: line) else {
        throw FormatError(
          .malformed, "\(path): line \(index + 1): not JSON: '\(excerpt(line))'")
      }
      lines.append((index + 1, json))
    }
    try check(lines.removeFirst().json, against: problem, path)
    return lines
  }

  private static func check(
    _ found: JSON, against problem: JSON, _ path: String
  ) throws(FormatError) {
    guard found != problem, case .object(let members) = problem else { return }
    let other = members.first { found[$0.key] != $0.value }
    let (key, value) = (other?.key ?? "problem", other?.value ?? problem)
    throw FormatError(
      .malformed,
      "\(path): a journal of another problem: its \(key) is \(found[key] ?? .null), expected \(value)"
    )
  }

  /// Adds a result.
  mutating func add(_ id: Int, _ point: Point, text: String, _ outcome: CostAnswer.Outcome) throws {
    outcomes[key(of: id, point)] = outcome
    let line = JSON.object(
      [.init("id", JSON(id)), .init("point", JSON(text)), outcome.member])
    try append(Array("\(line)\n".utf8), to: path)
  }

  /// Waits until all results are on the disk.
  func synchronize() throws(FormatError) { try Formats.synchronize(path) }
}

extension CostAnswer.Outcome {
  var member: JSON.Member {
    switch self {
    case .value(let value): .init("value", JSON(value))
    case .infeasible: .init("infeasible", true)
    case .failed(let reason): .init("failed", JSON(reason))
    }
  }

  init?(_ json: JSON) {
    if let value = json["value"]?.number {
      self = .value(value)
    } else if json["infeasible"] == true {
      self = .infeasible
    } else if let reason = json["failed"]?.string {
      self = .failed(reason)
    } else {
      return nil
    }
  }
}
