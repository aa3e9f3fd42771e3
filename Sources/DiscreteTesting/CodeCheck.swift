import Codes
import RealModule
public import Stochastics
import Tensors

/// Checks a law that is made by choices by the length of its own samples.
///
/// A coder writes them by the choices' probabilities and reads them again. What it writes is what
/// log-probabilities say, so that a law whose log-probability, choices and samples do not belong
/// together is found however many states it has; where these can be listed, the mean length is
/// their entropy.
public struct CodeCheck<Law: ChoiceLaw> {
  private let law: Law
  private let samples: Int

  /// - Parameter samples: drawn of every batch entry, 100 or more.
  public init(_ law: Law, samples: Int = 1000) {
    require(samples >= 100, "\(samples) samples")
    self.law = law
    self.samples = samples
  }

  /// Everything that is wrong.
  ///
  /// - Parameters:
  ///   - deviations: standard errors that the mean length may be off the expected one; 4.5 raise a
  ///     false alarm in one of 100,000 cases.
  public func failures(deviations: Double = 4.5, seed: UInt64) -> [String] {
    var noise = Philox(seed: seed)
    let drawn = law.sample(samples, using: &noise)
    let nats = law.logProbability(drawn).scalars.map { -Double($0) }
    let total = nats.reduce(0, +)
    let codec = ChoiceCodec(law, samples: samples, precision: ANS.mostPrecision)
    var message = ANS()
    let read: Law.Sample
    do {
      try codec.push(drawn, onto: &message)
      // The state counts the bits that are not yet words.
      let state = Double.log2(Double(message.states[0])) - 31
      let bits = (Double(32 * message.words.count) + state) * Double.log(2)
      guard abs(bits - total) <= 1e-3 * total + 0.1 else {
        return ["samples take \(bits) nats, their log-probabilities say \(total)"]
      }
      read = try codec.pop(from: &message)
    } catch {
      return ["a sample cannot be written: \(error)"]
    }
    guard law.choices(of: read) == law.choices(of: drawn) else {
      return ["other samples are read than were written"]
    }
    return entropyFailures(total / Double(samples), nats, deviations)
  }

  /// Compares a mean length with the entropy, where the states can be listed.
  private func entropyFailures(
    _ mean: Double, _ nats: [Double], _ deviations: Double
  ) -> [String] {
    guard let law = law as? any EnumerableDistribution, let states = Self.logs(law) else {
      return []
    }
    let entropy = states.filter { $0 > -.infinity }.reduce(0) { $0 - Double.exp($1) * $1 }
    let entries = nats.count / samples
    let rows = stride(from: 0, to: nats.count, by: entries).map {
      nats[$0..<$0 + entries].reduce(0, +)
    }
    let variance = rows.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(samples - 1)
    let error = (variance / Double(samples)).squareRoot()
    guard abs(mean - entropy) <= deviations * error + 1e-5 * entropy + 1e-6 else {
      return ["samples take \(mean) nats in the mean, the entropy is \(entropy)"]
    }
    return []
  }

  private static func logs(_ law: some EnumerableDistribution) -> [Double]? {
    guard let count = law.stateCount, count <= 1 << 16 else { return nil }
    return law.logProbability(law.states()).scalars.map { Double($0) }
  }
}
