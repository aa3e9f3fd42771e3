package import Formats
import Models
import Runs
import Tensors

/// Rankings that are drawn from a saved fit, in forms that `rank fit` reads.
package struct DrawnRankings {
  private let path: String
  private let fit: PlackettLuceFit
  private let seed: UInt64

  /// Throws `FormatError` for a file that is not a fit.
  package init(fit path: String, seed: UInt64) throws(FormatError) {
    self.path = path
    self.seed = seed
    fit = try SavedFit.read(path)
  }

  /// Reports so many rankings as objects; a place that may be shared is a list of names.
  package func objects(_ count: Int, report: (JSON) -> Void) {
    var generator = Philox(seed: seed)
    for _ in 0..<count {
      let places = fit.weakOrder(using: &generator).map { group in
        let names = group.map { JSON(fit.items[$0]) }
        return fit.model == .plackettLuce ? names[0] : .array(names)
      }
      report(["ranking": .array(places)])
    }
  }

  /// Reports so many rankings as text: a line of names each, or a file of PrefLib where there may
  /// be ties.
  ///
  /// Throws `FormatError` for names that the file cannot have.
  package func text(_ count: Int, report: (String) -> Void) throws(FormatError) {
    var generator = Philox(seed: seed)
    guard fit.model == .davidsonLuce else {
      let fields = fit.items.map(RankingCSV.field)
      for _ in 0..<count {
        report(fit.ranking(using: &generator).map { fields[$0] }.joined(separator: ",") + "\n")
      }
      return
    }
    do throws(FormatError) {
      report(try PrefLib.text(of: fit.weakOrders(count, using: &generator)))
    } catch {
      throw FormatError(error.kind, "\(path): \(error)")
    }
  }
}
