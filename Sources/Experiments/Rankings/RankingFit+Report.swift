package import Formats
import Models
import RealModule
package import Runs
import Tensors

extension RankingFit {
  /// Items up to whose number covariances are written.
  package static let mostCovarying = 1000

  /// The fit as it is shown: relative to the reference where there is one.
  private var shown: PlackettLuceFit { reference.map { fit.relative(to: $0) } ?? fit }

  /// The items by their worths, and below them the whole; quotes names as they are.
  package var lines: [String] {
    let (fit, worths) = (shown, fit.worths)
    let table = TextTable(
      ["place", "item", "name", "worth", "log-worth", "standard error"],
      fit.order.enumerated().map { place, item in
        [
          "\(place + 1)", "\(item + 1)", fit.items[item], significant(worths[item]),
          "\(rounded(fit.logWorths[item], 4))", "\(rounded(fit.standardErrors[item], 4))",
        ]
      })
    var lines = table.lines + [""]
    if let reference { lines.append("log-worths are less that of \(fit.items[reference])") }
    for (a, b) in contrasts {
      let contrast = fit.contrast(a, b)
      lines.append(
        "\(fit.items[a]) less \(fit.items[b]): \(rounded(contrast.difference, 4)), "
          + "standard error \(rounded(contrast.standardError, 4)), z \(rounded(contrast.z, 2))")
    }
    for tie in fit.ties {
      lines.append("ties of \(tie.size): prevalence \(significant(tie.prevalence))")
    }
    lines.append(
      "\(fit.rankings) rankings of \(fit.items.count) items, log-likelihood \(rounded(fit.logLikelihood, 3)), "
        + "\(fit.solver.rawValue) took \(fit.iterations) iterations")
    if let heldOut {
      let mean = heldOut.logLikelihood / Double(heldOut.rankings)
      lines.append(
        "held out: \(heldOut.rankings) rankings, log-likelihood \(rounded(heldOut.logLikelihood, 3)), \(rounded(mean, 4)) a ranking"
      )
    }
    return lines
  }

  /// An object for each item, then one of the whole.
  package var json: [JSON] {
    let (fit, worths) = (shown, fit.worths)
    let items = fit.order.map { item -> JSON in
      [
        "item": JSON(item + 1), "name": JSON(fit.items[item]), "worth": JSON(worths[item]),
        "log_worth": JSON(fit.logWorths[item]),
        "standard_error": JSON(fit.standardErrors[item]),
      ]
    }
    var members: [JSON.Member] = [
      .init("log_likelihood", JSON(fit.logLikelihood)), .init("rankings", JSON(fit.rankings)),
      .init("items", JSON(fit.items.count)), .init("iterations", JSON(fit.iterations)),
      .init("solver", JSON(fit.solver.rawValue)), .init("unnamed", JSON(fit.unnamed.rawValue)),
      .init("covariance", covariance),
    ]
    if let reference { members.append(.init("reference", JSON(fit.items[reference]))) }
    if !contrasts.isEmpty {
      let list = contrasts.map { a, b -> JSON in
        let contrast = fit.contrast(a, b)
        return [
          "item": JSON(fit.items[a]), "against": JSON(fit.items[b]),
          "difference": JSON(contrast.difference),
          "standard_error": JSON(contrast.standardError), "z": JSON(contrast.z),
        ]
      }
      members.append(.init("contrasts", .array(list)))
    }
    if fit.model == .davidsonLuce { members.append(.init("ties", SavedFit.ties(of: fit))) }
    if let heldOut {
      members.append(.init("held_out_rankings", JSON(heldOut.rankings)))
      members.append(.init("held_out_log_likelihood", JSON(heldOut.logLikelihood)))
    }
    return items + [.object(members)]
  }

  /// A row for each item, in the order of their numbers; null of more than are written.
  private var covariance: JSON {
    let n = fit.items.count
    guard let values = shown.covariance, n <= Self.mostCovarying else { return .null }
    return .array(
      (0..<n).map { row in .array(values[row * n..<(row + 1) * n].map { JSON($0) }) })
  }

  /// Worths with their intervals, the best on top.
  package var chart: IntervalChart {
    let worths = fit.worths
    return IntervalChart(
      title: "Worths in \(file.split(separator: "/").last ?? "")",
      labels: fit.order.map { fit.items[$0] },
      panels: [
        .init(
          title: "worth", xLabel: "worth, adding up to 1, with 95 % intervals, log scale",
          values: fit.order.map { item in
            let factor = Double.exp(MeanInterval.normalPoint * fit.standardErrors[item])
            return (worths[item], worths[item] / factor, worths[item] * factor)
          })
      ])
  }
}
