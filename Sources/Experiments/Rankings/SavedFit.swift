package import Formats
package import Models
import Runs

/// A fit of rankings as a JSON file.
package enum SavedFit {
  private static let keys = [
    "model", "solver", "items", "log_worths", "standard_errors", "ties", "log_likelihood",
    "rankings", "unnamed", "iterations",
  ]

  package static func json(of fit: PlackettLuceFit) -> JSON {
    [
      "model": JSON(fit.model.rawValue), "solver": JSON(fit.solver.rawValue),
      "items": .array(fit.items.map { JSON($0) }),
      "log_worths": .array(fit.logWorths.map { JSON($0) }),
      "standard_errors": .array(fit.standardErrors.map { JSON($0) }), "ties": ties(of: fit),
      "log_likelihood": JSON(fit.logLikelihood), "rankings": JSON(fit.rankings),
      "unnamed": JSON(fit.unnamed.rawValue), "iterations": JSON(fit.iterations),
    ]
  }

  /// Sizes of ties and their prevalences.
  package static func ties(of fit: PlackettLuceFit) -> JSON {
    .array(
      fit.ties.map { ["size": JSON($0.size), "prevalence": JSON($0.prevalence)] })
  }

  /// Reads what `json(of:)` made; throws `FormatError` when a part is missing or of another kind.
  package static func read(_ path: String) throws(FormatError) -> PlackettLuceFit {
    let json = try JSON(file: path)
    func malformed(_ found: String) -> FormatError {
      FormatError(.malformed, "\(path): \(found); rank fit --out writes such a file")
    }
    guard case .object(let members) = json else { throw malformed("no object") }
    for key in keys where json[key] == nil { throw malformed("the key '\(key)' is missing") }
    for member in members where !keys.contains(member.key) {
      throw malformed(unknown("key", member.key, among: keys))
    }
    func numbers(_ key: String, _ isValid: (Double) -> Bool) throws(FormatError) -> [Double] {
      guard let values = json[key]?.array?.map({ $0.number ?? .nan }),
        values.allSatisfy(isValid)
      else { throw malformed("'\(key)' is not a list of such numbers") }
      return values
    }
    func whole(_ key: String) throws(FormatError) -> Int {
      guard let value = json[key]?.whole(in: 0...JSON.mostWhole) else {
        throw malformed("'\(key)' is not a whole number")
      }
      return value
    }
    guard let model = (json["model"]?.string).flatMap(PlackettLuceFit.Model.init),
      let solver = (json["solver"]?.string).flatMap(PlackettLuceFit.Solver.init),
      let unnamed = (json["unnamed"]?.string).flatMap(Rankings.Unnamed.init)
    else { throw malformed("'model', 'solver' or 'unnamed' is not one that is known") }
    guard let names = json["items"]?.array?.compactMap(\.string), !names.isEmpty,
      names.count == json["items"]?.array?.count
    else { throw malformed("'items' is not a list of names") }
    let logWorths = try numbers("log_worths") { abs($0) <= 1e4 }
    let errors = try numbers("standard_errors") { $0 >= 0 }
    guard logWorths.count == names.count, errors.count == names.count else {
      throw malformed(
        "\(logWorths.count) log-worths and \(errors.count) standard errors of \(names.count) items")
    }
    let ties = (json["ties"]?.array ?? []).map { tie in
      PlackettLuceFit.Tie(
        size: tie["size"]?.whole(in: 2...JSON.mostWhole) ?? 0,
        prevalence: tie["prevalence"]?.number ?? -1)
    }
    guard ties.allSatisfy({ $0.size > 1 && $0.prevalence > 0 }),
      Set(ties.map(\.size)).count == ties.count
    else {
      throw malformed("'ties' is not a list of different sizes from 2 and prevalences above 0")
    }
    guard let logLikelihood = json["log_likelihood"]?.number else {
      throw malformed("'log_likelihood' is not a number")
    }
    return PlackettLuceFit(
      model: model, solver: solver, items: names, logWorths: logWorths, standardErrors: errors,
      ties: ties, logLikelihood: logLikelihood, rankings: try whole("rankings"),
      unnamed: unnamed, iterations: try whole("iterations"))
  }
}
