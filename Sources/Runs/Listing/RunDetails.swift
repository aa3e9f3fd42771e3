package import Formats

/// The content of a run's files, whole.
package struct RunDetails {
  private let run: ListedRun
  private let overrides: JSON
  private let environment: JSON
  private let latest: JSON

  /// Reads the files beside those that a list shows; what cannot be read is left out.
  package init(_ run: ListedRun) {
    self.run = run
    overrides = (try? run.folder.read("overrides.json")) ?? .null
    environment = (try? run.folder.read("environment.json")) ?? .null
    let members = run.lines.flatMap { line -> [JSON.Member] in
      if case .object(let members) = line { members } else { [] }
    }
    let last = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    latest = .object(last.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) })
  }

  package var json: JSON {
    guard case .object(let members) = run.json else { return run.json }
    return .object(
      members + [
        .init("settings", run.settings), .init("overrides", overrides),
        .init("environment", environment), .init("latest", latest),
        .init("summary", run.summary),
      ])
  }

  /// The same for people, in lines that quote files as they are.
  package var lines: [String] {
    [
      "run         \(run.folder.path)", "status      \(run.status?.rawValue ?? "not begun")",
      "step        \(run.step) in \(decimal(run.seconds, 1)) s",
    ] + members(of: run.settings, "settings", marking: overrides)
      + members(of: environment, "environment") + members(of: latest, "latest figures")
      + members(of: run.summary, "summary")
  }

  /// An object, a member a line; a mark stands before members that another object has too.
  private func members(
    of object: JSON, _ title: String, marking other: JSON = .null
  ) -> [String] {
    guard case .object(let members) = object, !members.isEmpty else { return [] }
    let width = (members.map(\.key.count).max() ?? 0) + 2
    return ["", title + (other == .null ? "" : ", * set by the user")]
      + members.filter { $0.value != .null }.map { member in
        let mark = other[member.key] == nil ? "  " : "* "
        let words = member.key == "command" ? member.value.array : nil
        let text = words?.map(\.typed).joined(separator: " ") ?? member.value.typed
        return mark + padded(member.key, width) + text
      }
  }
}

extension ListedRun {
  /// Runs for people, a line each below the titles.
  package static func table(of runs: [ListedRun]) -> TextTable {
    TextTable(
      ["run", "model", "status", "step", "seconds", "figure", "estimator"],
      runs.map { run in
        [
          run.folder.path, run.model ?? "-", run.status?.rawValue ?? "-", "\(run.step)",
          decimal(run.seconds, 1), run.figure.map { "\(measured($0.value)) \($0.name)" } ?? "-",
          run.estimator ?? "-",
        ]
      })
  }
}

extension RunComparison {
  /// The groups for people, with their last figures.
  package var table: TextTable {
    TextTable(
      ["group", "runs", "step", "seconds", figure],
      groups.map { group in
        let value = group.last.map {
          measured($0.value, within: group.runs.count > 1 ? $0.half : nil)
        }
        return [
          group.name, "\(group.runs.count)", group.last.map { "\($0.step)" } ?? "-",
          group.last.map { decimal($0.seconds, 1) } ?? "-", value ?? "-",
        ]
      })
  }

  /// A group as an object.
  package func json(of group: Group) -> JSON {
    [
      "group": JSON(group.name), "runs": .array(group.runs.map { JSON($0.folder.path) }),
      "figure": JSON(figure), "step": group.last.map { JSON($0.step) } ?? .null,
      "seconds": group.last.map { JSON($0.seconds) } ?? .null,
      "value": group.last.map { JSON($0.value) } ?? .null,
      "interval": group.last.map { JSON($0.half) } ?? .null,
    ]
  }
}
