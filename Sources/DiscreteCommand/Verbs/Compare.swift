import ArgumentParser
import Experiments
import Formats
import Runs
import Stochastics

/// Bias, variance and cost of estimators on one problem.
struct Compare: ParsableCommand, SharedVerb {
  static let configuration = CommandConfiguration(
    abstract: "Compare estimators on one problem, against the exact gradient.",
    discussion: """
      Problems: toy:target=T, shared:target=T (three bits with one logit), table (two variables of three classes), answers and rare-answer (of one question), \
      quadratic:n=N,seed=S, structures such as chain:n=4,k=3,seed=S, tree:n=4 (spanning trees), parse:n=5, \
      segmentation:n=6,l=3, alignment:n=3,m=3, dependencies:n=3, arborescence:n=3 and brackets:n=3, or a JSON file {"distribution": NAME, "logits": [...], \
      "cost": {"constant": c, "linear": [...], "quadratic": [[...]]}} over the flattened sample: bits, one-hot rows, or the \
      matrix of an order, whose row r is one-hot at the item in place r. Names are \
      \(Law.all.map(\.usage).joined(separator: ", ")). What an estimator learns is trained in a pilot and then \
      frozen. Gradients are in the logits; variances are summed over them.

      ESTIMATORS, with the defaults of their options
      \(indented(EstimatorCatalogue.all.flatMap { [$0.usage, "  " + $0.summary] }))
      \(EstimatorCatalogue.baselineHelp)
      """)

  @Option(help: ArgumentHelp("A built-in problem or a JSON file.", valueName: "name|file"))
  var problem = "toy"
  @Option(
    help: ArgumentHelp(
      "Estimators with commas between, or all that fit.", valueName: "name[:key=value,...],..."))
  var estimators = "all"
  @Option(parsing: .unconditional, help: ArgumentHelp("Estimates of each.", valueName: "n"))
  var draws = 100_000
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Calls in which an estimator learns its state.", valueName: "n"))
  var pilot = 500
  @Option(parsing: .unconditional, help: "What all estimates are drawn from.")
  var seed: UInt64 = 1
  @Flag(help: "The same random numbers for every estimator.") var common = false
  @Option(
    help: ArgumentHelp(
      "Write a figure of bias, variance and variance times cost, as SVG or PNG.", valueName: "file")
  )
  var figure: String?
  @Flag(help: "List every draw of samples: exact means and variances.") var exact = false
  @Flag(help: "Print one JSON object per estimator.") var json = false

  func run() throws {
    let plan = try ComparisonPlan(
      draws: draws, pilot: pilot, seed: seed, hasCommonNumbers: common, isListed: exact
    ).checked()
    let comparison = try ComparisonProblem.load(problem).comparison(plan)
    let picture = try figure.map(checkedPicture)
    let rows = try rows(comparison)
    if !json { ComparisonRow.text(of: rows).forEach { print($0) } }
    if let picture { try write(ComparisonRow.chart(of: rows, on: problem).drawing(), to: picture) }
  }

  private func rows(_ comparison: any EstimatorComparison) throws -> [ComparisonRow] {
    let isAll = estimators == "all"
    let names = isAll ? comparison.all : Specification.split(estimators)
    let progress = VerbProgress()
    var rows: [ComparisonRow] = []
    try comparison.rows(
      names, over: Discrete.ranks,
      begin: { progress.report($0, of: names.count, names[$0]) },
      report: { result in
        progress.clear()
        switch result {
        case .success(let row):
          if json { print(row.json) }
          rows.append(row)
        case .failure(let error):
          // Nobody asked for this one by name.
          guard isAll else { throw Failure(.usage, error.description) }
          tell("discrete: skipped: \(error)")
        }
      })
    guard !rows.isEmpty else {
      throw Failure(.usage, "no estimator could be measured on \(problem)")
    }
    return rows
  }
}
