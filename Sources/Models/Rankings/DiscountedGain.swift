public import Formats
import RealModule
import Tensors

/// Discounted cumulative gain: Σ over places of (2^grade - 1) / log2(place + 1), places from 1.
///
/// Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques; the gain is
/// that of Burges and others (2005).
public enum DiscountedGain {
  /// 2^grade - 1.
  public static func gain(of grade: Double) -> Double { Double.exp2(grade) - 1 }

  /// 1 / log2(place + 2), places from 0.
  public static func discount(at place: Int) -> Double { 1 / Double.log2(Double(place + 2)) }

  /// The gain of the first places in the order of the scores over that of the best order; `nil`
  /// where nothing is relevant.
  ///
  /// Where scores are equal it is the mean over the orders of those documents. Traps on scores that
  /// are not finite.
  public static func normalized(scores: [Double], grades: [Double], cutoff: Int) -> Double? {
    require(
      scores.count == grades.count && cutoff > 0,
      "\(scores.count) scores of \(grades.count) grades, cut-off \(cutoff)")
    require(scores.allSatisfy(\.isFinite), "scores that are not all finite")
    let best = total(grades.sorted(by: >).map { [$0] }, cutoff: cutoff)
    guard best > 0 else { return nil }
    var groups: [[Double]] = []
    var last = Double.nan
    for index in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
      if scores[index] == last {
        groups[groups.count - 1].append(grades[index])
      } else {
        groups.append([grades[index]])
        last = scores[index]
      }
    }
    return total(groups, cutoff: cutoff) / best
  }

  /// The discounted gain of grades that stand behind one another in groups, within which every
  /// order is as likely.
  ///
  /// McSherry and Najork (2008), Computing information retrieval performance measures efficiently
  /// in the presence of tied scores.
  private static func total(_ groups: [[Double]], cutoff: Int) -> Double {
    var sum = 0.0
    var place = 0
    for grades in groups where place < cutoff {
      let mean = grades.reduce(0) { $0 + gain(of: $1) } / Double(grades.count)
      let end = place + grades.count
      sum += (place..<min(end, cutoff)).reduce(0) { $0 + mean * discount(at: $1) }
      place = end
    }
    return sum
  }

  /// The mean over the queries with a relevant document, `nil` where there is none, and their
  /// number.
  public static func normalized(
    scores: [Double], of documents: JudgedDocuments, cutoff: Int
  ) -> (mean: Double?, queries: Int) {
    let values = documents.queries.compactMap {
      normalized(scores: Array(scores[$0]), grades: Array(documents.grades[$0]), cutoff: cutoff)
    }
    return (
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count), values.count
    )
  }
}
