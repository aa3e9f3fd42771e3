public import Formats
import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Discounted cumulative gain: Σ over places of (2^grade - 1) / log2(place + 1), places from 1.
///
/// Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques; the gain is that of Burges and others (2005).
public enum DiscountedGain {
  /// 2^grade - 1.
  public static func gain(of grade: Double) -> Double { exp2(grade) - 1 }

  /// 1 / log2(place + 2), places from 0.
  public static func discount(at place: Int) -> Double { 1 / log2(Double(place + 2)) }

  /// The gain of the first places in the order of the scores over that of the best order; `nil` where nothing is relevant.
  ///
  /// Equal scores keep the order of the documents.
  public static func normalised(scores: [Double], grades: [Double], cutoff: Int) -> Double? {
    require(
      scores.count == grades.count && cutoff > 0,
      "\(scores.count) scores of \(grades.count) grades, cut-off \(cutoff)")
    func total(_ order: some Sequence<Int>) -> Double {
      zip(0..<cutoff, order).reduce(0) { $0 + gain(of: grades[$1.1]) * discount(at: $1.0) }
    }
    let best = total(grades.indices.sorted { grades[$0] > grades[$1] })
    guard best > 0 else { return nil }
    let found = grades.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    return total(found) / best
  }

  /// The mean over the queries with a relevant document, `nil` where there is none, and their number.
  public static func normalised(
    scores: [Double], of documents: JudgedDocuments, cutoff: Int
  ) -> (mean: Double?, queries: Int) {
    let values = documents.queries.compactMap {
      normalised(scores: Array(scores[$0]), grades: Array(documents.grades[$0]), cutoff: cutoff)
    }
    return (
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count), values.count
    )
  }
}
