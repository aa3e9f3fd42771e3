import Stochastics
public import Tensors

/// How noisy a model's gradient is on one batch, for each part of the model.
///
/// The parameters and what the estimators have learned stay as they are, so that only the noise of
/// the draws is seen.
public struct GradientNoise: Sendable {
  /// One link or the prior.
  public struct Part: Sendable {
    /// The path of its parameters, such as `encoder.0`.
    public let name: String
    /// Whether it belongs to a recognition network.
    public let isRecognition: Bool
    /// Summed over its parameters.
    public let variance: Double
    /// The squared mean, summed, less what the noise of the mean adds to it; not below zero.
    public let squaredMean: Double

    /// The size of the mean over the standard deviation; infinite without noise.
    public var signalToNoise: Double { (squaredMean / variance).squareRoot() }
  }

  public let parts: [Part]

  /// Traps unless there are two draws or more.
  ///
  /// - Parameter draws: gradients, at least two.
  /// - Complexity: `draws` training steps.
  public init<Model: LatentVariableModel>(
    of model: Model, estimators: Model.Estimators, on x: Bits, draws: Int,
    using generator: inout some RandomNumberGenerator
  ) {
    self.init(of: model, estimators: estimators, on: x, draws: draws, using: &generator, pause: {})
  }

  /// As `init(of:estimators:on:draws:using:)`; `pause` is called before each draw, and what it
  /// throws ends the measurement.
  package init<Model: LatentVariableModel>(
    of model: Model, estimators: Model.Estimators, on x: Bits, draws: Int,
    using generator: inout some RandomNumberGenerator, pause: () throws -> Void
  ) rethrows {
    require(draws > 1, "the variance of \(draws) gradients")
    var names: [String] = []
    var moments: [String: Moments] = [:]
    for _ in 0..<draws {
      try pause()
      var (copy, own) = (model, estimators)
      let (_, gradient) = valueWithGradient(at: &copy) { model in
        model.negativeBound(of: x, estimators: &own, using: &generator).mean()
      }
      var vectors: [String: [Double]] = [:]
      for parameter in gradient.namedParameters() where parameter.role == .trained {
        let name = GradientNoise.part(of: parameter.name)
        if !names.contains(name) { names.append(name) }
        vectors[name, default: []] += parameter.tensor.scalars.map { Double($0) }
      }
      for (name, vector) in vectors {
        moments[name, default: Moments(coordinates: vector.count)].add(vector)
      }
    }
    parts = names.compactMap { name in
      guard let moments = moments[name] else { return nil }
      let variance = moments.variance.reduce(0, +)
      let square = moments.mean.reduce(0) { $0 + $1 * $1 } - variance / Double(draws)
      let network = String(name.prefix { $0 != "." })
      return Part(
        name: name, isRecognition: Model.recognitionParts.contains(network), variance: variance,
        squaredMean: max(0, square))
    }
  }

  /// The variance of the recognition networks, where the noise of an estimator enters.
  public var encoderVariance: Double {
    parts.filter(\.isRecognition).reduce(0) { $0 + $1.variance }
  }

  /// `encoder.0` of `encoder.0.weight`, and `encoder` of `encoder.hidden.0.weight`.
  private static func part(of path: String) -> String {
    let names = path.split(separator: ".")
    let count = names.count > 1 && Int(names[1]) != nil ? 2 : 1
    return names.prefix(count).joined(separator: ".")
  }
}
