import Experiments
import Formats
import Models
import Runs

/// How a fit does on rankings it has not seen.
struct HeldOut {
  let rankings: Int
  let logLikelihood: Double
}

/// What `rank fit` prints.
struct FitReport {
  let fit: PlackettLuceFit
  /// The item that log-worths are relative to; `nil` where they sum to zero.
  let reference: Int?
  let contrasts: [(Int, Int)]
  let heldOut: HeldOut?

  func printTable() {
    let names = fit.items.map(escaped)
    let width = max(4, names.map(\.count).max() ?? 0) + 2
    print(
      padded("place", 7) + padded("item", 6) + padded("name", width) + padded("worth", 10)
        + padded("log-worth", 11) + "standard error")
    let worths = fit.worths
    for (place, item) in fit.order.enumerated() {
      print(
        padded("\(place + 1)", 7) + padded("\(item + 1)", 6) + padded(names[item], width)
          + padded(significant(worths[item]), 10)
          + padded("\(rounded(fit.logWorths[item], 4))", 11)
          + "\(rounded(fit.standardErrors[item], 4))")
    }
    print("")
    if let reference { print("log-worths are less that of \(names[reference])") }
    for (a, b) in contrasts {
      let contrast = fit.contrast(a, b)
      print(
        "\(names[a]) less \(names[b]): \(rounded(contrast.difference, 4)), "
          + "standard error \(rounded(contrast.standardError, 4)), z \(rounded(contrast.z, 2))")
    }
    for tie in fit.ties {
      print("ties of \(tie.size): prevalence \(significant(tie.prevalence))")
    }
    print(
      "\(fit.rankings) rankings of \(fit.items.count) items, log-likelihood \(rounded(fit.logLikelihood, 3)), "
        + "\(fit.solver.rawValue) took \(fit.iterations) iterations")
    if let heldOut {
      let mean = heldOut.logLikelihood / Double(heldOut.rankings)
      print(
        "held out: \(heldOut.rankings) rankings, log-likelihood \(rounded(heldOut.logLikelihood, 3)), \(rounded(mean, 4)) a ranking"
      )
    }
  }

  func printJSON() {
    let worths = fit.worths
    for item in fit.order {
      print(
        [
          "item": JSON(item + 1), "name": JSON(fit.items[item]), "worth": JSON(worths[item]),
          "log_worth": JSON(fit.logWorths[item]),
          "standard_error": JSON(fit.standardErrors[item]),
        ] as JSON)
    }
    var members: [JSON.Member] = [
      .init("log_likelihood", JSON(fit.logLikelihood)), .init("rankings", JSON(fit.rankings)),
      .init("items", JSON(fit.items.count)), .init("iterations", JSON(fit.iterations)),
      .init("solver", JSON(fit.solver.rawValue)), .init("unnamed", JSON(fit.unnamed.rawValue)),
      .init("covariance", covariance),
    ]
    if let reference { members.append(.init("reference", JSON(fit.items[reference]))) }
    if !contrasts.isEmpty {
      members.append(
        .init(
          "contrasts",
          .array(
            contrasts.map { a, b in
              let contrast = fit.contrast(a, b)
              return [
                "item": JSON(fit.items[a]), "against": JSON(fit.items[b]),
                "difference": JSON(contrast.difference),
                "standard_error": JSON(contrast.standardError), "z": JSON(contrast.z),
              ]
            })))
    }
    if fit.model == .davidsonLuce { members.append(.init("ties", SavedFit.ties(of: fit))) }
    if let heldOut {
      members.append(.init("held_out_rankings", JSON(heldOut.rankings)))
      members.append(.init("held_out_log_likelihood", JSON(heldOut.logLikelihood)))
    }
    print(JSON.object(members))
  }

  /// A row for each item, in the order of their numbers; null of more than are printed.
  private var covariance: JSON {
    let n = fit.items.count
    guard let values = fit.covariance, n <= Rank.mostCovarying else { return .null }
    return .array(
      (0..<n).map { row in .array(values[row * n..<(row + 1) * n].map { JSON($0) }) })
  }
}
