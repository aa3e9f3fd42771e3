import Formats
import Runs

/// The results of a run, a line of JSON each, in the order of their arrival.
///
/// The first line says of which problem they are. A last line that was torn is dropped.
struct Journal: Sendable {
  private let path: String
  private(set) var outcomes: [Point: CostAnswer.Outcome] = [:]

  static let name = "journal.jsonl"

  /// The journal of a run folder, made where there is none.
  ///
  /// - Parameter problem: what the first line has to say.
  init(in folder: RunFolder, of problem: JSON, _ space: SearchSpace) throws {
    path = folder.file(Journal.name)
    guard try fileExists(path) else {
      try append(Array("\(problem)\n".utf8), to: path)
      return
    }
    let bytes = try storedBytes(path)
    let whole = bytes[..<((bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }) ?? 0)]
    guard !whole.isEmpty else {
      try atomicWrite(Array("\(problem)\n".utf8), to: path)
      return
    }
    for (index, line) in whole.split(separator: UInt8(ascii: "\n")).enumerated() {
      let place = "\(path): line \(index + 1)"
      guard let json = try? JSON(parsing: line) else {
        throw FormatError(.malformed, "\(place): not JSON: '\(excerpt(line))'")
      }
      guard index > 0 else {
        try check(json, against: problem)
        continue
      }
      guard let text = json["point"]?.string, let outcome = CostAnswer.Outcome(json) else {
        throw FormatError(.malformed, "\(place): not a result: '\(excerpt(line))'")
      }
      do throws(SpaceError) {
        let point = try space.point(of: text)
        if outcomes[point] == nil { outcomes[point] = outcome }
      } catch {
        throw FormatError(.malformed, "\(place): \(error)")
      }
    }
    // A line that is appended begins where the last whole one ends.
    if whole.count < bytes.count { try atomicWrite(Array(whole), to: path) }
  }

  private func check(_ found: JSON, against problem: JSON) throws(FormatError) {
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
    outcomes[point] = outcome
    let line = JSON.object(
      [.init("id", JSON(id)), .init("point", JSON(text)), outcome.member])
    try append(Array("\(line)\n".utf8), to: path)
  }

  /// Waits until all results are on the disk.
  func synchronize() throws(FormatError) { try Formats.synchronize(path) }
}

extension CostAnswer.Outcome {
  fileprivate var member: JSON.Member {
    switch self {
    case .value(let value): .init("value", JSON(value))
    case .infeasible: .init("infeasible", true)
    case .failed(let reason): .init("failed", JSON(reason))
    }
  }

  fileprivate init?(_ json: JSON) {
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
