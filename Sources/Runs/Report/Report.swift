import Formats

/// Runs on one page that needs nothing else: curves, samples, gradients, settings and environment.
public struct Report: Sendable {
  private let runs: [ListedRun]

  /// - Parameter runs: one at least.
  public init(_ runs: [ListedRun]) { self.runs = runs }

  /// The page.
  ///
  /// - Throws: `FormatError` for samples that stand in a folder and cannot be read.
  public func page() throws -> String {
    let title =
      runs.count == 1
      ? "\(runs[0].model ?? "run") · \(FileName.last(of: runs[0].folder.path))"
      : "\(runs.count) runs"
    let sections =
      comparisons + (try runs.map { try RunSection($0, isAlone: runs.count == 1).text })
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(html(title))</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      <main>
      <h1>\(html(title))</h1>
      \(sections.joined(separator: "\n"))
      </main>
      <script>
      \(ReportStyle.script)
      </script>
      </body>
      </html>

      """
  }

  // MARK: Comparisons

  /// For each model of several runs, their table and the figures that all of them have.
  private var comparisons: [String] {
    var models: [String] = []
    for run in runs where !models.contains(run.model ?? "") { models.append(run.model ?? "") }
    return models.compactMap { model in
      let own = runs.filter { ($0.model ?? "") == model }
      guard own.count > 1, let first = try? RunComparison(own) else { return nil }
      return comparison(own, model: model, first)
    }
  }

  private func comparison(_ runs: [ListedRun], model: String, _ first: RunComparison) -> String {
    let charts = first.common.filter { !$0.hasPrefix("snr/") }.compactMap { key -> String? in
      guard let comparison = try? RunComparison(runs, figure: key) else { return nil }
      let repeated = comparison.groups.contains { $0.runs.count > 1 }
      return ReportFigure(
        panel: comparison.panel(over: .steps),
        caption: "\(Curves.words(key)) over steps"
          + (repeated ? ", means over seeds with 95 % intervals." : ".")
      ).element
    }
    let rows = first.groups.map { group -> [String] in
      let value = group.last.map {
        measured($0.value, within: group.runs.count > 1 ? $0.half : nil)
      }
      return [
        group.name, "\(group.runs.count)", group.last.map { "\($0.step)" } ?? "–",
        group.last.map { decimal($0.seconds, 1) } ?? "–", value ?? "–",
      ]
    }
    return """
      <section>
      <h2>\(html(model)): \(first.groups.count) ways, \(runs.count) runs</h2>
      \(htmlTable([["group", "runs", "step", "seconds", Curves.words(first.figure)]] + rows, numbers: [1, 2, 3, 4]))
      <div class="charts">
      \(charts.joined())
      </div>
      </section>
      """
  }
}
