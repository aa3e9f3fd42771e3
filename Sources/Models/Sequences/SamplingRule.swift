import RealModule
package import Tensors

/// How the next token is drawn from its logits: at a temperature, and from the likeliest only.
public struct SamplingRule: Sendable {
  /// The divisor of the logits, above 0: below 1 for quality, above 1 for diversity.
  public let temperature: Double
  /// Only so many of the likeliest tokens, one for greedy choice, and of equally likely ones the
  /// first; `nil` for all.
  public let topK: Int?
  /// Only the fewest of the likeliest tokens that together have this probability, in (0, 1], and of
  /// equally likely ones the first; `nil` for all.
  ///
  /// Holtzman et al. (2020), The curious case of neural text degeneration.
  public let nucleus: Double?

  /// Traps unless the temperature is positive and finite, `topK` positive, `nucleus` in (0, 1].
  public init(temperature: Double = 1, topK: Int? = nil, nucleus: Double? = nil) {
    require(
      temperature > 0 && temperature.isFinite && topK ?? 1 > 0 && nucleus ?? 1 > 0
        && nucleus ?? 1 <= 1,
      "sampling at temperature \(temperature), top \(topK ?? 0), nucleus \(nucleus ?? 1)")
    self.temperature = temperature
    self.topK = topK
    self.nucleus = nucleus
  }

  /// Whether tokens follow the law itself.
  var isPlain: Bool { temperature == 1 && topK == nil && nucleus == nil }

  /// The likeliest token, the first among equals.
  public static var greedy: SamplingRule { SamplingRule(topK: 1) }

  /// Logits [rows, vocabulary] at this temperature, -infinity for tokens that may not be drawn.
  ///
  /// - Complexity: O(V log V) a row where tokens are left out.
  package func applied(to logits: Tensor) -> Tensor {
    var result = temperature == 1 ? logits : logits / Tensor(Scalar(temperature))
    guard topK != nil || nucleus != nil else { return result }
    let classes = logits.shape[1]
    result.withMutablePointer { buffer in
      for start in stride(from: 0, to: buffer.count, by: classes) {
        mask(UnsafeMutableBufferPointer(rebasing: buffer[start..<start + classes]))
      }
    }
    return result
  }

  private func mask(_ row: UnsafeMutableBufferPointer<Scalar>) {
    let order = row.indices.sorted { row[$0] > row[$1] || (row[$0] == row[$1] && $0 < $1) }
    var kept = min(topK ?? order.count, order.count)
    if let nucleus {
      // The nucleus is taken of the law that remains after top k.
      let weights = order[..<kept].map { Double.exp(Double(row[$0] - row[order[0]])) }
      let needed = nucleus * weights.reduce(0, +)
      var sum = 0.0
      let place = weights.firstIndex { weight in
        sum += weight
        return sum >= needed
      }
      kept = place.map { $0 + 1 } ?? kept
    }
    for place in order[kept...] { row[place] = -.infinity }
  }
}
