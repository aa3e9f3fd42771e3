import Formats

/// The part of a report on one run.
struct RunSection {
  private let run: ListedRun
  private let isAlone: Bool

  init(_ run: ListedRun, isAlone: Bool) {
    self.run = run
    self.isAlone = isAlone
  }

  var text: String {
    get throws {
      let parts = [
        cards, damages, charts, try samples, candidates, settings, environment,
      ].filter { !$0.isEmpty }.joined(separator: "\n")
      guard !isAlone else { return parts }
      return """
        <section>
        <h2>\(html(run.folder.path))</h2>
        <details>
        <summary>\(breakable(run.estimator ?? run.model ?? "run")), \(run.status?.rawValue ?? "not begun")</summary>
        \(parts)
        </details>
        </section>
        """
    }
  }

  private var cards: String {
    let figures =
      [
        ("status", run.status?.rawValue ?? "not begun"), ("step", "\(run.step)"),
        ("seconds of training", decimal(run.seconds, 1)),
      ] + (run.figure.map { [(Curves.words($0.name), measured($0.value))] } ?? [])
      + (run.estimator.map { [("estimator", $0)] } ?? [])
    let cards = figures.map { name, value in
      "<div class=\"card\(value.count > 14 ? " long" : "")\"><b>\(breakable(value))</b><span>\(html(name))</span></div>"
    }
    return """
      <p class="quiet">\(html(run.folder.path))</p>
      <div class="cards">\(cards.joined(separator: "\n"))</div>
      """
  }

  private var damages: String {
    run.damages.map { "<p class=\"warn\">Could not be read: \(html($0))</p>" }.joined()
  }

  // MARK: Figures

  private var charts: String {
    let shown = run.curves.shown
    let ofGradients = shown.filter { Curves.isOfGradients($0.name) }
    let others = shown.filter { !Curves.isOfGradients($0.name) }
    func section(_ title: String, _ families: [Curves.Family]) -> String {
      guard !families.isEmpty else { return "" }
      let figures = families.map { family in
        ReportFigure(
          panel: Curves.panel(family), caption: RunSection.caption(family.name)
        ).element
      }
      return "<h3>\(title)</h3>\n<div class=\"charts\">\(figures.joined())</div>"
    }
    return section("Curves", others) + section("Noise of gradients", ofGradients)
  }

  private static func caption(_ family: String) -> String {
    switch family {
    case "variance": "Variance of the gradient of each part, over draws on one batch."
    case "snr": "Signal-to-noise ratio of the gradient of each part."
    default: "\(Curves.words(family)) over steps."
    }
  }

  // MARK: Samples

  private var samples: String {
    get throws {
      let ends = ["png", "txt"].map { run.folder.samplePath(at: nil, ending: $0) }
      var all = run.folder.samples.map { (title: "step \($0.step)", path: $0.path) }
      for path in ends where try fileExists(path) { all.append(("the end", path)) }
      guard !all.isEmpty else { return "" }
      let figures = try all.map { title, path in
        let bytes = try fileBytes(path, atMost: RunSection.mostBytes)
        let content =
          path.hasSuffix(".png")
          ? "<img alt=\"samples, \(title)\" src=\"\(dataAddress("image/png", bytes))\">"
          : "<pre>\(html(String(decoding: bytes, as: UTF8.self)))</pre>"
        return "<figure>\(content)<figcaption>\(title)</figcaption></figure>"
      }
      return
        "<h3>Samples over time</h3>\n<div class=\"samples\">\n\(figures.joined(separator: "\n"))\n</div>"
    }
  }

  /// The element of a picture on a page.
  private static let mostBytes = 1 << 24

  // MARK: Tables

  /// The measurements by which `auto` chose.
  private var candidates: String {
    guard let table = try? run.folder.read("auto.json"), let rows = table["measured"]?.array else {
      return ""
    }
    func number(_ row: JSON, _ key: String) -> String {
      row[key]?.number.map { significant($0) } ?? "–"
    }
    let reason = table["reason"]?.string ?? ""
    return """
      <h3>Estimators that were measured</h3>
      <p>Chosen: \(html(table["estimator"]?.string ?? "")), \(html(reason)).</p>
      \(htmlTable(
        [["estimator", "variance", "evaluations", "variance × those"]]
          + rows.map { row in
            [row["estimator"]?.string ?? "", number(row, "variance"), number(row, "evaluations"),
             number(row, "work")]
          }, numbers: [1, 2, 3]))
      """
  }

  private var settings: String {
    guard case .object(let members) = run.settings else { return "" }
    let origins = (try? run.folder.read("origins.json")) ?? .null
    let rows = members.filter { $0.value != .null }.map { member in
      [
        member.key, member.value.typed.isEmpty ? "–" : member.value.typed,
        origins[member.key]?.string ?? "–",
      ]
    }
    return "<h3>Settings</h3>\n" + htmlTable([["setting", "value", "from"]] + rows)
  }

  private var environment: String {
    guard let found = try? run.folder.read("environment.json"), case .object(let members) = found
    else { return "" }
    let rows = members.filter { $0.key != "command" }.map { [$0.key, $0.value.typed] }
    let words = found["command"]?.array?.map(\.typed) ?? []
    let command = words.isEmpty ? "" : "<pre>\(html(words.joined(separator: " ")))</pre>"
    return "<h3>Environment</h3>\n" + command + htmlTable([["what", "value"]] + rows)
  }
}
