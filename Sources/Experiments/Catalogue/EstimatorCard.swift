package import Formats
import Runs
import Stochastics

extension EstimatorEntry {
  /// All that there is to say of it, a line each.
  package var card: [String] {
    func line(_ title: String, _ text: String) -> String { padded(title, 13) + text }
    let options = options.map {
      line("option", padded("\($0.key)=\($0.standard)", 26) + $0.range)
    }
    let fits = uses.map { use in
      let calls = use.calls.map { "\($0) call\($0 == 1 ? "" : "s")" } ?? "calls as drawn"
      return line("fits", padded(use.law, 20) + padded(use.bias.rawValue, 10) + calls)
    }
    return [usage, summary, ""] + options + [line("requires", requirement)] + fits
      + [line("when", advice), line("pages", pages.joined(separator: ", "))]
  }

  package var json: JSON {
    [
      "name": JSON(name), "summary": JSON(summary),
      "options": .array(
        options.map {
          ["key": JSON($0.key), "default": JSON($0.standard), "range": JSON($0.range)]
        }),
      "requires": JSON(requirement),
      "fits": .array(
        uses.map {
          [
            "law": JSON($0.law), "bias": JSON($0.bias.rawValue),
            "calls": $0.calls.map { JSON($0) } ?? .null, "is_black_box": .bool($0.isBlackBox),
          ]
        }),
      "advice": JSON(advice), "pages": .array(pages.map { JSON($0) }),
    ]
  }
}
