public import Formats

/// A run as a list shows it: whatever of its folder can be read.
public struct ListedRun: Sendable {
  public let folder: RunFolder
  /// The configuration; null where it cannot be read.
  public let settings: JSON
  /// `nil` where it has not begun.
  public let status: RunFolder.Status?
  /// The last step that metrics, sessions or summary know of.
  public let step: Int
  /// Seconds of training, in all sessions that have been recorded.
  public let seconds: Double
  /// The figures of the end; null of a run that is not finished.
  public let summary: JSON
  public let lines: [JSON]
  /// The parts that could not be read, a sentence each.
  public let damages: [String]

  /// Reads what a folder has, and never fails.
  public init(_ folder: RunFolder) {
    self.folder = folder
    var damages: [String] = []
    func read(_ name: String) -> JSON {
      do {
        return try fileExists(folder.file(name)) ? folder.read(name) : .null
      } catch {
        damages.append("\(error)")
        return .null
      }
    }
    settings = read("config.json")
    status = folder.status
    summary = read("summary.json")
    let sessions = read("sessions.json").array ?? []
    do {
      let found = try Metrics(folder).readable()
      lines = found.lines
      damages += found.damages
    } catch {
      lines = []
      damages.append("\(error)")
    }
    self.damages = damages
    func whole(_ value: JSON?) -> Int { value?.whole(in: 0...JSON.mostWhole) ?? 0 }
    step = max(
      whole(summary["steps"]), whole(lines.last?["step"]), whole(sessions.last?["last_step"]))
    let recorded = sessions.reduce(0) { $0 + ($1["seconds"]?.number ?? 0) }
    seconds = max(recorded, lines.last?["seconds"]?.number ?? 0)
  }

  /// The run in a folder; throws where it is none.
  public init(opening path: String) throws(FormatError) {
    self.init(try RunFolder(opening: path))
  }

  /// Every run in a folder and those below it, sorted by path, or the folder itself where it is a
  /// run.
  ///
  /// - Throws: `FormatError` of kind `missing` where there is none.
  public static func all(in path: String) throws(FormatError) -> [ListedRun] {
    var path = path
    while path.count > 1 && path.last == "/" { path.removeLast() }
    let found = try paths(in: path)
    guard !found.isEmpty else {
      let reason = try fileExists(path) ? "no run is in it" : "nothing is there"
      throw FormatError(.missing, "\(path): \(reason)")
    }
    return found.sorted().map { ListedRun(RunFolder(at: $0)) }
  }

  /// Links are not followed, which could go round in circles.
  private static func paths(in path: String) throws(FormatError) -> [String] {
    if try fileExists(path + "/config.json") { return [path] }
    var found: [String] = []
    for name in System.names(in: path) ?? [] where System.isFolder("\(path)/\(name)") {
      found += try paths(in: "\(path)/\(name)")
    }
    return found
  }

  /// The name of its model, `nil` where the configuration has none.
  public var model: String? { settings["model"]?.string }

  /// The estimator of its gradients, as it is typed; `nil` where its model has no such
  /// setting.
  public var estimator: String? {
    (settings["estimator"] ?? settings["method"]).flatMap { $0 == .null ? nil : $0.typed }
  }

  public var curves: Curves { Curves(lines) }

  /// The figure that tells most of how good it is: of the end where it is finished, else of the
  /// last evaluation; `nil` where there is none yet.
  public var figure: (name: String, value: Double)? {
    for name in ListedRun.headlines {
      if let value = summary[name]?.number { return (name, value) }
      if let value = lines.last(where: { $0[name]?.number != nil })?[name]?.number {
        return (name, value)
      }
    }
    let own =
      curves.shown.flatMap(\.curves).first { !$0.isOfBatches } ?? curves.shown.first?.curves[0]
    return own.flatMap { curve in curve.points.last.map { (curve.name, $0.value) } }
  }

  /// Figures by how much they tell.
  static let headlines = [
    "test_bound", "validation_bound", "test_exact", "exact", "ndcg_10", "nll_oracle",
    "nll_generator",
  ]

  /// All of it but the lines.
  public var json: JSON {
    [
      "run": JSON(folder.path), "model": model.map { JSON($0) } ?? .null,
      "status": status.map { JSON($0.rawValue) } ?? .null, "step": JSON(step),
      "seconds": JSON(seconds), "figure": figure.map { JSON($0.name) } ?? .null,
      "value": figure.map { JSON($0.value) } ?? .null,
      "estimator": estimator.map { JSON($0) } ?? .null,
      "damages": .array(damages.map { JSON($0) }),
    ]
  }
}
